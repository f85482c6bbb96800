// Correcting what is recorded: amend, withdraw, or say which of two values stands; always with a reason. Pure.
// Not the list of results (the screen's).
import type { ChangeAsk, FailureCode, ValueCell } from "../platform/api";

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
  /** What the host said of the last try; told where the question is asked. */
  failure: { code: FailureCode; trace: string } | null;
}

export type Event =
  | { kind: "text"; text: string }
  | { kind: "reason"; reason: string }
  | { kind: "save"; person: string }
  | { kind: "failed"; failure: { code: FailureCode; trace: string } };

export type Effect = { kind: "amend" | "void" | "choose"; ask: ChangeAsk };

export function begun(kind: Model["kind"], item: string, cell: ValueCell, saw: string[]): Model {
  return { kind, item, cell, saw, text: kind === "void" ? "" : cell.text, reason: "", phase: "editing", stopped: "", failure: null };
}

export function update(model: Model, event: Event): [Model, Effect[]] {
  switch (event.kind) {
    case "text":
      return [{ ...model, text: event.text, stopped: "", failure: null }, []];
    case "reason":
      return [{ ...model, reason: event.reason, stopped: "" }, []];
    case "save": {
      if (model.phase === "saving") return [model, []];
      if (model.kind === "amend" && (model.text.trim() === "" || model.text === model.cell.text)) return [{ ...model, stopped: "text" }, []];
      if (model.reason.trim() === "") return [{ ...model, stopped: "reason" }, []];
      // Pressed again on the value that was asked about.
      const confirmed = isAsked(model);
      const ask = { person: event.person, item: model.item, text: model.text.trim(), reason: model.reason.trim(), saw: model.saw, confirmed };
      return [{ ...model, phase: "saving" }, [{ kind: model.kind, ask }]];
    }
    case "failed":
      return [{ ...model, phase: "editing", failure: event.failure }, []];
  }
}

/** The value is unusual: it was asked about, and the next press writes it. */
export function isAsked(model: Model): boolean {
  return model.failure?.code === "value_unusual";
}
