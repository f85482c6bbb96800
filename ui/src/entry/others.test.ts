// The smaller parts: finding, a form's rows, a trend, two digits; and what a failed call comes to.
import { afterEach, expect, test, vi } from "vitest";
import type { PersonRow, PersonWhole, ValueCell } from "../platform/api";
import { app, attach, call } from "../app";
import { Failure } from "../platform/platform";
import { checkCharacter } from "./id_number";
import * as find from "./find";
import { dueDay, newestFirst, ofLastRound } from "./findings";
import { digitsOf, pairLabel, rowsOf } from "./questions";
import { points } from "./trend";
import { FRESH, pressed } from "./two_digits";

/** Runs events through a machine; the effects of the last one come back. */
function through<M, V, F>(update: (model: M, event: V) => [M, F[]], model: M, ...events: V[]): [M, F[]] {
  let effects: F[] = [];
  for (const event of events) [model, effects] = update(model, event);
  return [model, effects];
}

const row = (person: string) => ({ person, name: person }) as PersonRow;
const first17 = "43139919540307402";
const ID = first17 + checkCharacter(first17);

test("find: typing asks, an old answer is ignored, Enter opens the chosen row", () => {
  const rows = [row("a"), row("b")];
  let [model, effects] = through(find.update, find.nothing, { kind: "typed", text: "龙" }, { kind: "typed", text: "龙秀" });
  expect(effects).toEqual([{ kind: "find", asked: 2, text: "龙秀", atOnce: false }]);
  [model] = through(find.update, model, { kind: "found", asked: 1, found: { rows: [row("z")], exact: true, more: false } });
  expect(model.rows).toEqual([]);
  [model, effects] = through(find.update, model, { kind: "found", asked: 2, found: { rows, exact: false, more: false } });
  expect(effects).toEqual([]);
  expect(through(find.update, model, { kind: "move", by: 1 }, { kind: "move", by: 1 }, { kind: "enter" })[1]).toEqual([{ kind: "open", person: "b" }]);
});

test.each([
  ["one person", [row("a")], false, [{ kind: "open", person: "a" }]],
  ["beyond doubt among several", [row("a"), row("b")], true, [{ kind: "open", person: "a" }]],
  ["several", [row("a"), row("b")], false, []],
  ["nobody", [], false, []],
])("find: a scan that means %s", (_, rows, exact, opens) => {
  const [model, effects] = through(find.update, find.nothing, { kind: "scanned", code: ID }, { kind: "found", asked: 1, found: { rows, exact, more: false } });
  expect([effects, find.isNobody(model)]).toEqual([opens, rows.length === 0]);
});

test("find: Enter before the answer opens when it comes", () => {
  const [, effects] = through(find.update, find.nothing, { kind: "typed", text: "4023" }, { kind: "enter" }, { kind: "found", asked: 1, found: { rows: [row("a")], exact: false, more: false } });
  expect(effects).toEqual([{ kind: "open", person: "a" }]);
});

test.each([
  ["收缩压（第一次）", "舒张压（第一次）", "收缩压 / 舒张压（第一次）"],
  ["裸眼视力（右）", "裸眼视力（左）", "裸眼视力（右 / 左）"],
  ["左", "右", "左 / 右"],
])("a pair of %s and %s is called %s", (a, b, label) => expect(pairLabel(a, b)).toBe(label));

test.each([
  [["阴性", "±", "1+", "2+", "3+", "4+"], ["0", "5", "1", "2", "3", "4"]],
  [["阴性", "阳性"], ["1", "2"]],
  [["阴性", "阳性", "强阳性"], ["1", "2", "3"]],
  [["是", "否", "不详"], ["1", "2", "3"]],
  [["1 次", "2+次"], ["1", "2"]],
  [Array.from({ length: 10 }, (_, at) => `第 ${at}`), ["1", "2", "3", "4", "5", "6", "7", "8", "9", ""]],
])("the choices %j have the digits %j", (words, digits) => expect(digitsOf(words)).toEqual(digits));

