// Laboratories' files: whose file it is, one file at a time, its columns asked about where nobody said them, what is held decided about
// once. Pure. Not how a file is read: the host's.
import type { FileIn, LabDone, LabLook, LabResolveAsk, LabView } from "../platform/api";

export interface Model {
  view: LabView | null;
  done: LabDone | null;
  /** Columns as a file of the laboratory's says them. */
  mapping: FileIn | null;
  /** A name from the list (`of NAME`), `NEW`, or none yet. */
  known: string | null;
  typed: string;
  /** A file is being read or taken. */
  isReading: boolean;
  /** Laboratories of files dropped while one is in hand: each is read in its turn. */
  waiting: string[];
  /** The file in hand, and whose it was when it was dropped. */
  file: FileIn | null;
  of: string;
  look: LabLook | null;
  /** The columns are to be said anew with the next file. */
  isAgain: boolean;
  isNameless: boolean;
  /** Codes put right, by the held row. */
  codes: Record<string, string>;
  /** Held rows that are being decided about. */
  deciding: string[];
}

export type Event =
  | { kind: "told"; view: LabView }
  | { kind: "laboratory"; key: string }
  | { kind: "name"; text: string }
  | { kind: "mapping"; file: FileIn | null }
  | { kind: "again" }
  /** A file was dropped; it is read in its turn. */
  | { kind: "take" }
  | { kind: "file"; file: FileIn }
  | { kind: "looked"; look: LabLook | null }
  /** Its columns were said. */
  | { kind: "tell"; mapping: FileIn }
  | { kind: "imported"; answer: LabDone }
  | { kind: "failed" }
  | { kind: "close" }
  | { kind: "code"; id: string; text: string }
  | { kind: "resolve"; ask: LabResolveAsk }
  | { kind: "resolved"; id: string; answer: LabDone | null };

export type Effect =
  | { kind: "read" }
  | { kind: "look"; laboratory: string; file: FileIn }
  | { kind: "import"; laboratory: string; mapping: FileIn | null; file: FileIn }
  | { kind: "resolve"; ask: LabResolveAsk };

export const NEW = "new";
export const unseen: Model = { view: null, done: null, mapping: null, known: null, typed: "", isReading: false, waiting: [], file: null, of: "", look: null, isAgain: false, isNameless: false, codes: {}, deciding: [] };

export function isNew(model: Model): boolean {
  return model.known === NEW || model.view?.laboratories.length === 0;
}
export function laboratoryOf(model: Model): string {
  return isNew(model) ? model.typed.trim() : (model.known?.slice("of ".length) ?? "");
}

function told(model: Model, view: LabView): Model {
  const only = view.laboratories.length === 1 ? `of ${view.laboratories[0] ?? ""}` : null;
  return { ...model, view, known: model.known ?? only };
}

function looking(model: Model, file: FileIn): [Model, Effect[]] {
  return [{ ...model, file, isReading: true }, [{ kind: "look", laboratory: model.of, file }]];
}

/** Reads the next file that waits, once none is in hand. */
function next(model: Model): [Model, Effect[]] {
  const [of, ...waiting] = model.waiting;
  if (of === undefined || model.isReading || model.look !== null) return [model, []];
  return [{ ...model, waiting, done: null, of, isReading: true }, [{ kind: "read" }]];
}

function imported(model: Model, answer: LabDone): [Model, Effect[]] {
  const { file, of } = model;
  const shown = told({ ...model, done: answer, mapping: null, isAgain: false, look: null, isReading: false }, answer.view);
  // Its name stands in the list now; who has gone on to another laboratory meanwhile stays there.
  const isStill = laboratoryOf(model) === of;
  const named = isStill && answer.view.laboratories.includes(of) ? { ...shown, known: `of ${of}` } : shown;
  // Columns that do not lie as told, or an analyte that nobody named: asked about with the same file in hand.
  const isOdd = file !== null && answer.view.held.some((row) => row.is_columns && row.laboratory === of && row.file === file.name);
  return isOdd ? looking(named, file) : next({ ...named, file: null });
}

export function update(model: Model, event: Event): [Model, Effect[]] {
  switch (event.kind) {
    case "told":
      return [told(model, event.view), []];
    case "laboratory":
      return [{ ...model, known: event.key }, []];
    case "name":
      return [{ ...model, typed: event.text }, []];
    case "mapping":
      return [{ ...model, mapping: event.file }, []];
    case "again":
      return [{ ...model, isAgain: true }, []];
    case "take": {
      // One file at a time: a second one dropped while one is read is not mixed with it, and not lost.
      const of = laboratoryOf(model);
      if (of === "") return [{ ...model, isNameless: true }, []];
      return next({ ...model, isNameless: false, waiting: [...model.waiting, of] });
    }
    case "file": {
      if (!model.isReading) return [model, []];
      const isUntold = model.mapping === null && !model.view?.laboratories.includes(model.of);
      if (isUntold || model.isAgain) return looking(model, event.file);
      return [{ ...model, file: event.file }, [{ kind: "import", laboratory: model.of, mapping: model.mapping, file: event.file }]];
    }
    case "looked":
      return next({ ...model, isReading: false, look: model.file === null ? null : event.look });
    case "tell":
      if (model.file === null || model.isReading) return [model, []];
      return [{ ...model, isReading: true }, [{ kind: "import", laboratory: model.of, mapping: event.mapping, file: model.file }]];
    case "imported":
      return imported(model, event.answer);
    case "failed":
      return next({ ...model, isReading: false });
    case "close":
      return next({ ...model, look: null, file: null });
    case "code":
      return [{ ...model, codes: { ...model.codes, [event.id]: event.text } }, []];
    case "resolve":
      if (model.deciding.includes(event.ask.id)) return [model, []];
      return [{ ...model, deciding: [...model.deciding, event.ask.id] }, [{ kind: "resolve", ask: event.ask }]];
    case "resolved": {
      const next = { ...model, deciding: model.deciding.filter((one) => one !== event.id) };
      return [event.answer ? told({ ...next, done: event.answer }, event.answer.view) : next, []];
    }
  }
}
