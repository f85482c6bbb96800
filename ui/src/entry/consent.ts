// A class's consent slips as they are ticked: everybody at once, then the exceptions. Pure. Not what a refusal closes, and not which of
// two slips holds: the host says that with each row.
import type { ConsentRow, ConsentSlip, ConsentWord } from "../platform/api";

export interface Draft {
  answer: ConsentWord;
  stations: string[];
  items: string[];
  /** What was shown of the slip when this was ticked. */
  saw: string[];
}

export interface Model {
  rows: ConsentRow[];
  /** What was ticked and not saved, by person. */
  drafts: Record<string, Draft>;
  at: number;
  /** The stations refused are being chosen for the row. */
  choosing: boolean;
  saving: boolean;
}

export type Answer = "given" | "but" | "refused" | "missing";

export type Event =
  | { kind: "rows"; rows: ConsentRow[] }
  | { kind: "move"; by: 1 | -1 }
  | { kind: "select"; person: string }
  | { kind: "all" }
  | { kind: "answer"; answer: Answer }
  | { kind: "toggle"; station: string }
  | { kind: "chosen" }
  | { kind: "save" }
  | { kind: "saved" }
  | { kind: "failed" };

export type Effect = { kind: "save"; slips: ConsentSlip[] } | { kind: "show" } | { kind: "choose" };

export const empty: Model = { rows: [], drafts: {}, at: 0, choosing: false, saving: false };

export const ANSWER_KEYS: Record<Answer, string> = { given: "1", but: "2", refused: "3", missing: "4" };

export function answerOf(key: string): Answer | null {
  return (Object.keys(ANSWER_KEYS) as Answer[]).find((one) => ANSWER_KEYS[one] === key) ?? null;
}

/** What a row says now: as ticked, else as it stands. */
export function shown(model: Model, row: ConsentRow): Omit<Draft, "saw"> {
  return model.drafts[row.row.person] ?? row;
}

const same = (a: string[], b: string[]) => a.length === b.length && a.every((one) => b.includes(one));

/** Ticked as it stands already is nothing ticked, unless two slips differ: then it is the decision. */
function put(model: Model, row: ConsentRow, draft: Omit<Draft, "saw">): Model {
  const drafts = { ...model.drafts };
  const stands = !row.differs && row.answer === draft.answer && same(row.stations, draft.stations) && same(row.items, draft.items);
  if (stands) delete drafts[row.row.person];
  else drafts[row.row.person] = { ...draft, saw: drafts[row.row.person]?.saw ?? row.saw };
  return { ...model, drafts };
}

export function count(model: Model): number {
  return Object.keys(model.drafts).length;
}

export function missingOf(model: Model): number {
  return model.rows.filter((row) => shown(model, row).answer === "missing").length;
}

export function update(model: Model, event: Event): [Model, Effect[]] {
  const row = model.rows[model.at];
  switch (event.kind) {
    case "rows": {
      const at = event.rows.findIndex((one) => one.row.person === row?.row.person);
      return [{ ...model, rows: event.rows, at: Math.max(0, at) }, []];
    }
    case "move": {
      const at = Math.max(0, Math.min(model.rows.length - 1, model.at + event.by));
      return [{ ...model, at, choosing: false }, [{ kind: "show" }]];
    }
    case "select": {
      const at = model.rows.findIndex((one) => one.row.person === event.person);
      return [{ ...model, at: Math.max(0, at), choosing: false }, []];
    }
    case "all": {
      // Whose slip is known, or was ticked just now, keeps what it says.
      const open = model.rows.filter((one) => one.answer === "missing" && !one.differs && model.drafts[one.row.person] === undefined);
      return [open.reduce((all, one) => put(all, one, { answer: "given", stations: [], items: [] }), model), []];
    }
    case "answer": {
      if (!row) return [model, []];
      const now = shown(model, row);
      if (event.answer === "but") {
        const kept = now.answer === "given" ? now : { stations: [], items: [] };
        return [{ ...put(model, row, { answer: "given", stations: kept.stations, items: kept.items }), choosing: true }, [{ kind: "choose" }]];
      }
      const next = put(model, row, { answer: event.answer, stations: [], items: [] });
      const at = Math.min(model.rows.length - 1, model.at + 1);
      return [{ ...next, at, choosing: false }, [{ kind: "show" }]];
    }
    case "toggle": {
      if (!row) return [model, []];
      const now = shown(model, row);
      const stations = now.stations.includes(event.station) ? now.stations.filter((one) => one !== event.station) : [...now.stations, event.station];
      return [put(model, row, { answer: "given", stations, items: now.items }), []];
    }
    case "chosen":
      return [{ ...model, choosing: false }, [{ kind: "show" }]];
    case "save": {
      if (model.saving || count(model) === 0) return [model, []];
      const slips = Object.entries(model.drafts).map(([person, { answer, stations, items, saw }]) => ({ person, answer, stations, items, saw }));
      return [{ ...model, saving: true, choosing: false }, [{ kind: "save", slips }]];
    }
    case "saved":
      return [{ ...model, saving: false, drafts: {} }, []];
    case "failed":
      return [{ ...model, saving: false }, []];
  }
}
