// Finding a person by one field: results as one types, Enter or a scan opens. Pure. Not the search (the host's) and
// not where opening leads (the app's).
import type { Found, PersonRow } from "../platform/api";
import { halfWidth } from "./digits";

export interface Model {
  text: string;
  rows: PersonRow[];
  more: boolean;
  exact: boolean;
  selected: number;
  /** The question the rows answer; a later one is under way where they differ. */
  asked: number;
  answered: number;
  /** Enter or a scan came before the answer: open if it is beyond doubt. */
  opensWhenFound: boolean;
  /** Whom Enter was pressed on, of rows that were still of an earlier question: open if they lead the answer too. */
  meant: string | null;
  wasScanned: boolean;
}

export type Event =
  | { kind: "typed"; text: string }
  | { kind: "scanned"; code: string }
  | { kind: "found"; asked: number; found: Found }
  | { kind: "move"; by: 1 | -1 }
  | { kind: "enter" }
  | { kind: "cleared" };

export type Effect = { kind: "find"; asked: number; text: string; atOnce: boolean } | { kind: "open"; person: string };

export const nothing: Model = {
  text: "", rows: [], more: false, exact: false, selected: 0, asked: 0, answered: 0, opensWhenFound: false, meant: null, wasScanned: false,
};

/** Something was asked, answered, and nobody was found. */
export function isNobody(model: Model): boolean {
  return model.text !== "" && model.answered === model.asked && model.rows.length === 0;
}

function ask(model: Model, text: string, atOnce: boolean): [Model, Effect[]] {
  const plain = halfWidth(text);
  const asked = model.asked + 1;
  if (plain === "") return [{ ...nothing, asked, answered: asked, text: "" }, []];
  const next = { ...model, text: plain, asked, selected: 0, opensWhenFound: atOnce, meant: null, wasScanned: atOnce };
  return [next, [{ kind: "find", asked, text: plain, atOnce }]];
}

export function update(model: Model, event: Event): [Model, Effect[]] {
  switch (event.kind) {
    case "typed":
      return ask(model, event.text, false);
    case "scanned":
      return ask(model, event.code, true);
    case "found": {
      if (event.asked !== model.asked) return [model, []];
      const { rows, more, exact } = event.found;
      const next = { ...model, rows, more, exact, answered: event.asked, selected: 0, opensWhenFound: false, meant: null };
      const only = rows[0];
      const isClear = only !== undefined && (exact || rows.length === 1 || only.person === model.meant);
      return [next, model.opensWhenFound && isClear ? [{ kind: "open", person: only.person }] : []];
    }
    case "move": {
      const selected = Math.max(0, Math.min(model.rows.length - 1, model.selected + event.by));
      return [{ ...model, selected }, []];
    }
    case "enter": {
      if (model.text === "") return [model, []];
      if (model.answered !== model.asked) return [{ ...model, opensWhenFound: true, meant: model.rows[model.selected]?.person ?? null }, []];
      const row = model.rows[model.selected];
      return [model, row ? [{ kind: "open", person: row.person }] : []];
    }
    case "cleared":
      return [{ ...nothing, asked: model.asked + 1, answered: model.asked + 1 }, []];
  }
}
