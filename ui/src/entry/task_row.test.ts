// A row keyed: the number of one and the name of another never stand together, and nothing is recorded twice or half.
import { expect, test } from "vitest";
import type { TaskChain, TaskStep } from "../platform/api";
import * as row from "./task_row";

const MAY = [{ code: "1", act: "told", name: "已告知" }, { code: "2", act: "referred", name: "已转诊" }];
const chain = (number: string) => ({ number, awaits_answer: false, may: MAY, steps: [] }) as unknown as TaskChain;
const [A, B] = ["260000000001", "260000000002"];
const found = (number: string): row.Event => ({ kind: "found", number, found: { person: `p${number}`, name: `n${number}`, phone: "", chain: chain(number) } });
const type = (part: "number" | "result" | "note" | "way" | "place", text: string): row.Event => ({ kind: "typed", part, text });
const OWN: row.Own = {};
const SAVE: row.Event = { kind: "save", own: OWN, anyway: false };
const LOOK: row.Event = { kind: "look" };
function through(own: row.Own, ...events: row.Event[]): [row.Model, row.Effect[]] {
  let [model, effects]: [row.Model, row.Effect[]] = [row.begun(own, "2026-06-02"), []];
  for (const event of events) [model, effects] = row.update(model, event);
  return [model, effects];
}

test("the number comes first: misread it is asked for, whole it is looked up, and its name leads to the result", () => {
  expect(through(OWN, { kind: "opened", own: OWN })[1]).toEqual([{ kind: "focus", part: "number" }]);
  expect(through(OWN, type("number", "26000"), LOOK)).toMatchObject([{ asked: "number" }, []]);
  expect(through(OWN, type("number", "2600 0000 0001"), LOOK)[1]).toEqual([{ kind: "look", number: A }]);
  const [model, effects] = through(OWN, type("number", A), LOOK, found(A));
  expect([model.found?.name, effects]).toEqual([`n${A}`, [{ kind: "focus", part: "result" }]]);
  expect(through(OWN, type("number", A), LOOK, { kind: "found", number: A, found: null })[1]).toEqual([{ kind: "focus", part: "number", isWrong: true }]);
});

test("an answer about the number that stood there before is nobody's", () => {
  expect(through(OWN, type("number", A), LOOK, type("number", B), found(A))[0].found).toBeNull();
  expect(through(OWN, type("number", A), LOOK, type("number", B), LOOK, found(B), found(A))[0].found?.name).toBe(`n${B}`);
});

test("another number under the name of the one before is not recorded: whose it is has to be seen first", () => {
  const [model, effects] = through(OWN, type("number", A), LOOK, found(A), type("result", "1"), type("number", B), SAVE);
  expect([model.found, model.asked, effects]).toEqual([null, "number", [{ kind: "focus", part: "number" }]]);
  // Control: the same number written otherwise is the same.
  expect(through(OWN, type("number", A), LOOK, found(A), type("result", "1"), type("number", "2600 0000 0001"), SAVE)[1]).toMatchObject([{ kind: "record", ask: { number: A, act: "1" } }]);
});

test("what is missing is asked for by its field, and Enter behind the last field saves", () => {
  const seen = [type("number", A), LOOK, found(A)];
  expect(through(OWN, ...seen, SAVE)).toMatchObject([{ asked: "result" }, [{ kind: "focus", part: "result" }]]);
  expect(through(OWN, ...seen, type("result", "2"), SAVE)).toMatchObject([{ asked: "place" }, [{ kind: "focus", part: "place" }]]);
  expect(through(OWN, ...seen, type("result", "1"), { kind: "onward", part: "result", own: OWN })[1]).toEqual([{ kind: "focus", part: "way" }]);
  expect(through(OWN, ...seen, type("result", "1"), { kind: "onward", part: "note", own: OWN })[1]).toMatchObject([{ kind: "record" }]);
});

test("what was keyed of one person is not said of the next, whatever of it was not saved", () => {
  const tick: row.Event = { kind: "read_back" };
  const [one] = through(OWN, type("number", A), LOOK, found(A), type("result", "1"), type("way", "2"), type("note", "女儿"), tick);
  const [next] = [type("number", B), LOOK, found(B)].reduce(([model], event) => row.update(model, event), [one, []] as [row.Model, row.Effect[]]);
  expect([next.found?.name, next.keyed.result, next.keyed.way, next.keyed.note, next.keyed.isReadBack, next.keyed.day]).toEqual([`n${B}`, "", "", "", false, one.keyed.day]);
  // The controls: the same number written otherwise keeps the row, and so does one that nobody had.
  expect(row.update(one, type("number", "2600 0000 0001"))[0].keyed.note).toBe("女儿");
  const [typed] = through(OWN, type("number", "260000000009"), LOOK, { kind: "found", number: "260000000009", found: null }, type("note", "女儿"), type("number", A));
  expect(typed.keyed.note).toBe("女儿");
  // A row of a paper keeps what the paper says, and nobody has said it back.
  const paper: row.Own = { row: { ...one.keyed } };
  const [moved] = through(paper, found(A), type("number", B));
  expect([moved.keyed.note, moved.keyed.isReadBack]).toEqual(["女儿", false]);
});

test.each<[string, row.Event[]]>([
  ["before the answer", [LOOK]],
  ["after one that did not come", [LOOK, { kind: "found", number: A, found: null }]],
])("looked up anew, and another number typed %s: the row is not the next one's either", (_, looks) => {
  const tick: row.Event = { kind: "read_back" };
  const written = [type("number", A), LOOK, found(A), type("result", "1"), tick, ...looks];
  const [model] = through(OWN, ...written, type("number", B), LOOK, found(B));
  expect([model.found?.name, model.keyed.result, model.keyed.isReadBack]).toEqual([`n${B}`, "", false]);
  // The control: the same number found again has its row.
  const [again] = through(OWN, ...written, found(A));
  expect([again.found?.name, again.keyed.result, again.keyed.isReadBack]).toEqual([`n${A}`, "1", true]);
});

