// Correcting what is recorded: amend, withdraw, or say which of two values stands; always with a reason. Pure.
// Not the list of results (the screen's).
import type { ChangeAsk, ValueCell } from "../platform/api";

export interface Model {
  kind: "amend" | "void" | "choose";
  item: string;
  cell: ValueCell;
  /** The values of the item as they were shown. */
  saw: string[];
  text: string;
  reason: string;
  phase: "editing" | "saving";
  stopped: "" | "text" | "reason";
}

export type Event =
  | { kind: "text"; text: string }
  | { kind: "reason"; reason: string }
  | { kind: "save"; person: string }
  | { kind: "failed" };

export type Effect = { kind: "amend" | "void" | "choose"; ask: ChangeAsk };

export function begun(kind: Model["kind"], item: string, cell: ValueCell, saw: string[]): Model {
  return { kind, item, cell, saw, text: kind === "void" ? "" : cell.text, reason: "", phase: "editing", stopped: "" };
}

export function update(model: Model, event: Event): [Model, Effect[]] {
  switch (event.kind) {
    case "text":
      return [{ ...model, text: event.text, stopped: "" }, []];
    case "reason":
      return [{ ...model, reason: event.reason, stopped: "" }, []];
    case "save": {
      if (model.phase === "saving") return [model, []];
      if (model.kind === "amend" && (model.text.trim() === "" || model.text === model.cell.text)) return [{ ...model, stopped: "text" }, []];
      if (model.reason.trim() === "") return [{ ...model, stopped: "reason" }, []];
      const ask = { person: event.person, item: model.item, text: model.text.trim(), reason: model.reason.trim(), saw: model.saw };
      return [{ ...model, phase: "saving" }, [{ kind: model.kind, ask }]];
    }
    case "failed":
      return [{ ...model, phase: "editing" }, []];
  }
}
