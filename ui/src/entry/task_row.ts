// One step as it is keyed: the number looked up, whose finding it is, which field the cursor goes to, recorded once. Pure. Not which
// fields a row has (tasks.ts), nor what may be said (the host).
import type { TaskChain, TaskRecordAsk, TaskStep } from "../platform/api";
import { askOf, digitsOfNumber, emptyRow, isWholeNumber, missing, partAfter, rowOf, type About, type Keyed, type Part } from "./tasks";

export interface Found {
  person: string;
  name: string;
  phone: string;
  chain: TaskChain;
}

export interface Model {
  keyed: Keyed;
  /** Whose number it is, where the number is asked. */
  found: Found | null;
  /** The number whose finding was shown last: the row is written of it, also while it is looked up anew; null: of nobody's yet. */
  of: string | null;
  /** A step of a later day stands: told once, and then recorded if it still is to be. */
  isStale: boolean;
  /** What is in the fields came off a held row of a paper, whose number may be what was wrong. */
  isOfPaper: boolean;
  /** The field that keeps the row from being saved. */
  asked: Part | null;
  /** What is on its way to be recorded. */
  saving: TaskRecordAsk | null;
}

/** With a chain, its number is not asked; with a step, that one is put right; with a row, what is written in it stands in the fields. */
export interface Own {
  chain?: TaskChain;
  step?: TaskStep;
  row?: Keyed;
}

/** `own`: what it is keyed about where that is known without a number. */
export type Event =
  | { kind: "opened"; own: Own }
  | { kind: "typed"; part: Exclude<Part, "read_back">; text: string }
  | { kind: "read_back" }
  | { kind: "look" }
  | { kind: "found"; number: string; found: Found | null }
  | { kind: "onward"; part: Part; own: Own }
  | { kind: "save"; own: Own; anyway: boolean }
  | { kind: "recorded"; own: Own }
  | { kind: "failed"; isStale: boolean };

/** `isWrong`: what stands in the field is to be replaced by what is typed. */
export type Effect = { kind: "focus"; part: Part; isWrong?: true } | { kind: "look"; number: string } | { kind: "record"; ask: TaskRecordAsk };

const digits = (day: string) => day.split("-").join("");
export function begun(own: Own, today: string): Model {
  const number = own.chain?.number ?? "";
  const keyed = own.row ? { ...own.row } : own.step ? rowOf(own.step, number) : emptyRow(digits(today), number);
  return { keyed, found: null, of: null, isOfPaper: own.row !== undefined, isStale: false, asked: null, saving: null };
}

/** What may be said: of the finding as it stands, or as it would stand without the step that is put right. */
export function aboutOf(model: Model, own: Own): About | null {
  return own.step ?? own.chain ?? model.found?.chain ?? null;
}

type Text = Exclude<Part, "read_back">;
const TYPED: Text[] = ["number", "result", "told", "at", "place", "way", "next", "note"];
/** Something stands in the fields that is not recorded. */
export function isTyped({ keyed }: Model, own: Own): boolean {
  return keyed.isReadBack || TYPED.some((part) => (part !== "number" || !own.chain) && keyed[part].trim() !== "");
}

/** The field that is asked for; what cannot be stands in it to be replaced. */
function focusOn({ keyed }: Model, part: Part): Effect {
  const isWrong = part !== "read_back" && part !== "number" && keyed[part].trim() !== "";
  return isWrong ? { kind: "focus", part, isWrong } : { kind: "focus", part };
}

function save(model: Model, own: Own, anyway: boolean): [Model, Effect[]] {
  if (model.saving !== null) return [model, []];
  const open = missing(aboutOf(model, own), model.keyed);
  if (open !== null) return [{ ...model, asked: open }, [focusOn(model, open)]];
  const ask = askOf(model.keyed, anyway);
  return [{ ...model, asked: null, saving: ask }, [{ kind: "record", ask }]];
}

export function update(model: Model, event: Event): [Model, Effect[]] {
  switch (event.kind) {
    case "opened":
      // The number of a row that was held is looked up at once.
      if (event.own.row && isWholeNumber(model.keyed.number)) return [model, [{ kind: "look", number: digitsOfNumber(model.keyed.number) }]];
      return [model, [{ kind: "focus", part: event.own.chain ? "result" : "number" }]];
    case "typed": {
      const keyed = { ...model.keyed, [event.part]: event.text };
      if (event.part !== "number") return [{ ...model, keyed, asked: null, isStale: false }, []];
      // Another number is somebody else's finding: who was shown is not who it is of, and what was said of them is not said of the other.
      if (digitsOfNumber(event.text) === digitsOfNumber(model.keyed.number)) return [{ ...model, keyed }, []];
      const next = { ...model, found: null, of: null, asked: null, isStale: false };
      if (model.of === null) return [{ ...next, keyed }, []];
      const emptied = model.isOfPaper ? { ...keyed, isReadBack: false } : { ...emptyRow(model.keyed.day, event.text) };
      return [{ ...next, keyed: emptied }, []];
    }
    case "read_back":
      return [{ ...model, asked: null, keyed: { ...model.keyed, isReadBack: !model.keyed.isReadBack } }, []];
    case "look": {
      const next = { ...model, found: null, isStale: false };
      if (!isWholeNumber(model.keyed.number)) return [{ ...next, asked: "number" }, []];
      return [next, [{ kind: "look", number: digitsOfNumber(model.keyed.number) }]];
    }
    case "found":
      // An answer about the number that stood there before is nobody's.
      if (digitsOfNumber(model.keyed.number) !== event.number) return [model, []];
      if (event.found === null) return [model, [{ kind: "focus", part: "number", isWrong: true }]];
      return [{ ...model, found: event.found, of: event.number, asked: null }, [{ kind: "focus", part: "result" }]];
    case "onward": {
      // What a step needs is not passed by: only its number is known before whose it is.
      if (event.part !== "number" && missing(aboutOf(model, event.own), model.keyed) === event.part) return [{ ...model, asked: event.part }, [focusOn(model, event.part)]];
      const next = partAfter(aboutOf(model, event.own), model.keyed, event.part);
      return next === null ? save(model, event.own, false) : [model, [{ kind: "focus", part: next }]];
    }
    case "save":
      return save(model, event.own, event.anyway);
    case "recorded": {
      const sent = model.saving;
      const next = { ...model, saving: null, isStale: false };
      // The next row's number was typed meanwhile: it stays.
      if (sent !== null && digitsOfNumber(model.keyed.number) !== sent.number) return [next, []];
      const number = event.own.chain?.number ?? "";
      return [{ ...next, found: null, of: null, isOfPaper: false, keyed: emptyRow(model.keyed.day, number) }, [{ kind: "focus", part: event.own.chain ? "result" : "number" }]];
    }
    case "failed":
      return [{ ...model, saving: null, isStale: event.isStale }, []];
  }
}
