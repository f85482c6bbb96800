// Signing people with nothing abnormal as a list: looked through, once, and that list.
import { expect, test } from "vitest";
import type { ConcludeListView } from "../platform/api";
import * as list from "./conclude_list";

const view = (mark: string, may_sign = true, normal = 2) => ({ mark, may_sign, normal: Array(normal) }) as unknown as ConcludeListView;
const LOOKED: list.Event = { kind: "looked", is: true };
const SIGN: list.Event = { kind: "sign" };
function through(...events: list.Event[]): [list.Model, list.Effect[]] {
  let [model, effects]: [list.Model, list.Effect[]] = [list.unseen, []];
  for (const event of events) [model, effects] = list.update(model, event);
  return [model, effects];
}

test("nothing is signed that was not looked through, by whoever may not, or of nobody", () => {
  for (const of of [view("m"), view("m", false), view("m", true, 0)]) expect(through({ kind: "told", view: of }, ...(of.may_sign && of.normal.length > 0 ? [] : [LOOKED]), SIGN)[1]).toEqual([]);
  expect(through(LOOKED, SIGN)[1]).toEqual([]);
  expect(through({ kind: "told", view: view("m") }, LOOKED, SIGN)[1]).toEqual([{ kind: "sign", mark: "m" }]);
});

test("what came in meanwhile is told, and what is signed is still the list that was looked through", () => {
  const [model, effects] = through({ kind: "told", view: view("m") }, LOOKED, { kind: "news", view: view("n") }, SIGN);
  expect([model.isMoved, effects]).toEqual([true, [{ kind: "sign", mark: "m" }]]);
  // Looked at anew, it is to be looked through anew.
  expect(list.update(model, { kind: "told", view: view("n") })[0]).toMatchObject({ isMoved: false, isLooked: false });
  expect(through({ kind: "told", view: view("m") }, LOOKED, { kind: "news", view: view("m") })[0]).toMatchObject({ isMoved: false, isLooked: true });
});

test("pressed twice it is signed once; failed, it can be pressed again; whom it left out is named", () => {
  const [model] = through({ kind: "told", view: view("m") }, LOOKED, SIGN);
  expect(list.update(model, SIGN)[1]).toEqual([]);
  expect(list.update(list.update(model, { kind: "failed" })[0], SIGN)[1]).toHaveLength(1);
  expect(list.update(model, { kind: "signed", leftOut: ["nz"] })[0]).toMatchObject({ leftOut: ["nz"], isSaving: false });
});
