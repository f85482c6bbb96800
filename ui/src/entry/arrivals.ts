// What arrived of the stop's tubes: one day's counts keyed and signed, put right with a reason, and a tube drawn anew. Pure. Not what was
// sent, nor what does not agree: the host's.
import type { ArriveAsk, HandoverDayRow, MissingTubeRow } from "../platform/api";

export interface Typed {
  counts: Record<string, string>;
  received_by: string;
  on: string;
  at: string;
  missing: string;
  reason: string;
}

export interface Model {
  days: HandoverDayRow[] | null;
  /** The day that is shown and keyed; empty = none. */
  chosen: string;
  /** The stop's day: what an arrival is of where nobody says otherwise. */
  today: string;
  isChanging: boolean;
  isTried: boolean;
  /** What is on its way: a day's arrival, or a tube. */
  saving: string | null;
  typed: Typed;
  /** The tube that is to be drawn again, and why. */
  spoiling: MissingTubeRow | null;
  why: string;
}

export type Event =
  | { kind: "told"; days: HandoverDayRow[]; today: string }
  | { kind: "choose"; day: string }
  | { kind: "change"; is: boolean }
  | { kind: "count"; tube: string; text: string }
  | { kind: "typed"; field: Exclude<keyof Typed, "counts">; text: string }
  /** All arrived that was sent. */
  | { kind: "all" }
  | { kind: "save" }
  | { kind: "saved"; days: HandoverDayRow[] }
  | { kind: "failed" }
  | { kind: "spoil"; tube: MissingTubeRow; why: string }
  | { kind: "why"; text: string }
  | { kind: "not_spoil" }
  | { kind: "redraw" }
  | { kind: "redrawn" };

export type Effect = { kind: "arrive"; ask: ArriveAsk } | { kind: "redraw"; person: string; tube: MissingTubeRow; reason: string };

/** As the host has it. */
const ARRIVED_MAX = 10_000;
const BLANK: Typed = { counts: {}, received_by: "", on: "", at: "", missing: "", reason: "" };
export const unseen: Model = { days: null, chosen: "", today: "", isChanging: false, isTried: false, saving: null, typed: BLANK, spoiling: null, why: "" };

export function dayOf(model: Model): HandoverDayRow | null {
  return model.days?.find((one) => one.day === model.chosen) ?? null;
}
export function isRecorded(model: Model): boolean {
  return (dayOf(model)?.arrived_on ?? "") !== "";
}
export function isCount(text: string): boolean {
  return /^\d{1,5}$/.test(text.trim()) && Number(text) <= ARRIVED_MAX;
}
/** The first thing that keeps a day from being recorded. */
function isWhole(model: Model): boolean {
  const { counts, received_by, reason } = model.typed;
  return dayOf(model)?.kinds.every((one) => isCount(counts[one.kind] ?? "")) === true && received_by.trim() !== "" && (!isRecorded(model) || reason.trim() !== "");
}

function choose(model: Model, chosen: string): Model {
  const of = model.days?.find((one) => one.day === chosen);
  const typed: Typed = {
    counts: Object.fromEntries((of?.kinds ?? []).map((one) => [one.kind, one.arrived === null ? "" : String(one.arrived)])),
    received_by: of?.received_by ?? "", on: of?.arrived_on || model.today || chosen, at: of?.at ?? "", missing: (of?.missing ?? []).map((one) => one.code).join(" "), reason: "",
  };
  return { ...model, chosen, typed, isChanging: false, isTried: false };
}

/** What is being keyed stays under the hand; a day that is gone gives way to the first that is open. */
function told(model: Model, days: HandoverDayRow[]): Model {
  const next = { ...model, days };
  if (days.some((one) => one.day === model.chosen)) return next;
  return choose(next, (days.find((one) => one.arrived_on === "") ?? days[0])?.day ?? "");
}

function askOf({ typed, chosen }: Model, of: HandoverDayRow): ArriveAsk {
  const counts = of.kinds.map((one) => ({ kind: one.kind, arrived: Number(typed.counts[one.kind]) }));
  const missing = typed.missing.split(/[\s,，、;；]+/u).filter(Boolean);
  return { day: chosen, on: typed.on.trim(), at: typed.at.trim(), received_by: typed.received_by.trim(), counts, missing, reason: typed.reason.trim(), is_withdrawal: false };
}

export function update(model: Model, event: Event): [Model, Effect[]] {
  const of = dayOf(model);
  switch (event.kind) {
    case "told":
      return [told({ ...model, today: event.today }, event.days), []];
    case "choose":
      return [choose(model, event.day), []];
    case "change":
      return [{ ...model, isChanging: event.is }, []];
    case "count":
      return [{ ...model, typed: { ...model.typed, counts: { ...model.typed.counts, [event.tube]: event.text } } }, []];
    case "typed":
      return [{ ...model, typed: { ...model.typed, [event.field]: event.text } }, []];
    case "all":
      return [{ ...model, typed: { ...model.typed, counts: Object.fromEntries((of?.kinds ?? []).map((one) => [one.kind, String(one.sent)])) } }, []];
    case "save":
      if (of === null || model.saving !== null) return [model, []];
      if (!isWhole(model)) return [{ ...model, isTried: true }, []];
      return [{ ...model, isTried: true, saving: of.day }, [{ kind: "arrive", ask: askOf(model, of) }]];
    case "saved": {
      const next = told({ ...model, saving: null }, event.days);
      // Another day chosen meanwhile is still being keyed.
      return [model.saving === model.chosen ? choose(next, model.chosen) : next, []];
    }
    case "failed":
      return [{ ...model, saving: null }, []];
    case "spoil":
      return [{ ...model, spoiling: event.tube, why: event.why }, []];
    case "why":
      return [{ ...model, why: event.text }, []];
    case "not_spoil":
      return [{ ...model, spoiling: null }, []];
    case "redraw": {
      const tube = model.spoiling;
      if (tube === null || tube.person === null || model.why.trim() === "" || model.saving !== null) return [model, []];
      return [{ ...model, saving: tube.code }, [{ kind: "redraw", person: tube.person, tube, reason: model.why.trim() }]];
    }
    case "redrawn":
      // Another tube asked about meanwhile is still to be answered.
      return [{ ...model, saving: null, spoiling: model.spoiling?.code === model.saving ? null : model.spoiling }, []];
  }
}
