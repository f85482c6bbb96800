// A class's consent slips as they are ticked: everybody at once, then the exceptions. Pure. Not what a refusal closes, and not which of
// two slips holds: the host says that with each row.
import type { ConsentRow, ConsentSlip, ConsentWord } from "../platform/api";
import { drawn } from "./drawn";

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
  /** What is on its way to the host, by person; and after it, what was ticked over it meanwhile and waits for what stands now. */
  sent: Record<string, Draft>;
  at: number;
  /** The stations refused are being chosen for the row. */
  choosing: boolean;
  saving: boolean;
}

export type Answer = "given" | "but" | "refused" | "missing";

export type Event =
  | { kind: "rows"; rows: ConsentRow[] }
  | { kind: "move"; by: 1 | -1 }
  /** To the first row that is not drawn, on that side. */
  | { kind: "turn"; by: 1 | -1 }
  | { kind: "select"; person: string }
  | { kind: "all" }
  | { kind: "answer"; answer: Answer }
  | { kind: "toggle"; station: string }
  | { kind: "chosen" }
  | { kind: "save" }
  | { kind: "saved" }
  | { kind: "failed" };

export type Effect = { kind: "save"; slips: ConsentSlip[] } | { kind: "show" } | { kind: "choose" };

export const empty: Model = { rows: [], drafts: {}, sent: {}, at: 0, choosing: false, saving: false };

export const ANSWER_KEYS: Record<Answer, string> = { given: "1", but: "2", refused: "3", missing: "4" };

export function answerOf(key: string): Answer | null {
  return (Object.keys(ANSWER_KEYS) as Answer[]).find((one) => ANSWER_KEYS[one] === key) ?? null;
}

/** What a row says now: as ticked, else as it stands. */
export function shown(model: Model, row: ConsentRow): Omit<Draft, "saw"> {
  return model.drafts[row.row.person] ?? row;
}

const same = (a: string[], b: string[]) => a.length === b.length && a.every((one) => b.includes(one));
const says = (a: Omit<Draft, "saw">, b: Omit<Draft, "saw">) => a.answer === b.answer && same(a.stations, b.stations) && same(a.items, b.items);

/** Ticked as it stands already is nothing ticked, unless two slips differ: then it is the decision. */
function put(model: Model, row: ConsentRow, draft: Omit<Draft, "saw">): Model {
  const drafts = { ...model.drafts };
  // Over what is being saved, the row shown is of before it.
  const stands = !row.differs && says(row, draft) && model.sent[row.row.person] === undefined;
  if (stands) delete drafts[row.row.person];
  else drafts[row.row.person] = { ...draft, saw: drafts[row.row.person]?.saw ?? row.saw };
  return { ...model, drafts };
}

/** A slip ticked over the one that was just saved was ticked with that one in view: it names it, where nothing else came in between. */
function over(model: Model, rows: ConsentRow[]): Model {
  if (model.saving || Object.keys(model.sent).length === 0) return model;
  const drafts = { ...model.drafts };
  for (const [person, sent] of Object.entries(model.sent)) {
    const row = rows.find((one) => one.row.person === person);
    if (row && drafts[person] && !row.differs && says(row, sent)) drafts[person] = { ...drafts[person], saw: row.saw };
  }
  return { ...model, drafts, sent: {} };
}

export function count(model: Model): number {
  return Object.keys(model.drafts).length;
}

export function missingOf(model: Model): number {
  return model.rows.filter((row) => shown(model, row).answer === "missing").length;
}

/** What was sent and is as it was sent is done; what was ticked meanwhile stays. */
function settled(model: Model): Model {
  const isDone = (person: string, draft: Draft) => model.sent[person] !== undefined && says(model.sent[person], draft);
  const drafts = Object.fromEntries(Object.entries(model.drafts).filter(([person, draft]) => !isDone(person, draft)));
  const sent = Object.fromEntries(Object.entries(model.sent).filter(([person]) => drafts[person] !== undefined));
  return { ...model, drafts, sent };
}

export function update(model: Model, event: Event): [Model, Effect[]] {
  const row = model.rows[model.at];
  switch (event.kind) {
    case "rows": {
      const at = event.rows.findIndex((one) => one.row.person === row?.row.person);
      return [{ ...over(model, event.rows), rows: event.rows, at: Math.max(0, at) }, []];
    }
    case "move":
    case "turn": {
      const { from, to } = drawn(model.rows.length, model.at);
      const next = event.kind === "move" ? model.at + event.by : event.by > 0 ? to : from - 1;
      const at = Math.max(0, Math.min(model.rows.length - 1, next));
      return [{ ...model, at, choosing: false }, [{ kind: "show" }]];
    }
    case "select": {
      const at = model.rows.findIndex((one) => one.row.person === event.person);
      return [{ ...model, at: at < 0 ? model.at : at, choosing: false }, []];
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
      return [{ ...model, sent: model.drafts, saving: true, choosing: false }, [{ kind: "save", slips }]];
    }
    case "saved":
      return [{ ...settled(model), saving: false }, []];
    case "failed":
      return [{ ...model, saving: false, sent: {} }, []];
  }
}
