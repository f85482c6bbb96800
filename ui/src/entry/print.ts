// 打印和导出: what is made, masked unless a purpose is given, once for one press. Pure. Not the files: the host's.
import type { PrintKind } from "../platform/api";

export interface Model {
  chosen: PrintKind;
  ids: "masked" | "whole";
  purpose: string;
  /** Sets of tubes as typed; empty = as many as are listed. */
  sets: string;
  /** What keeps it from being made. */
  stopped: "purpose" | "sets" | null;
  isMaking: boolean;
}

/** `listed`: people on the stop's list. */
export type Event =
  | { kind: "choose"; print: PrintKind }
  | { kind: "ids"; ids: string }
  | { kind: "purpose" | "sets"; text: string }
  | { kind: "make"; listed: number }
  | { kind: "made" };

export type Effect = { kind: "print"; print: PrintKind; purpose: string | null; sets: number } | { kind: "show_purpose" };

/** As the host has it. */
export const SETS_MAX = 1000;
export const unsaid: Model = { chosen: "guide_sheet", ids: "masked", purpose: "", sets: "", stopped: null, isMaking: false };

/** Whole numbers are handed out for a purpose, or not at all. Labels of tubes name nobody. */
export function lacksPurpose(model: Model): boolean {
  return model.chosen !== "tube_labels" && model.ids === "whole" && model.purpose.trim() === "";
}
function setsOf(model: Model, listed: number): number {
  if (model.chosen !== "tube_labels") return 0;
  return model.sets.trim() === "" ? listed : Number(model.sets);
}

export function update(model: Model, event: Event): [Model, Effect[]] {
  switch (event.kind) {
    case "choose":
      return [{ ...model, chosen: event.print }, []];
    case "ids":
      // What is to be written now is in sight.
      return event.ids === "whole" ? [{ ...model, ids: "whole" }, [{ kind: "show_purpose" }]] : [{ ...model, ids: "masked" }, []];
    case "purpose":
    case "sets":
      return [{ ...model, [event.kind]: event.text }, []];
    case "make": {
      if (model.isMaking) return [model, []];
      if (lacksPurpose(model)) return [{ ...model, stopped: "purpose" }, []];
      const sets = setsOf(model, event.listed);
      const isWrong = model.chosen === "tube_labels" && !(Number.isInteger(sets) && sets >= 1 && sets <= SETS_MAX);
      if (isWrong) return [{ ...model, stopped: "sets" }, []];
      const purpose = model.ids === "whole" ? model.purpose.trim() : null;
      return [{ ...model, stopped: null, isMaking: true }, [{ kind: "print", print: model.chosen, purpose, sets }]];
    }
    case "made":
      return [{ ...model, isMaking: false }, []];
  }
}
