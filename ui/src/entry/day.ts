// The start of a day: round, stop, day, this device's stations and who examines at each. Pure. Not whether the device
// is ready to leave (the host's checks).
import type { DayChoice, DayView, ExaminerRow, GivenLine, LineTableRow, RoundRow, UnitRow } from "../platform/api";
import { dateOf } from "./digits";
import { followed, ordered } from "./line";

export interface Model {
  rounds: RoundRow[];
  units: UnitRow[];
  examiners: ExaminerRow[];
  choice: DayChoice;
  /** The line that another device arranged. */
  given: GivenLine | null;
  /** As typed; the choice holds the date where it is one. */
  dayText: string;
  isConfirmed: boolean;
  /** Something was chosen and is not confirmed: what comes in leaves it as it is. */
  isTouched: boolean;
  /** What is on its way to be set. */
  setting: DayChoice | null;
  filter: string;
}

export type Event =
  | { kind: "opened"; view: DayView }
  | { kind: "round"; round: string }
  | { kind: "filter"; text: string }
  | { kind: "unit"; unit: string }
  | { kind: "day"; text: string }
  | { kind: "station"; station: string; is: boolean; order: string[] }
  | { kind: "examiner"; station: string; examiner: string | null }
  | { kind: "line"; line: LineTableRow[] }
  /** The host says anew what there is; what was chosen stays. */
  | { kind: "told"; view: DayView }
  | { kind: "confirm" }
  /** The host has set it. */
  | { kind: "set"; view: DayView }
  | { kind: "failed" };

export type Effect = { kind: "set"; choice: DayChoice };

const NO_CHOICE: DayChoice = { round: "", unit: "", day: "", stations: [], line: [] };
export const unknown: Model = { rounds: [], units: [], examiners: [], choice: NO_CHOICE, given: null, dayText: "", isConfirmed: false, isTouched: false, setting: null, filter: "" };

export function shownUnits(model: Model): UnitRow[] {
  const words = model.filter.trim();
  return words === "" ? model.units : model.units.filter((unit) => unit.label.includes(words) || unit.unit.startsWith(words));
}

/** What is missing before the day can begin, as text keys. */
export function missing(model: Model): ("round" | "unit" | "day" | "stations")[] {
  const out: ("round" | "unit" | "day" | "stations")[] = [];
  if (model.choice.round === "") out.push("round");
  if (model.choice.unit === "") out.push("unit");
  if (dateOf(model.dayText) === null) out.push("day");
  if (model.choice.stations.length === 0) out.push("stations");
  return out;
}

/** The day lies outside the round's dates: said, not forbidden. */
export function isOutsideRound(model: Model): boolean {
  const round = model.rounds.find((one) => one.round === model.choice.round);
  const day = dateOf(model.dayText);
  return round !== undefined && day !== null && (day < round.from || day > round.to);
}

export function update(model: Model, event: Event): [Model, Effect[]] {
  const choice = model.choice;
  const kept = { ...model, isConfirmed: false, isTouched: true };
  const inLine = (choice: DayChoice) => ordered(choice, followed(choice, model.given));
  switch (event.kind) {
    case "opened": {
      const { rounds, units, examiners, given } = event.view;
      const only = rounds.length === 1 ? (rounds[0]?.round ?? "") : "";
      const from = event.view.choice ?? event.view.proposal ?? { ...NO_CHOICE, round: only };
      return [{ rounds, units, examiners, given, choice: from, dayText: from.day, isConfirmed: event.view.choice !== null, isTouched: false, setting: null, filter: "" }, []];
    }
    case "round":
      return [{ ...kept, choice: { ...choice, round: event.round } }, []];
    case "filter":
      return [{ ...model, filter: event.text, isTouched: true }, []];
    case "unit":
      return [{ ...kept, choice: { ...choice, unit: event.unit } }, []];
    case "day":
      return [{ ...kept, dayText: event.text, choice: { ...choice, day: dateOf(event.text) ?? "" } }, []];
    case "station": {
      const others = choice.stations.filter((one) => one.station !== event.station);
      const next = event.is ? [...others, { station: event.station, examiner: null }] : others;
      const place = (key: string) => event.order.indexOf(key);
      next.sort((a, b) => place(a.station) - place(b.station));
      return [{ ...kept, choice: inLine({ ...choice, stations: next }) }, []];
    }
    case "examiner": {
      const stations = choice.stations.map((one) => (one.station === event.station ? { ...one, examiner: event.examiner } : one));
      return [{ ...kept, choice: { ...choice, stations } }, []];
    }
    case "line":
      return [{ ...kept, choice: inLine({ ...choice, line: event.line }) }, []];
    case "told": {
      if (!model.isTouched && model.setting === null) return update(model, { kind: "opened", view: event.view });
      const { rounds, units, examiners, given } = event.view;
      const only = rounds.length === 1 ? (rounds[0]?.round ?? "") : "";
      return [{ ...model, rounds, units, examiners, given, choice: { ...choice, round: choice.round || only } }, []];
    }
    case "confirm":
      if (missing(model).length > 0 || model.setting !== null) return [model, []];
      return [{ ...model, setting: choice }, [{ kind: "set", choice }]];
    case "set":
      // What was chosen since the press is neither set nor lost.
      if (model.setting !== null && model.setting !== choice) return update({ ...model, setting: null, isTouched: true }, { kind: "told", view: event.view });
      return update(model, { kind: "opened", view: event.view });
    case "failed":
      return [{ ...model, setting: null }, []];
  }
}
