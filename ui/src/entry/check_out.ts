// 离场核对: may this person go, and where what is open is settled. Pure. Not what is missing: the host's.
import type { CheckOutView, PersonWhole } from "../platform/api";

/** A repeat owed at its station, an A finding where it is said who was told, two values on the page of all results. */
export type Answer = { at: "repeat" | "tell" | "person"; station: string };

export interface Model {
  view: CheckOutView | null;
  answer: Answer | null;
  /** Of two answers the one asked for last counts. */
  asked: number;
}

/** `own`: the stations of this device. */
export type Event =
  | { kind: "look" }
  | { kind: "seen"; asked: number; view: CheckOutView | null; whole: PersonWhole | null; own: string[] }
  | { kind: "primary"; own: string[] };

export type Effect = { kind: "ask"; asked: number } | { kind: "tell" } | { kind: "person" } | { kind: "station"; station: string } | { kind: "next" };

export const unseen: Model = { view: null, answer: null, asked: 0 };

export function mayLeave({ view }: Model): boolean {
  return view !== null && view.missing.length === 0 && view.open.length === 0;
}
/** The first station of this device where something is missing. */
export function firstOf({ view }: Model, own: string[]): string | null {
  return view?.missing.find((one) => own.includes(one.station))?.station ?? null;
}

function answerOf(view: CheckOutView, whole: PersonWhole | null, own: string[]): Answer | null {
  if (view.open.length === 0) return null;
  if (view.recheck && own.includes(view.recheck.station)) return { at: "repeat", station: view.recheck.station };
  if (view.is_unanswered) return { at: "tell", station: "" };
  return whole?.items.some((one) => one.current.length > 1) ? { at: "person", station: "" } : null;
}

export function update(model: Model, event: Event): [Model, Effect[]] {
  switch (event.kind) {
    case "look": {
      const asked = model.asked + 1;
      return [{ ...model, asked }, [{ kind: "ask", asked }]];
    }
    case "seen": {
      // What cannot be had leaves what is there.
      if (event.asked !== model.asked || event.view === null) return [model, []];
      return [{ ...model, view: event.view, answer: answerOf(event.view, event.whole, event.own) }, []];
    }
    case "primary": {
      // What is missing is not known yet: no key goes on to the next person for that.
      if (model.view === null) return update(model, { kind: "look" });
      if (model.answer?.at === "tell") return [model, [{ kind: "tell" }]];
      if (model.answer?.at === "person") return [model, [{ kind: "person" }]];
      const station = model.answer?.station ?? firstOf(model, event.own);
      return [model, [station === null ? { kind: "next" } : { kind: "station", station }]];
    }
  }
}
