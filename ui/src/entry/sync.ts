// 同步: what helps now, the network or a file, and one of each at a time. Pure. Not the sync itself: the host's.
import type { HeldRow, SyncState } from "../platform/api";

export interface Model {
  held: HeldRow[];
  isAsking: boolean;
  isCarrying: boolean;
  /** What was written for the way by hand, in the host's words; empty = nothing yet. */
  carried: string;
}

export type Event =
  | { kind: "held"; rows: HeldRow[] }
  | { kind: "now" }
  | { kind: "asked" }
  | { kind: "carry" }
  /** `sentence`: empty where nothing was written, or it could not be. */
  | { kind: "carried"; sentence: string };

export type Effect = { kind: "sync" } | { kind: "carry" };

export const idle: Model = { held: [], isAsking: false, isCarrying: false, carried: "" };

/** Without a network a file is what helps; with one the sync does. */
export function isAway(sync: SyncState | null, isAtDevice: boolean): boolean {
  return isAtDevice && sync !== null && ["offline", "failed"].includes(sync.phase) && sync.unsent > 0;
}

export function kindOf(sync: SyncState | null): "bad" | "note" | "good" {
  return sync?.phase === "failed" ? "bad" : sync?.unsent ? "note" : "good";
}

/** What needs somebody: nothing, two values of which one stands, what is held, or both. */
export function needOf(sync: SyncState | null): "none" | "two" | "held" | "both" {
  const [all, two] = [sync?.attention ?? 0, sync?.conflicts ?? 0];
  if (all === 0) return "none";
  return all === two ? "two" : two === 0 ? "held" : "both";
}

export function update(model: Model, event: Event): [Model, Effect[]] {
  switch (event.kind) {
    case "held":
      return [{ ...model, held: event.rows }, []];
    case "now":
      return model.isAsking ? [model, []] : [{ ...model, isAsking: true }, [{ kind: "sync" }]];
    case "asked":
      return [{ ...model, isAsking: false }, []];
    case "carry":
      // Nothing is said to be written before it is.
      return model.isCarrying ? [model, []] : [{ ...model, isCarrying: true, carried: "" }, [{ kind: "carry" }]];
    case "carried":
      return [{ ...model, isCarrying: false, carried: event.sentence }, []];
  }
}