test("after a paper's row is recorded the next one is nobody's paper", () => {
  const paper: row.Own = { row: { ...row.begun(OWN, "2026-06-02").keyed, number: A, result: "1" } };
  const [model] = through(paper, found(A), SAVE, { kind: "recorded", own: OWN }, type("number", A), LOOK, found(A), type("note", "x"), type("number", B));
  expect(model.keyed.note).toBe("");
});

test("what cannot be is selected where the cursor goes back to it, what is empty or only not looked up is not", () => {
  const seen = [type("number", A), LOOK, found(A)];
  const onward: row.Event = { kind: "onward", part: "result", own: OWN };
  for (const event of [SAVE, onward]) {
    expect(through(OWN, ...seen, type("result", "7"), event)[1]).toEqual([{ kind: "focus", part: "result", isWrong: true }]);
    expect(through(OWN, ...seen, event)[1]).toEqual([{ kind: "focus", part: "result" }]);
  }
  expect(through(OWN, type("number", A), SAVE)[1]).toEqual([{ kind: "focus", part: "number" }]);
});

test("Enter passes by nothing that a step needs, and by what it does not", () => {
  const seen = [type("number", A), LOOK, found(A)];
  const onward = (part: "result" | "place" | "way"): row.Event => ({ kind: "onward", part, own: OWN });
  expect(through(OWN, ...seen, onward("result"))).toMatchObject([{ asked: "result" }, [{ kind: "focus", part: "result" }]]);
  expect(through(OWN, ...seen, type("result", "2"), onward("place"))).toMatchObject([{ asked: "place" }, [{ kind: "focus", part: "place" }]]);
  // The control: with the place, and at what may be left out, it goes on.
  expect(through(OWN, ...seen, type("result", "2"), type("place", "县医院"), onward("place"))[1]).not.toEqual([{ kind: "focus", part: "place" }]);
  expect(through(OWN, ...seen, type("result", "1"), onward("way"))[1]).not.toEqual([{ kind: "focus", part: "way" }]);
});

test("pressed twice it is recorded once; failed, it stands as typed and can be pressed again", () => {
  const [model] = through(OWN, type("number", A), LOOK, found(A), type("result", "1"), SAVE);
  expect(row.update(model, SAVE)[1]).toEqual([]);
  const [failed] = row.update(model, { kind: "failed", isStale: false });
  expect([failed.keyed.result, failed.found?.name, row.update(failed, SAVE)[1].length]).toEqual(["1", `n${A}`, 1]);
});

test("a step of a later day is told once, recorded by the second press, and another word takes that back", () => {
  const [stale] = through(OWN, type("number", A), LOOK, found(A), type("result", "1"), SAVE, { kind: "failed", isStale: true });
  expect(stale.isStale).toBe(true);
  expect(row.update(stale, { kind: "save", own: OWN, anyway: true })[1]).toMatchObject([{ kind: "record", ask: { anyway: true } }]);
  expect(row.update(stale, type("note", "x"))[0].isStale).toBe(false);
});

test("recorded, the row is empty but for its day, and the cursor is at the next number; one typed meanwhile stays", () => {
  const seen = [type("number", A), LOOK, found(A), type("result", "1"), SAVE];
  const [model, effects] = through(OWN, ...seen, { kind: "recorded", own: OWN });
  expect([model.keyed.number, model.keyed.result, model.keyed.day, model.found, effects]).toEqual(["", "", "20260602", null, [{ kind: "focus", part: "number" }]]);
  const [next] = through(OWN, ...seen, type("number", B), { kind: "recorded", own: OWN });
  expect([next.keyed.number, next.saving]).toEqual([B, null]);
});

test("a chain's own row asks no number, and a step put right has what was said in its fields", () => {
  const own: row.Own = { chain: chain(A) };
  expect(through(own, { kind: "opened", own })[1]).toEqual([{ kind: "focus", part: "result" }]);
  expect(row.isTyped(through(own)[0], own)).toBe(false);
  expect(row.isTyped(through(own, type("note", "x"))[0], own)).toBe(true);
  expect(through(own, type("result", "1"), { kind: "save", own, anyway: false }, { kind: "recorded", own })[1]).toEqual([{ kind: "focus", part: "result" }]);
  const step = { entry: "e1", code: "1", told: "本人", at: "14:05", read_back: true, place: "", way: "2", day: "2026-06-01", next: null, note: "", awaits_answer: false, may: MAY } as unknown as TaskStep;
  const model = row.begun({ ...own, step }, "2026-06-02");
  expect([model.keyed.day, model.keyed.told, model.keyed.replaces]).toEqual(["20260601", "本人", "e1"]);
  // Without a reason it is not put right.
  expect(row.update(model, { kind: "save", own: { ...own, step }, anyway: false })[1]).toEqual([{ kind: "focus", part: "why" }]);
});

test("the number of a row that was held is looked up at once", () => {
  const own: row.Own = { row: { ...row.begun(OWN, "2026-06-02").keyed, number: A } };
  expect(through(own, { kind: "opened", own })[1]).toEqual([{ kind: "look", number: A }]);
  expect(through({ row: { ...own.row!, number: "26" } }, { kind: "opened", own: { row: { ...own.row!, number: "26" } } })[1]).toEqual([{ kind: "focus", part: "number" }]);
});
