// The door: choose yourself, type the password, wait where one has to. Pure. Not whether a password is right.
import type { AppState, FailureCode, Slot } from "../platform/api";

export interface Model {
  slots: Slot[];
  slot: string | null;
  password: string;
  phase: "choosing" | "typing" | "opening" | "waiting";
  /** Seconds left before the next try counts. */
  wait: number;
  failure: FailureCode | null;
}

export type Event =
  | { kind: "slots"; slots: Slot[] }
  | { kind: "choose"; slot: string }
  | { kind: "back" }
  | { kind: "typed"; password: string }
  | { kind: "enter" }
  | { kind: "second" }
  | { kind: "refused"; code: FailureCode; state: AppState | null };

export type Effect = { kind: "unlock"; slot: string; password: string } | { kind: "focus" };

export const shut: Model = { slots: [], slot: null, password: "", phase: "choosing", wait: 0, failure: null };

function chosen(model: Model, slot: Slot): [Model, Effect[]] {
  const phase = slot.wait_s > 0 ? "waiting" : "typing";
  return [{ ...model, slot: slot.slot, password: "", phase, wait: slot.wait_s }, [{ kind: "focus" }]];
}

export function update(model: Model, event: Event): [Model, Effect[]] {
  switch (event.kind) {
    case "slots": {
      const only = event.slots.length === 1 ? event.slots[0] : undefined;
      const next = { ...model, slots: event.slots };
      return only && model.slot === null ? chosen(next, only) : [next, []];
    }
    case "choose": {
      const slot = model.slots.find((one) => one.slot === event.slot);
      return slot ? chosen({ ...model, failure: null }, slot) : [model, []];
    }
    case "back":
      // A try under way is answered first: its refusal would be taken for the next one's.
      return model.phase === "opening" ? [model, []] : [{ ...shut, slots: model.slots }, []];
    case "typed":
      return model.phase === "typing" ? [{ ...model, password: event.password, failure: null }, []] : [model, []];
    case "enter":
      if (model.phase !== "typing" || model.slot === null || model.password === "") return [model, []];
      return [{ ...model, phase: "opening" }, [{ kind: "unlock", slot: model.slot, password: model.password }]];
    case "second": {
      if (model.phase !== "waiting") return [model, []];
      const wait = model.wait - 1;
      return wait > 0 ? [{ ...model, wait }, []] : [{ ...model, wait: 0, phase: "typing" }, [{ kind: "focus" }]];
    }
    case "refused": {
      const slots = event.state?.slots ?? model.slots;
      // The key files went while the door stood open: there is nobody to be, and the state says why.
      if (slots.length === 0) return [{ ...shut, failure: event.code }, []];
      const wait = slots.find((slot) => slot.slot === model.slot)?.wait_s ?? 0;
      const next: Model = { ...model, slots, password: "", failure: event.code, wait, phase: wait > 0 ? "waiting" : "typing" };
      return [next, [{ kind: "focus" }]];
    }
  }
}
