// 发放: whose report is ticked as signed for, what becomes of the ticks when something new comes in, which stop's list is shown. Pure.
// Not who may record at all, nor what is recorded (the host).
import type { HandoutReceivedAsk, HandoutRow, HandoutsView } from "../platform/api";

type Row = Pick<HandoutRow, "person" | "name" | "version" | "state">;

/** A file for one press: reports of these people, or the 签收单. */
export type Making = { what: "reports"; people: string[]; due: boolean } | { what: "sheet"; isWorkbook: boolean };

export interface Model {
  view: HandoutsView | null;
  chosen: string[];
  takenBy: string;
  /** A file is being made, or these people's receipt recorded. */
  busy: { kind: "file" } | { kind: "received"; ask: HandoutReceivedAsk } | null;
  /** Ticked, and then another report: named until the next tick. */
  dropped: string[];
  /** Examined outside the account's units: named until the next file or record. */
  leftOut: string[];
  /** Another stop than today's; none = today's. */
  where: string | null;
  /** Of two quick choices the last one counts, whichever answer comes first. */
  looks: number;
  showsUnsigned: boolean;
}

export type Event =
  /** `of`: the stop it was asked of. */
  | { kind: "told"; of: string | null; view: HandoutsView }
  | { kind: "look"; unit: string }
  | { kind: "looked"; look: number; unit: string; view: HandoutsView | null }
  | { kind: "tick"; person: string }
  | { kind: "tick_all" }
  | { kind: "taken_by"; text: string }
  | { kind: "unsigned" }
  | { kind: "make"; making: Making }
  | { kind: "made"; of: string | null; leftOut: string[] }
  | { kind: "receive" }
  | { kind: "received"; leftOut: string[] }
  | { kind: "failed" };

export type Effect =
  | { kind: "look"; look: number; unit: string }
  /** The list stays the stop's before: so does the choice. */
  | { kind: "look_back"; unit: string }
  | { kind: "make"; making: Making; unit: string | null }
  | { kind: "receive"; ask: HandoutReceivedAsk };

/** `takenBy`: the person themselves, in the screen's words. */
export function unseen(takenBy: string): Model {
  return { view: null, chosen: [], takenBy, busy: null, dropped: [], leftOut: [], where: null, looks: 0, showsUnsigned: false };
}

export function isDue(row: Pick<HandoutRow, "state">): boolean {
  return row.state === "not_given" || row.state === "holds_old";
}
/** Somebody of whom no final report is there and who holds none: nothing to be done here. */
const isUnsigned = (row: HandoutRow) => row.state === "not_final";

/** Whoever is still to be given a report comes first, then whoever has one. */
export function rowsOf(model: Model): HandoutRow[] {
  const all = (model.view?.rows ?? []).filter((row) => !isUnsigned(row));
  return [...all.filter(isDue), ...all.filter((row) => !isDue(row))];
}
export function unsignedOf(model: Model): HandoutRow[] {
  return (model.view?.rows ?? []).filter(isUnsigned);
}
/** Whose report lies printed and is to be given. */
export function waitingOf(model: Model): string[] {
  return (model.view?.rows ?? []).filter((row) => isDue(row) && row.printed).map((row) => row.person);
}
export function isAll(model: Model): boolean {
  const waiting = waitingOf(model);
  return waiting.length > 0 && waiting.every((person) => model.chosen.includes(person));
}
export function canReceive(model: Model): boolean {
  return model.view !== null && model.view.may_record && model.chosen.length > 0;
}

/** What was ticked stays ticked only where it is the same report as when it was: the same version, in the same state.
    The others come back by name, to be told of. */
export function kept(before: Row[], now: Row[], chosen: string[]): { chosen: string[]; dropped: string[] } {
  const of = (rows: Row[], person: string) => rows.find((row) => row.person === person);
  const isSame = (person: string) => {
    const [old, row] = [of(before, person), of(now, person)];
    return old !== undefined && row !== undefined && old.version === row.version && old.state === row.state;
  };
  const dropped = chosen.filter((person) => !isSame(person)).map((person) => of(now, person)?.name ?? of(before, person)?.name ?? "");
  return { chosen: chosen.filter(isSame), dropped: dropped.filter(Boolean) };
}

export function update(model: Model, event: Event): [Model, Effect[]] {
  switch (event.kind) {
    case "told": {
      // An answer about a stop that was left meanwhile is shown as nobody's.
      if (event.of !== model.where) return [model, []];
      const still = kept(model.view?.rows ?? [], event.view.rows, model.chosen);
      // Whoever is being recorded as given is told of by that, and not as somebody whose tick is gone.
      const sent = model.busy?.kind === "received" ? model.busy.ask.people : [];
      const { dropped } = kept(model.view?.rows ?? [], event.view.rows, model.chosen.filter((person) => !sent.includes(person)));
      return [{ ...model, view: event.view, chosen: still.chosen, dropped: dropped.length > 0 ? dropped : model.dropped }, []];
    }
    case "look": {
      const look = model.looks + 1;
      return [{ ...model, looks: look }, [{ kind: "look", look, unit: event.unit }]];
    }
    case "looked":
      if (event.look !== model.looks) return [model, []];
      if (event.view === null) return [model, [{ kind: "look_back", unit: model.view?.code ?? "" }]];
      // What was ticked is of the list that was shown.
      return [{ ...model, where: event.unit, view: event.view, chosen: [], dropped: [], leftOut: [] }, []];
    case "tick":
      return [{ ...model, dropped: [], chosen: model.chosen.includes(event.person) ? model.chosen.filter((one) => one !== event.person) : [...model.chosen, event.person] }, []];
    case "tick_all":
      return [{ ...model, dropped: [], chosen: isAll(model) ? [] : waitingOf(model) }, []];
    case "taken_by":
      return [{ ...model, takenBy: event.text }, []];
    case "unsigned":
      return [{ ...model, showsUnsigned: !model.showsUnsigned }, []];
    case "make":
      if (model.busy !== null) return [model, []];
      return [{ ...model, busy: { kind: "file" }, leftOut: [] }, [{ kind: "make", making: event.making, unit: model.where }]];
    case "made":
      return [{ ...model, busy: null, leftOut: event.of === model.where ? event.leftOut : model.leftOut }, []];
    case "receive": {
      if (!canReceive(model) || model.busy !== null) return [model, []];
      const ask = { people: model.chosen, taken_by: model.takenBy, unit: model.where };
      return [{ ...model, busy: { kind: "received", ask } }, [{ kind: "receive", ask }]];
    }
    case "received": {
      const sent = model.busy?.kind === "received" ? model.busy.ask : null;
      const isHere = sent?.unit === model.where;
      // Whoever was ticked meanwhile is still to be said.
      const chosen = isHere ? model.chosen.filter((person) => sent?.people.includes(person) !== true) : model.chosen;
      return [{ ...model, busy: null, chosen, leftOut: isHere ? event.leftOut : model.leftOut }, []];
    }
    case "failed":
      return [{ ...model, busy: null }, []];
  }
}
