// A row of a 随访单 as it is keyed.
import { expect, test } from "vitest";
import type { TaskChain, TaskStep } from "../platform/api";
import { dueWords } from "../text/tasks";
import { askOf, emptyRow, isWholeNumber, keyingOf, missing, partAfter, partsOf, rowOf, rowOfHeld, timeOf, withdrawalOf, type Keyed, type Part } from "./tasks";

const chain = (more: Partial<TaskChain> = {}): TaskChain => ({
  number: "1234 5678 9018", round: "", level: "B", lines: ["血压升高"], action: "", state: "待告知", bucket: "due", bucket_zh: "待随访", day: "2026-09-14", due: "2026-09-28", differs: false, awaits_answer: false, steps: [],
  may: [["told", "1"], ["referred", "2"], ["arrived", "3"], ["not_reached", "9"]].map(([act = "", code = ""]) => ({ act, code, name: act })), ...more,
});
const row = (more: Partial<Keyed>): Keyed => ({ ...emptyRow("20260920", "1234 5678 9018"), ...more });

test("a number is whole with or without its spaces", () => {
  const check = (text: string, whole: boolean) => expect(isWholeNumber(text), text).toBe(whole);
  check("1234 5678 9018", true);
  check("123456789018", true);
  check("1234-5678-9018", true);
  check("１２３４５６７８９０１８", true);
  check("12345678901", false);
  check("12345678901X", false);
});

test("Enter leads through what this result asks, and no further", () => {
  const check = (of: TaskChain, result: string, parts: Part[]) => expect(partsOf(of, row({ result }))).toEqual(parts);
  check(chain(), "1", ["number", "result", "way", "day", "next", "note"]);
  check(chain(), "2", ["number", "result", "place", "way", "day", "next", "note"]);
  check(chain({ awaits_answer: true }), "1", ["number", "result", "told", "at", "read_back", "way", "day", "next", "note"]);
  check(chain({ awaits_answer: true }), "", ["number", "result", "told", "at", "read_back", "way", "day", "next", "note"]);
  check(chain({ awaits_answer: true }), "9", ["number", "result", "way", "day", "next", "note"]);
  expect(partAfter(chain(), row({ result: "2" }), "result")).toBe("place");
  expect(partAfter(chain(), row({ result: "1" }), "note")).toBeNull();
});

test("a row is saved when nothing is missing, and the first missing field is named", () => {
  const check = (of: TaskChain | null, more: Partial<Keyed>, part: Part | null) => expect(missing(of, row(more)), JSON.stringify(more)).toBe(part);
  check(null, { result: "1" }, "number");
  check(chain(), {}, "result");
  check(chain(), { result: "7" }, "result");
  check(chain(), { result: "1" }, null);
  check(chain(), { result: "２", place: "" }, "place");
  check(chain(), { result: "2", place: "区人民医院" }, null);
  check(chain(), { result: "9" }, "note");
  check(chain(), { result: "9", note: "无人接听" }, null);
  check(chain(), { result: "1", day: "2026" }, "day");
  check(chain(), { result: "1", next: "明天" }, "next");
  check(chain({ awaits_answer: true }), { result: "1" }, "told");
  check(chain({ awaits_answer: true }), { result: "1", told: "本人" }, "at");
  check(chain({ awaits_answer: true }), { result: "1", told: "本人", at: "2560" }, "at");
  check(chain({ awaits_answer: true }), { result: "1", told: "本人", at: "0940" }, "read_back");
  check(chain({ awaits_answer: true }), { result: "1", told: "本人", at: "0940", isReadBack: true }, null);

});

test("a last day is told against today: an A of today is due before its person leaves, and today is never 'before today'", () => {
  const check = (due: string | null, level: string, words: string) => expect(dueWords(due, "2026-11-30", level)).toBe(words);
  check("2026-11-30", "A", "今天离场前");
  check("2026-11-30", "B", "就在今天");
  check("2026-12-14", "B", "2026-12-14 前");
  check("2026-11-20", "A", "原定 2026-11-20 前");
  check(null, "A", "");
});

test("what is asked of the host is plain", () => {
  const ask = askOf(row({ result: "２", place: " 区人民医院 ", next: "20261001", way: "２" }));
  expect(ask).toMatchObject({ number: "123456789018", act: "2", way: "2", day: "2026-09-20", next: "2026-10-01", place: "区人民医院" });
});

