// The day's end: what stands first, one sheet for one press, pages that go with whoever leaves them.
import { expect, test } from "vitest";
import type { Check, DayEndView } from "../platform/api";
import * as end from "./day_end";

const check = (key: string, state: Check["state"]): Check => ({ key, state, text: "", step: "" });
const of = (...checks: Check[]): end.Model => end.update(end.unseen, { kind: "told", view: { checks } as DayEndView })[0];

test("a level A stands before everything red, red before what is noted; what is good last", () => {
  const model = of(check("drafts", "note"), check("backup", "good"), check("unsent", "bad"), check("open_a", "note"));
  expect(end.checksOf(model).map((one) => one.key)).toEqual(["open_a", "unsent", "drafts", "backup"]);
  expect(end.worstOf(model)).toBe("bad");
  expect(end.worstOf(of(check("drafts", "note")))).toBe("note");
  expect([end.worstOf(of(check("open_a", "good"))), end.checksOf(of())]).toEqual(["good", []]);
});

test("each line that is not good leads to its screen or its list, and what is good leads nowhere", () => {
  expect(end.update(of(), { kind: "settle", key: "held" })[1]).toEqual([{ kind: "go", screen: "sync" }]);
  expect(end.update(of(), { kind: "settle", key: "open_a" })[1]).toEqual([{ kind: "list", key: "open_a" }]);
  expect(end.update(of(), { kind: "settle", key: "backup" })[1]).toEqual([]);
  expect([end.hasWay(check("held", "bad")), end.hasWay(check("held", "good")), end.hasWay(check("backup", "bad"))]).toEqual([true, false, false]);
});

test("pressed twice it is one sheet; made or failed, the next press makes another", () => {
  const [making, first] = end.update(of(), { kind: "print" });
  expect(first).toEqual([{ kind: "print" }]);
  expect(end.update(making, { kind: "print" })[1]).toEqual([]);
  // What comes in meanwhile frees no second press.
  expect(end.update(end.update(making, { kind: "told", view: { checks: [] } as unknown as DayEndView })[0], { kind: "print" })[1]).toEqual([]);
  expect(end.update(end.update(making, { kind: "made" })[0], { kind: "print" })[1]).toEqual([{ kind: "print" }]);
});

test("a list that grows shorter shows its last page that there is, and an empty one its only", () => {
  expect([end.pageOf(2, 61), end.pageOf(2, 60), end.pageOf(2, 0), end.pageOf(-1, 61)]).toEqual([2, 1, 0, 0]);
  expect([end.pagesOf(0), end.pagesOf(30), end.pagesOf(31)]).toEqual([1, 1, 2]);
});
