// The arrangement of a stop's line. Not the screen.
import { expect, test } from "vitest";
import type { DayChoice, LineTableRow, StationForm } from "../platform/api";
import * as line from "./line";

const STATIONS = ["general", "bp", "vision"].map((station) => ({ station }) as StationForm);
const table = (...stations: string[]): LineTableRow => ({ stations, is_away: false });
const words = (all: LineTableRow[]) => all.map((one) => one.stations.join("+") + (one.is_away ? " away" : "")).join(" ");

test("what nobody arranged stands in the catalogue's order, and no station is lost or doubled", () => {
  expect(words(line.tables([], STATIONS))).toBe("general bp vision");
  expect(words(line.tables([table("vision"), table("bp", "vision"), table("gone")], STATIONS))).toBe("vision bp general");
});

test.each<[line.Change, string]>([
  [{ kind: "up", at: 1 }, "bp general vision"],
  [{ kind: "up", at: 0 }, "general bp vision"],
  [{ kind: "down", at: 2 }, "general bp vision"],
  [{ kind: "down", at: 0 }, "bp general vision"],
  [{ kind: "join", at: 1 }, "general+bp vision"],
  [{ kind: "away", at: 2 }, "general bp vision away"],
  [{ kind: "split", at: 9 }, "general bp vision"],
])("a change of the line: %o", (change, wanted) => {
  expect(words(line.changed(line.tables([], STATIONS), change))).toBe(wanted);
});

test("joined and split again it is as before", () => {
  const joined = line.changed(line.tables([], STATIONS), { kind: "join", at: 1 });
  expect(words(line.changed(joined, { kind: "split", at: 0 }))).toBe("general bp vision");
});

test("this device's stations follow the line", () => {
  const choice: DayChoice = { round: "r", unit: "u", day: "2026-09-14", stations: ["general", "bp", "other"].map((station) => ({ station, examiner: null })), line: [table("bp"), table("general")] };
  expect(line.ordered(choice).stations.map((one) => one.station)).toEqual(["bp", "general", "other"]);
});
