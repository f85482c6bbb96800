// The day's start: nothing half, set once, and what was chosen stays whatever comes in.
import { expect, test } from "vitest";
import type { DayView } from "../platform/api";
import * as day from "./day";

/** Runs events through the machine; the effects of the last one come back. */
function through(model: day.Model, ...events: day.Event[]): [day.Model, day.Effect[]] {
  let effects: day.Effect[] = [];
  for (const event of events) [model, effects] = day.update(model, event);
  return [model, effects];
}

const VIEW: DayView = { choice: null, proposal: null, rounds: [{ round: "r4", name: "四", from: "2026-03-01", to: "2026-06-30" }], units: [], examiners: [], given: null, names: [], may_record: true };

test("nothing goes on before round, stop, day and a station are there; the order of stations is the catalogue's", () => {
  const order = ["a", "b"];
  let [model] = through(day.unknown, { kind: "opened", view: VIEW });
  expect(day.missing(model)).toEqual(["unit", "day", "stations"]);
  expect(through(model, { kind: "confirm" })[1]).toEqual([]);
  [model] = through(model, { kind: "unit", unit: "u" }, { kind: "day", text: "20260418" }, { kind: "station", station: "b", is: true, order }, { kind: "station", station: "a", is: true, order }, { kind: "examiner", station: "a", examiner: "e" });
  expect(through(model, { kind: "confirm" })[1]).toEqual([
    { kind: "set", choice: { round: "r4", unit: "u", day: "2026-04-18", stations: [{ station: "a", examiner: "e" }, { station: "b", examiner: null }], line: [] } },
  ]);
  expect(day.isOutsideRound(through(model, { kind: "day", text: "20260801" })[0])).toBe(true);
});

test("what the first sync brings is there, whatever was touched before, and what was chosen stays", () => {
  let [model] = through(day.unknown, { kind: "opened", view: { ...VIEW, rounds: [] } });
  [model] = through(model, { kind: "station", station: "b", is: true, order: ["a", "b"] }, { kind: "told", view: VIEW });
  expect([model.rounds.length, model.choice.round, model.choice.stations]).toEqual([1, "r4", [{ station: "b", examiner: null }]]);
});

const ORDER = ["a", "b"];
const CHOSEN: day.Event[] = [{ kind: "opened", view: VIEW }, { kind: "unit", unit: "u" }, { kind: "day", text: "20260418" }, { kind: "station", station: "a", is: true, order: ORDER }];
const CONFIRM: day.Event = { kind: "confirm" };
const setView = (model: day.Model): DayView => ({ ...VIEW, choice: model.setting });

test("pressed twice the day is set once; failed, it can be pressed again", () => {
  const [model, effects] = through(day.unknown, ...CHOSEN, CONFIRM);
  expect(effects).toHaveLength(1);
  expect(day.update(model, CONFIRM)[1]).toEqual([]);
  expect(day.update(day.update(model, { kind: "failed" })[0], CONFIRM)[1]).toHaveLength(1);
  expect(day.update(model, { kind: "set", view: setView(model) })[0]).toMatchObject({ isConfirmed: true, isTouched: false, setting: null });
});

test("what is chosen while the day is being set is not set, and not lost", () => {
  const [model] = through(day.unknown, ...CHOSEN, CONFIRM);
  const [changed] = through(model, { kind: "station", station: "b", is: true, order: ORDER }, { kind: "set", view: setView(model) });
  expect([changed.isConfirmed, changed.choice.stations.map((one) => one.station)]).toEqual([false, ["a", "b"]]);
  expect(day.update(changed, CONFIRM)[1]).toHaveLength(1);
});

test("what the host tells anew replaces a day that nobody touched, and no other", () => {
  const other: DayView = { ...VIEW, choice: { round: "r4", unit: "v", day: "2026-04-19", stations: [{ station: "b", examiner: null }], line: [] } };
  expect(through(day.unknown, { kind: "opened", view: VIEW }, { kind: "told", view: other })[0]).toMatchObject({ choice: { unit: "v" }, isConfirmed: true });
  expect(through(day.unknown, ...CHOSEN, { kind: "told", view: other })[0]).toMatchObject({ choice: { unit: "u" }, isConfirmed: false });
});

test("a date that is none is no day, a station twice ticked stands once, and units are found by name or code", () => {
  expect(day.missing(through(day.unknown, ...CHOSEN, { kind: "day", text: "20260231" })[0])).toEqual(["day"]);
  const [model] = through(day.unknown, ...CHOSEN, { kind: "station", station: "a", is: true, order: ORDER });
  expect(model.choice.stations).toHaveLength(1);
  expect(day.missing(through(model, { kind: "station", station: "a", is: false, order: ORDER })[0])).toEqual(["stations"]);
  const units = [{ unit: "4313", label: "慕隆村" }, { unit: "9", label: "明德小学" }] as DayView["units"];
  const shown = (text: string) => day.shownUnits(through(day.unknown, { kind: "opened", view: { ...VIEW, units } }, { kind: "filter", text })[0]).map((one) => one.unit);
  expect([shown("慕"), shown("43"), shown(""), shown("无")]).toEqual([["4313"], ["4313"], ["4313", "9"], []]);
});
