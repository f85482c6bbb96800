// The arrangement of a stop's line. Not the screen.
import { expect, test } from "vitest";
import type { DayChoice, LineTableRow, StationForm } from "../platform/api";
import * as line from "./line";

const STATIONS = ["general", "bp", "vision"].map((station) => ({ station }) as StationForm);
const table = (...stations: string[]): LineTableRow => ({ stations, is_away: false });
const words = (all: LineTableRow[]) => all.map((one) => one.stations.join("+") + (one.is_away ? " away" : "")).join(" ");

test("what nobody arranged stands in the catalogue's order, and no station is lost or doubled", () => {
  expect(words(line.tables([], STATIONS))).toBe("general bp vision conclude away");
  expect(words(line.tables([table("vision"), table("bp", "vision"), table("gone")], STATIONS))).toBe("vision bp general conclude away");
  // 总检 stays where a team has put it.
  expect(words(line.tables([table("conclude"), table("vision", "conclude")], STATIONS))).toBe("conclude vision general bp");
});

test.each<[line.Change, string]>([
  [{ kind: "up", at: 1 }, "bp general vision"],
  [{ kind: "up", at: 0 }, "general bp vision"],
  [{ kind: "down", at: 3 }, "general bp vision"],
  [{ kind: "down", at: 0 }, "bp general vision"],
  [{ kind: "join", at: 1 }, "general+bp vision"],
  [{ kind: "away", at: 2 }, "general bp vision away"],
  [{ kind: "split", at: 9 }, "general bp vision"],
])("a change of the line: %o", (change, wanted) => {
  expect(words(line.changed(line.tables([table("general"), table("bp"), table("vision"), table("conclude")], STATIONS), change))).toBe(`${wanted} conclude`);
});

test("joined and split again it is as before", () => {
  const joined = line.changed(line.tables([], STATIONS), { kind: "join", at: 1 });
  expect(words(line.changed(joined, { kind: "split", at: 0 }))).toBe("general bp vision conclude away");
});

test("this device's stations follow the line", () => {
  const choice: DayChoice = { round: "r", unit: "u", day: "2026-09-14", stations: ["general", "bp", "other"].map((station) => ({ station, examiner: null })), line: [table("bp"), table("general")] };
  expect(line.ordered(choice, choice.line).stations.map((one) => one.station)).toEqual(["bp", "general", "other"]);
});

test("a line that another device gave is followed at its stop until one is arranged here", () => {
  const choice: DayChoice = { round: "r", unit: "u", day: "2026-09-14", stations: [], line: [] };
  const given = { round: "r", unit: "u", line: [table("bp")] };
  expect(line.followed(choice, given)).toEqual(given.line);
  expect(line.followed(choice, null)).toEqual([]);
  expect(line.followed({ ...choice, unit: "v" }, given)).toEqual([]);
  expect(line.followed({ ...choice, round: "s" }, given)).toEqual([]);
  expect(line.followed({ ...choice, line: [table("vision")] }, given)).toEqual([table("vision")]);
});

test("a table has the name teams give it, whatever else stands at it", () => {
  const called = [{ stations: ["blood", "urine"], name: "采血尿" }];
  const named = (...stations: string[]) => line.nameOf(table(...stations), called, (key) => `<${key}>`);
  expect(named("blood")).toBe("<blood>");
  expect(named("urine", "blood")).toBe("采血尿");
  expect(named("blood", "ecg", "urine")).toBe("采血尿＋<ecg>");
});
