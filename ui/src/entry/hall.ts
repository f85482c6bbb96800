// The hall's screen: one device is alone, is the hub, or works with another's. Pure: what to ask and when comes out. Not what
// a hub does (the host), and not what the pairing page says (public/pair.html).
import type { HubGuest, HubView } from "../platform/api";

export type Deed = "start" | "stop" | "join" | "leave";

export interface Model {
  view: HubView | null;
  /** What was pressed and is not answered yet. */
  doing: Deed | null;
  /** The hub's address as typed or scanned. */
  text: string;
  /** Closing is asked once more: it sends every tablet away. */
  isClosing: boolean;
}

export type Event =
  | { kind: "began" }
  | { kind: "told"; view: HubView }
  | { kind: "silent" }
  | { kind: "typed"; text: string }
  | { kind: "pressed"; deed: Deed }
  | { kind: "kept" }
  | { kind: "done"; view: HubView }
  | { kind: "failed" };

export type Effect = { kind: "look"; afterMs: number } | { kind: "do"; deed: Deed; text: string };

export const unseen: Model = { view: null, doing: null, text: "", isClosing: false };

/** Between two looks: who has come shows at once, and a used code is replaced. */
export const LOOK_MS = 1_000;

export function update(model: Model, event: Event): [Model, Effect[]] {
  const again: Effect = { kind: "look", afterMs: LOOK_MS };
  switch (event.kind) {
    case "began":
      return [model, [{ kind: "look", afterMs: 0 }]];
    case "told":
      // A look that was under way when something was pressed tells of before.
      return [model.doing === null ? { ...model, view: event.view } : model, [again]];
    case "silent":
      return [model, [again]];
    case "typed":
      return [{ ...model, text: event.text }, []];
    case "kept":
      return [{ ...model, isClosing: false }, []];
    case "pressed": {
      if (model.doing !== null || (event.deed === "join" && model.text.trim() === "")) return [model, []];
      const somebody = (model.view?.hub?.guests ?? []).some((one) => one.connected);
      if (event.deed === "stop" && somebody && !model.isClosing) return [{ ...model, isClosing: true }, []];
      return [{ ...model, doing: event.deed, isClosing: false }, [{ kind: "do", deed: event.deed, text: model.text.trim() }]];
    }
    case "done":
      return [{ ...model, doing: null, view: event.view, text: "" }, []];
    case "failed":
      return [{ ...model, doing: null }, []];
  }
}

/** A clock that is further off is named: a day's results are told apart by minutes. */
const CLOCK_OFF_S = 60;

/** How far a guest's clock is off, in whole minutes and which way; null = it goes right. */
export function clockOff(guest: HubGuest): { minutes: number; isAhead: boolean } | null {
  const off = guest.clock_offset_s;
  if (off === null || Math.abs(off) < CLOCK_OFF_S) return null;
  return { minutes: Math.round(Math.abs(off) / 60), isAhead: off > 0 };
}

/** The dark squares of a QR as one path, a unit each. */
export function qrPath(rows: string[]): string {
  const runs: string[] = [];
  rows.forEach((row, y) => {
    for (const run of row.matchAll(/#+/g)) runs.push(`M${run.index} ${y}h${run[0].length}v1h-${run[0].length}z`);
  });
  return runs.join("");
}

/** An address in pieces that each end in a dot, a colon or a slash: a line may break between them, never inside a number. */
export function pieces(address: string): string[] {
  return address.match(/[^.:/]*[.:/]+|[^.:/]+/g) ?? [];
}

/** A device's address with its digits in fours, to be read out and typed. */
export function inFours(join: string): { address: string; digits: string[] } {
  const [address = "", device = ""] = join.split("/");
  return { address, digits: device.match(/.{1,4}/g) ?? [] };
}
