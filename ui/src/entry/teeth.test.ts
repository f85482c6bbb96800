// The chart's text: every tooth once, marks by case, sums of both sets of teeth.
import { expect, test } from "vitest";
import { ROWS, called, marked, marksOf, meant, nextMark, sums } from "./teeth";

test("the rows hold 32 permanent and 20 primary teeth, each once", () => {
  const all = ROWS.flat();
  expect([new Set(all).size, all.filter((tooth) => tooth < 50).length, all.filter((tooth) => tooth > 50).length]).toEqual([52, 32, 20]);
});

test("marks are written in the order of the teeth, primary ones small", () => {
  let text = marked("", 55, "D");
  text = marked(text, 16, "D");
  text = marked(text, 26, "F");
  expect(text).toBe("16=D,26=F,55=d");
  expect(sums(text)).toEqual({ permanent: 2, primary: 1 });
  expect(marked(marked("16=D", 16, "M"), 16, null)).toBe("");
  expect(marked("0", 11, "M")).toBe("11=M");
  expect(marksOf("0").size).toBe(0);
});

test("a tap goes round: none, D, M, F, none", () => {
  expect([nextMark(undefined), nextMark("D"), nextMark("M"), nextMark("F")]).toEqual(["D", "M", "F", null]);
});

test("a tooth is called by two digits, and no digit marks one", () => {
  const typed = (digits: string) => {
    let held = "";
    return [...digits].flatMap((digit) => {
      const next = called(held, digit);
      held = next.held;
      return next.tooth === null ? [] : [next.tooth];
    });
  };
  expect(typed("165526")).toEqual([16, 55, 26]);
  // 19 is no tooth and 9 begins none; of 8 and 9 the next pair is whole again.
  expect(typed("1916")).toEqual([16]);
  expect(typed("1")).toEqual([]);
  expect(typed("00")).toEqual([]);
  // Two digits of no tooth are known for what they are, also where the second begins another; of a tooth they are not.
  const isWrong = (digits: string) => [...digits].reduce((before, digit) => called(before.held, digit), { held: "", tooth: null as number | null, isWrong: false }).isWrong;
  expect(["99", "19", "9", "58", "71", "7"].map(isWrong)).toEqual([true, true, true, true, false, false]);
});

test.each([
  ["71d99d", [71]],
  ["19d", []],
  ["99⇧D", []],
  ["7d", []],
  // The controls: a tooth that is named, after a slip too, and the one under the cursor where nothing was called.
  ["71d", [71]],
  ["1916⇧D", [16]],
  ["d", [0]],
  ["99dd", [0]],
])("typed %s, the marks stand at %j (0 = under the cursor)", (typed, teeth) => {
  let [held, isWrong, at] = ["", false, 0];
  const marks: number[] = [];
  for (const sign of typed) {
    if (/\d/.test(sign)) {
      const next = called(held, sign);
      [held, isWrong, at] = [next.held, next.isWrong, next.tooth ?? at];
      continue;
    }
    const about = meant(held, isWrong, sign === "⇧" ? "SHIFT" : "D");
    if (about === "waits") continue;
    if (about === "one") marks.push(at);
    [held, isWrong] = ["", false];
  }
  expect(marks).toEqual(teeth);
});
