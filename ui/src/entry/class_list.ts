// Walking a class in order at one station: next pupil without a value, absent with a reason in one key. Pure.
// Not the form (that is station.ts): a row opens it.
import type { ClassRow, ClassRows, FormView, SaveAsk, Typed } from "../platform/api";
import { absentOf } from "./absent";
import { BLOCK, drawn } from "./drawn";

export interface Model {
  rows: ClassRow[];
  classes: ClassRows["classes"];
  at: number;
  /** A row whose absence is being saved. */
  saving: string | null;
  /** Asked about once: the reason and the row; the same key again saves. */
  asking: { person: string; reason: string } | null;
  onlyOpen: boolean;
}

export type Event =
  | { kind: "rows"; rows: ClassRows }
  | { kind: "move"; by: 1 | -1 }
  /** A block up or down. */
  | { kind: "page"; by: 1 | -1 }
  /** To the first row that is not drawn, on that side. */
  | { kind: "turn"; by: 1 | -1 }
  | { kind: "select"; person: string }
  | { kind: "open" }
  | { kind: "key"; key: string; station: string; saveId: string }
  | { kind: "absent"; person: string; reason: string; station: string; saveId: string }
  | { kind: "saved"; person: string }
  | { kind: "failed" }
  | { kind: "only_open"; is: boolean };

export type Effect = { kind: "open"; person: string } | { kind: "save"; ask: SaveAsk } | { kind: "reload" } | { kind: "show"; person: string };

export const empty: Model = { rows: [], classes: [], at: 0, saving: null, asking: null, onlyOpen: false };

export function shown(model: Model): ClassRow[] {
  return model.onlyOpen ? model.rows.filter((row) => !row.is_done || row.recheck !== null) : model.rows;
}

/** The next one not done, after `at`, else the first not done; and where all are, whoever owes a repeat. */
export function nextOpen(rows: ClassRow[], at: number): number {
  const later = rows.findIndex((row, index) => index > at && !row.is_done);
  const first = later >= 0 ? later : rows.findIndex((row) => !row.is_done);
  return first >= 0 ? first : rows.findIndex((row) => row.recheck !== null);
}

export function doneOf(model: Model): number {
  return model.rows.filter((row) => row.is_done).length;
}

/** Everything the station still asks of somebody gets the reason, whether it has a column or not. */
function absent(model: Model, person: string, reason: string, station: string, saveId: string): [Model, Effect[]] {
  if (model.saving !== null) return [model, []];
  const row = model.rows.find((one) => one.row.person === person);
  if (!row) return [model, []];
  // Somebody has typed here and not saved: an absence would take the draft along. The form shows it, and there it is decided.
  if (row.has_draft) return [{ ...model, asking: null }, [{ kind: "open", person }]];
  if (row.open.length === 0) return [{ ...model, asking: null }, []];
  if (model.asking?.person !== person || model.asking.reason !== reason) return [{ ...model, asking: { person, reason } }, []];
  const values = row.open.map((item) => ({ item, text: "", absent: reason, confirmed: true }));
  const ask: SaveAsk = { person, station, values, saw: [], examiner: null, save_id: saveId };
  return [{ ...model, saving: person, asking: null }, [{ kind: "save", ask }]];
}

/** What the form, asked for at the press, still has no value of: one measured elsewhere since the list was drawn is not made an absence. */
export function stillOpen(ask: SaveAsk, form: Pick<FormView, "items">): Typed[] {
  return ask.values.filter((value) => form.items.some((one) => one.item === value.item && one.current.length === 0));
}

export function update(model: Model, event: Event): [Model, Effect[]] {
  const rows = shown(model);
  switch (event.kind) {
    case "rows": {
      const person = rows[model.at]?.row.person;
      const next = { ...model, rows: event.rows.rows, classes: event.rows.classes };
      const again = shown(next).findIndex((row) => row.row.person === person);
      // Somebody done elsewhere and no longer shown: the next from here on, not the first of the class.
      const at = again >= 0 ? again : Math.max(0, nextOpen(shown(next), model.at - 1));
      return [{ ...next, at }, []];
    }
    case "move":
    case "page":
    case "turn": {
      const { from, to } = drawn(rows.length, model.at);
      const next = event.kind === "move" ? model.at + event.by : event.kind === "page" ? model.at + event.by * BLOCK : event.by > 0 ? to : from - 1;
      const at = Math.max(0, Math.min(rows.length - 1, next));
      const row = rows[at];
      return [{ ...model, at, asking: null }, row ? [{ kind: "show", person: row.row.person }] : []];
    }
    case "select": {
      const at = rows.findIndex((row) => row.row.person === event.person);
      return [{ ...model, at: at < 0 ? model.at : at, asking: null }, []];
    }
    case "open": {
      const row = rows[model.at];
      return [model, row ? [{ kind: "open", person: row.row.person }] : []];
    }
    case "key": {
      const row = rows[model.at];
      const reason = absentOf(event.key);
      if (!row || reason === null) return [model, []];
      return absent(model, row.row.person, reason, event.station, event.saveId);
    }
    case "absent":
      return absent(model, event.person, event.reason, event.station, event.saveId);
    case "saved": {
      if (model.saving !== event.person) return [model, []];
      const done = model.rows.map((row) => (row.row.person === event.person ? { ...row, is_done: true } : row));
      const next = { ...model, rows: done, saving: null };
      const at = nextOpen(shown(next), Math.min(model.at, shown(next).length) - (model.onlyOpen ? 1 : 0));
      const here = shown(next)[Math.max(0, at)];
      return [{ ...next, at: Math.max(0, at) }, [{ kind: "reload" }, ...(here ? [{ kind: "show" as const, person: here.row.person }] : [])]];
    }
    case "failed":
      return [{ ...model, saving: null }, []];
    case "only_open":
      return [{ ...model, onlyOpen: event.is, at: 0, asking: null }, []];
  }
}
