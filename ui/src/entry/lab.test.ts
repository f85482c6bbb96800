// A laboratory's file dropped in: whose it was at the drop, one at a time, asked about where nobody said its columns.
import { expect, test } from "vitest";
import type { FileIn, LabDone, LabLook, LabView } from "../platform/api";
import * as lab from "./lab";

const view = (laboratories: string[], held: object[] = []) => ({ laboratories, held, strayed: [], states: [] }) as unknown as LabView;
const done = (of: LabView) => ({ view: of }) as LabDone;
const FILE: FileIn = { name: "6月.xlsx", content: "" };
const LOOK = {} as LabLook;
const told = (...laboratories: string[]): lab.Event => ({ kind: "told", view: view(laboratories) });
function through(...events: lab.Event[]): [lab.Model, lab.Effect[]] {
  let [model, effects]: [lab.Model, lab.Effect[]] = [lab.unseen, []];
  for (const event of events) [model, effects] = lab.update(model, event);
  return [model, effects];
}
const TAKE: lab.Event = { kind: "take" };
const READ: lab.Event = { kind: "file", file: FILE };

test("a file of nobody is not taken; with the only laboratory it is that one's", () => {
  expect(through(told("甲", "乙"), TAKE)).toMatchObject([{ isNameless: true, isReading: false }, []]);
  expect(through(told("甲", "乙"), TAKE, { kind: "laboratory", key: "of 乙" }, TAKE)).toMatchObject([{ isNameless: false }, [{ kind: "read" }]]);
  expect(through(told("甲"), TAKE, READ)[1]).toEqual([{ kind: "import", laboratory: "甲", mapping: null, file: FILE }]);
});

test("a second file dropped while one is read, or while its columns are asked, is not mixed with it, and is read in its turn", () => {
  const [reading, effects] = through(told("甲"), TAKE, TAKE);
  expect([effects, reading.waiting]).toEqual([[], ["甲"]]);
  const [taken] = lab.update(reading, READ);
  expect(lab.update(taken, { kind: "imported", answer: done(view(["甲"])) })).toMatchObject([{ waiting: [], isReading: true }, [{ kind: "read" }]]);
  const [asked, none] = through(told("甲"), { kind: "again" }, TAKE, READ, { kind: "looked", look: LOOK }, TAKE);
  expect(none).toEqual([]);
  expect(lab.update(asked, { kind: "close" })[1]).toEqual([{ kind: "read" }]);
  // Failed, or not to be read at all: the next one is read.
  expect(lab.update(reading, { kind: "failed" })[1]).toEqual([{ kind: "read" }]);
  expect(through(told("甲"), TAKE, { kind: "failed" }, TAKE)[1]).toEqual([{ kind: "read" }]);
});

test("columns are asked where nobody said them, told once, and not told twice", () => {
  const [asked, effects] = through(told(), { kind: "name", text: " 丙 " }, TAKE, READ);
  expect(effects).toEqual([{ kind: "look", laboratory: "丙", file: FILE }]);
  const mapping = { name: "mapping.json", content: "e30=" };
  const [telling, tell] = [lab.update(asked, { kind: "looked", look: LOOK })[0]].map((model) => lab.update(model, { kind: "tell", mapping }))[0] ?? [asked, []];
  expect(tell).toEqual([{ kind: "import", laboratory: "丙", mapping, file: FILE }]);
  expect(lab.update(telling, { kind: "tell", mapping })[1]).toEqual([]);
  expect(lab.update(telling, { kind: "imported", answer: done(view(["丙"])) })[0]).toMatchObject({ known: "of 丙", file: null, look: null, isReading: false });
});

test("a file is its laboratory's at the drop, also where another one is chosen before the answer, and that choice stays", () => {
  const [model, effects] = through(told("甲", "乙"), { kind: "laboratory", key: "of 甲" }, TAKE, { kind: "laboratory", key: "of 乙" }, READ);
  expect(effects).toMatchObject([{ kind: "import", laboratory: "甲" }]);
  expect(lab.update(model, { kind: "imported", answer: done(view(["甲", "乙"])) })[0].known).toBe("of 乙");
});

test("columns that moved are asked about with the same file in hand; closed meanwhile, nothing is asked", () => {
  const odd = done(view(["甲"], [{ is_columns: true, laboratory: "甲", file: FILE.name }]));
  expect(through(told("甲"), TAKE, READ, { kind: "imported", answer: odd })[1]).toEqual([{ kind: "look", laboratory: "甲", file: FILE }]);
  const [closed, effects] = through(told("甲"), TAKE, READ, { kind: "close" }, { kind: "imported", answer: odd });
  expect([closed.file, effects]).toEqual([null, []]);
  expect(through(told("甲"), { kind: "again" }, TAKE, READ, { kind: "close" }, { kind: "looked", look: LOOK })[0].look).toBeNull();
  // Control: another laboratory's file of that name is none of this one's.
  expect(through(told("甲"), TAKE, READ, { kind: "imported", answer: done(view(["甲"], [{ is_columns: true, laboratory: "乙", file: FILE.name }])) })[1]).toEqual([]);
});

test("what is held is decided about once for two presses, each row by itself; refused, it can be pressed again", () => {
  const resolve = (id: string): lab.Event => ({ kind: "resolve", ask: { id, code: "T1", is_accepted: false } });
  const [model, effects] = through(told("甲"), resolve("a"));
  expect(effects).toHaveLength(1);
  expect([lab.update(model, resolve("a"))[1], lab.update(model, resolve("b"))[1].length]).toEqual([[], 1]);
  const [refused] = lab.update(model, { kind: "resolved", id: "a", answer: null });
  expect([refused.done, lab.update(refused, resolve("a"))[1].length]).toEqual([null, 1]);
  expect(lab.update(model, { kind: "resolved", id: "a", answer: done(view(["甲"])) })[0]).toMatchObject({ deciding: [], done: { view: { laboratories: ["甲"] } } });
});