test("a step is put right with everything it said and a reason, by what may be said without it", () => {
  const step: TaskStep = {
    entry: "e7", day: "2026-09-20", by: "周九", act: "told", words: "已告知", reason: "", stands: true, is_head: true, is_idle: false, code: "1", way: "2", told: "本人", at: "09:40", read_back: true, place: "", next: "2026-10-01", note: "",
    may: [{ act: "told", code: "1", name: "已告知" }, { act: "not_reached", code: "9", name: "未联系上" }], awaits_answer: true,
  };
  const keyed = rowOf(step, "1234 5678 9018");
  expect(partsOf(step, keyed)).toEqual(["number", "result", "told", "at", "read_back", "way", "day", "next", "note", "why"]);
  expect(missing(step, keyed)).toBe("why");
  expect(missing(step, { ...keyed, why: "记错时间", at: "" })).toBe("at");
  // What may not be said without it is no result.
  expect(missing(step, { ...keyed, result: "7", why: "记错" })).toBe("result");
  expect(missing(step, { ...keyed, why: "记错时间" })).toBeNull();
  expect(askOf({ ...keyed, at: "10:40", why: "记错时间" })).toMatchObject({ act: "1", told: "本人", at: "10:40", read_back: true, day: "2026-09-20", next: "2026-10-01", replaces: ["e7"], reason: "记错时间" });
  expect(withdrawalOf(step, "1234 5678 9018", "20260921", " 记错人 ")).toMatchObject({ number: "123456789018", act: "withdrawn", day: "2026-09-21", replaces: ["e7"], reason: "记错人" });
});

test("a row that was held is gone on with as it was written: a referral's note is where to, and what is no date stays to be seen", () => {
  const cells = { name: "甲", day: "2026-09-20", way: "2", result: "1", next: "2026-10-01", note: "已通知", told: "家属", at: "09:40", is_read_back: true };
  const held = (more: Partial<typeof cells>) => rowOfHeld({ id: "h", file: "f", row: 7, number: "1234 5678 9018", text: "", person: null, cells: { ...cells, ...more } });
  expect(askOf(held({}))).toMatchObject({ number: "123456789018", act: "1", way: "2", day: "2026-09-20", next: "2026-10-01", told: "家属", at: "09:40", read_back: true, note: "已通知", place: "", anyway: false });
  expect(held({ result: "2", note: "乡卫生院" })).toMatchObject({ place: "乡卫生院", note: "" });
  expect(missing(chain(), held({ day: "上周" }))).toBe("day");
  expect(askOf(held({}), true).anyway).toBe(true);
});

test("what somebody types at one finding stays there, whatever comes to stand before it", () => {
  const of = (number: string, bucket = "due", may = chain().may, awaits_answer = false) => ({ number, bucket, may, awaits_answer });
  expect(keyingOf([of("1", "done"), of("2"), of("3")], null, null)).toBe("2");
  expect(keyingOf([of("0"), of("2"), of("3")], null, "2")).toBe("2");
  expect(keyingOf([of("0"), of("2"), of("3")], "3", null)).toBe("3");
  // Somebody else has closed it: its text goes to no other finding.
  expect(keyingOf([of("0"), of("2", "done", [])], null, "2")).toBeNull();
});

test("an A that nobody was told of is keyed before one that somebody was, unless another is chosen or typed at", () => {
  const of = (number: string, awaits_answer: boolean) => ({ number, bucket: "due", may: chain().may, awaits_answer });
  expect(keyingOf([of("1", false), of("2", true)], null, null)).toBe("2");
  expect(keyingOf([of("1", false), of("2", true)], "1", null)).toBe("1");
  expect(keyingOf([of("1", false), of("2", true)], null, "1")).toBe("1");
  expect(keyingOf([of("1", false), of("2", false)], null, null), "the control: both are told").toBe("1");
});

test.each([["14:05", "14:05"], ["0940", "09:40"], ["9：40", "09:40"], ["940", "09:40"], ["24:00", null], ["12", null], ["", null], ["十点", null]])("the time %j is %j", (text, time) => expect(timeOf(text)).toBe(time));