test("findings: the newest round first, then the gravest; of the last round A and B are told before measuring", () => {
  const cell = (round: string, day: string) => ({ round, day }) as ValueCell;
  const found = (level: string, round: string) => ({ level, round, text: level + round });
  const whole = { items: [{ item: "x", current: [], ever: [cell("one", "2024-04-01"), cell("two", "2025-04-01"), cell("three", "2026-04-01")] }], findings: [found("B", "one"), found("C", "two"), found("B", "two"), found("A", "two"), found("B", "three")] } as unknown as PersonWhole;
  expect(newestFirst(whole).map((one) => one.text)).toEqual(["Bthree", "Atwo", "Btwo", "Ctwo", "Bone"]);
  expect(ofLastRound(whole, "three").map((one) => one.text)).toEqual(["Atwo", "Btwo"]);
  expect(ofLastRound(whole, "four").map((one) => one.text)).toEqual(["Bthree"]);
});

test("findings: the last day to follow up is counted from the day it was found; without either there is none", () => {
  const cell = (round: string, day: string | null) => ({ round, day }) as ValueCell;
  const whole = { items: [{ item: "x", current: [], ever: [cell("one", "2025-12-20"), cell("two", null)] }], findings: [] } as unknown as PersonWhole;
  const due = (round: string, due_days: number | null) => dueDay(whole, { item: "x", round, due_days } as never);
  expect(due("one", 28)).toBe("2026-01-17");
  expect(due("one", null)).toBeNull();
  expect(due("two", 28)).toBeNull();
  expect(due("three", 28)).toBeNull();
});

test("a pair stands on one line only where its second comes next", () => {
  const item = (key: string, pair: string | null) => ({ item: key, name: key, kind: "number", pair }) as never;
  expect(rowsOf([item("a", "b"), item("b", null), item("c", "z"), item("d", null)]).map((one) => one.items.length)).toEqual([2, 1, 1]);
});

test("a trend leaves out what is no number and stands still for one value", () => {
  expect(points([{ text: "128", label: "1" }, { text: "", label: "2" }, { text: "146", label: "3" }]).map((point) => [point.x, point.y])).toEqual([[4, 28], [96, 4]]);
  const [before, after] = points([{ text: "158.0", label: "1" }, { text: "157.8", label: "2" }]);
  expect(Math.abs((after?.y ?? 0) - (before?.y ?? 0))).toBeLessThan(1);
  expect(points([{ text: "5", label: "1" }])).toEqual([{ x: 50, y: 16, text: "5", label: "1" }]);
});

test.each<[string, string[], number, (number | null)[], string]>([
  ["nine choices take one digit", ["1", "9", "0"], 9, [0, 8, null], ""],
  ["more take two", ["1", "2"], 12, [null, 11], ""],
  ["a leading nought", ["0", "3"], 12, [null, 2], ""],
  ["a number with no choice chooses nothing", ["9", "9"], 12, [null, null], ""],
  ["the first waits", ["1"], 12, [null], "1"],
  ["Tab forgets it", ["1", "Tab", "2"], 12, [null, null, null], "2"],
  ["an arrow forgets it", ["1", "ArrowRight", "2"], 12, [null, null, null], "2"],
  ["a letter forgets it", ["1", "j"], 12, [null, null], ""],
])("several choices: %s", (_, keys, choices, places, left) => {
  let now = FRESH;
  const at = keys.map((key) => (now = pressed(now.begun, key, choices)).at);
  expect([at, now.begun]).toEqual([places, left]);
});

afterEach(() => vi.unstubAllGlobals());

test.each(["request_too_large", "storage_failed", "app_locked"] as const)("a draft that is refused with %s says just that, and only a lock leads to the door", async (code) => {
  const place = { hash: "#/form", reload: vi.fn() };
  vi.stubGlobal("location", place);
  attach({ call: () => Promise.reject(new Failure(code, "t1")), saveFile: () => Promise.resolve(false) });
  app.state = { phase: "open" } as typeof app.state;
  await call("draft_put", { person: "p", station: "s", values: [], focus: null, at: "", name: "", saw: [], other_stop: "" });
  expect(app.failure).toEqual({ code, trace: "t1", of: "draft_put" });
  expect([place.reload.mock.calls.length, place.hash]).toEqual(code === "app_locked" ? [1, ""] : [0, "#/form"]);
});
