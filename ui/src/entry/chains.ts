// One person's follow-ups: which finding's next step is keyed, which step is put right or withdrawn, and what news may change under a
// hand. Pure. Not the fields of a step (task_row.ts), nor what may be said (the host).
import type { TaskChain, TaskChainsView, TaskRecordAsk, TaskStep } from "../platform/api";
import { keyingOf, withdrawalOf } from "./tasks";

export interface Model {
  view: TaskChainsView | null;
  /** The step that is put right or withdrawn, by its entry. */
  changing: { entry: string; withdraws: boolean } | null;
  /** The finding whose next step is keyed: the first that waits, until another is chosen. */
  chosen: string | null;
  /** The finding somebody has typed at: news of another one does not move the fields. */
  held: string | null;
  /** Why a step is withdrawn. */
  why: string;
  isSaving: boolean;
  isMaking: boolean;
  /** Somebody saved something while fields were under a hand: it is asked for once they are not. */
  missed: boolean;
}

export type Event =
  | { kind: "told"; view: TaskChainsView }
  /** Somebody saved something; `isSaving`: a step of this page is on its way. */
  | { kind: "news"; view: TaskChainsView; isSaving: boolean }
  | { kind: "typed" }
  | { kind: "choose"; number: string }
  | { kind: "begin"; entry: string; withdraws: boolean }
  | { kind: "cancel" }
  | { kind: "why"; text: string }
  | { kind: "withdraw"; chain: Pick<TaskChain, "number">; step: TaskStep }
  /** A step of this page was recorded. */
  | { kind: "recorded" }
  | { kind: "failed" }
  | { kind: "make" }
  | { kind: "made" };

export type Effect = { kind: "focus_reason" } | { kind: "record"; ask: TaskRecordAsk } | { kind: "make" } | { kind: "load" };

export const unseen: Model = { view: null, changing: null, chosen: null, held: null, why: "", isSaving: false, isMaking: false, missed: false };

/** One row of fields at a time. */
export function keying(model: Model): string | null {
  return model.changing !== null ? null : keyingOf(model.view?.chains ?? [], model.chosen, model.held);
}
/** The finding in hand. */
export function about(model: Model): TaskChain | undefined {
  return model.view?.chains.find((one) => one.number === keying(model));
}
/** What was typed belongs to a finding that takes no step any more: somebody else has said it. */
export function isGone(model: Model): boolean {
  return model.held !== null && model.changing === null && keying(model) === null;
}
/** Something is keyed that the bar records: the next step, or one put right. */
export function isKeyed(model: Model): boolean {
  return model.view?.may_record === true && (model.changing ? !model.changing.withdraws : keying(model) !== null);
}
export function changedOf(model: Model, chain: TaskChain): TaskStep | null {
  return chain.steps.find((step) => step.entry === model.changing?.entry) ?? null;
}

export function update(model: Model, event: Event): [Model, Effect[]] {
  switch (event.kind) {
    case "told":
      return [{ ...model, view: event.view, missed: false }, []];
    case "news":
      // Somebody putting a step right goes on with what they saw; a step on its way is answered first.
      if (model.changing !== null || event.isSaving || model.isSaving) return [{ ...model, missed: true }, []];
      return [{ ...model, view: event.view, missed: false }, []];
    case "typed": {
      const number = keying(model);
      return number === null ? [model, []] : [{ ...model, held: number }, []];
    }
    case "choose":
      return [{ ...model, chosen: event.number, changing: null, held: null }, []];
    case "begin":
      if (model.isSaving) return [model, []];
      return [{ ...model, why: "", changing: { entry: event.entry, withdraws: event.withdraws } }, event.withdraws ? [{ kind: "focus_reason" }] : []];
    case "cancel":
      return [{ ...model, changing: null }, model.missed ? [{ kind: "load" }] : []];
    case "why":
      return [{ ...model, why: event.text }, []];
    case "withdraw": {
      if (model.isSaving || model.why.trim() === "" || model.view === null || model.changing?.entry !== event.step.entry) return [model, []];
      const ask = withdrawalOf(event.step, event.chain.number, model.view.today.split("-").join(""), model.why);
      return [{ ...model, isSaving: true }, [{ kind: "record", ask }]];
    }
    case "recorded":
      // What was said is said: its fields are gone, and the finding that waits next is keyed.
      return [{ ...model, isSaving: false, changing: null, held: null }, [{ kind: "load" }]];
    case "failed":
      return [{ ...model, isSaving: false }, model.missed && model.changing === null ? [{ kind: "load" }] : []];
    case "make":
      return model.isMaking ? [model, []] : [{ ...model, isMaking: true }, [{ kind: "make" }]];
    case "made":
      return [{ ...model, isMaking: false }, []];
  }
}
