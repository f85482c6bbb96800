// Printing: no whole number without a purpose, no wrong count of sets, one file for one press.
import { expect, test } from "vitest";
import type { PrintKind } from "../platform/api";
import * as print from "./print";

const make = (listed = 3): print.Event => ({ kind: "make", listed });
const choose = (kind: PrintKind): print.Event => ({ kind: "choose", print: kind });
const WHOLE: print.Event = { kind: "ids", ids: "whole" };
function through(...events: print.Event[]): [print.Model, print.Effect[]] {
  let [model, effects]: [print.Model, print.Effect[]] = [print.unsaid, []];
  for (const event of events) [model, effects] = print.update(model, event);
  return [model, effects];
}

test("masked unless somebody says otherwise, and whole only for a purpose", () => {
  expect(through(make())[1]).toEqual([{ kind: "print", print: "guide_sheet", purpose: null, sets: 0 }]);
  expect(through(WHOLE)[1]).toEqual([{ kind: "show_purpose" }]);
  expect(through(WHOLE, { kind: "purpose", text: " " }, make())).toMatchObject([{ stopped: "purpose", isMaking: false }, []]);
  expect(through(WHOLE, { kind: "purpose", text: " 转诊 " }, make())[1]).toMatchObject([{ purpose: "转诊" }]);
  // A purpose written, and then masked after all: it is masked.
  expect(through(WHOLE, { kind: "purpose", text: "转诊" }, { kind: "ids", ids: "masked" }, make())[1]).toMatchObject([{ purpose: null }]);
});

test("sets of tubes are as many as are listed, or as typed; none, half a one or too many are not made", () => {
  expect(through(choose("tube_labels"), make(12))[1]).toMatchObject([{ sets: 12 }]);
  expect(through(choose("tube_labels"), { kind: "sets", text: "40" }, make(12))[1]).toMatchObject([{ sets: 40 }]);
  for (const text of ["0", "1.5", "1001", "四十", "-3"]) expect(through(choose("tube_labels"), { kind: "sets", text }, make(12)), text).toMatchObject([{ stopped: "sets" }, []]);
  expect(through(choose("tube_labels"), make(0))[0].stopped).toBe("sets");
  // Left for another paper, what was typed of sets is nothing to it; whole numbers chosen before ask no purpose of labels without a name.
  expect(through(choose("tube_labels"), { kind: "sets", text: "0" }, make(), choose("labels"), make())[1]).toMatchObject([{ print: "labels", sets: 0 }]);
  expect(through(WHOLE, choose("tube_labels"), make(12))[1]).toMatchObject([{ sets: 12 }]);
});

test("pressed twice it is one file; made or failed, the next press makes another", () => {
  const [model] = through(make());
  expect(print.update(model, make())[1]).toEqual([]);
  expect(print.update(print.update(model, { kind: "made" })[0], make())[1]).toHaveLength(1);
});
