// Confirming what was typed for one: nothing that was not looked through, nothing twice, nothing that came in meanwhile.
import { expect, test } from "vitest";
import type { ConfirmRow, ConfirmView } from "../platform/api";
import * as confirm from "./confirm";

const row = (entry: string) => ({ entry, row: { person: `p${entry}` } }) as ConfirmRow;
const told = (...entries: string[]): confirm.Event => ({ kind: "told", view: { mine: entries.map(row), others: [] } as ConfirmView });
function through(...events: confirm.Event[]): [confirm.Model, confirm.Effect[]] {
  let [model, effects]: [confirm.Model, confirm.Effect[]] = [confirm.unseen, []];
  for (const event of events) [model, effects] = confirm.update(model, event);
  return [model, effects];
}
const LOOKED: confirm.Event = { kind: "looked", is: true };
const ALL: confirm.Event = { kind: "all" };
const one = (entry: string): confirm.Event => ({ kind: "one", entry });
const done = (moved = 0): confirm.Event => ({ kind: "confirmed", moved });
const entries = (effects: confirm.Effect[]) => effects.map((effect) => effect.saves.map((save) => save.entry));

test("the key confirms nothing before the list was looked through, nor before there is one", () => {
  expect(through(ALL)[1]).toEqual([]);
  expect(through(told("a", "b"), ALL)[1]).toEqual([]);
  expect(entries(through(told("a", "b"), LOOKED, ALL)[1])).toEqual([["a", "b"]]);
});

test("what is left for later is not confirmed with the list, and all left is nothing to confirm", () => {
  expect(entries(through(told("a", "b"), LOOKED, { kind: "leave", entry: "a" }, ALL)[1])).toEqual([["b"]]);
  expect(through(told("a"), LOOKED, { kind: "leave", entry: "a" }, ALL)[1]).toEqual([]);
  expect(entries(through(told("a"), LOOKED, { kind: "leave", entry: "a" }, { kind: "leave", entry: "a" }, ALL)[1])).toEqual([["a"]]);
});

test("pressed twice, or another one pressed while one is confirmed: once", () => {
  const [model] = through(told("a", "b"), one("a"));
  expect([confirm.update(model, one("a"))[1], confirm.update(model, one("b"))[1], confirm.update({ ...model, isLooked: true }, ALL)[1]]).toEqual([[], [], []]);
  // Failed, it can be pressed again.
  expect(entries(confirm.update(confirm.update(model, { kind: "failed" })[0], one("a"))[1])).toEqual([["a"]]);
  expect(through(told("a"), one("z"))[1]).toEqual([]);
});

test("what comes into the list takes the word back that it was looked through; what only came again does not", () => {
  expect(through(told("a", "b"), LOOKED, told("a", "b", "c"))[0].isLooked).toBe(false);
  expect(through(told("a", "b"), LOOKED, told("a"))[0].isLooked).toBe(false);
  expect(through(told("a", "b"), LOOKED, told("a", "b"))[0].isLooked).toBe(true);
});

test("one by one out of a list that was looked through: the rest of it still was, whichever comes first, the news or the answer", () => {
  expect(through(told("a", "b"), LOOKED, one("a"), done(), told("b"))[0].isLooked).toBe(true);
  expect(through(told("a", "b"), LOOKED, one("a"), told("b"), done(), told("b"))[0].isLooked).toBe(true);
  // Somebody typed another one meanwhile; one was put right meanwhile: neither was looked at.
  expect(through(told("a", "b"), LOOKED, one("a"), done(), told("b", "c"))[0].isLooked).toBe(false);
  expect(through(told("a", "b"), LOOKED, one("a"), done(1), told("a2", "b"))[0].isLooked).toBe(false);
});

test("of more than a list shows, the one that moves up was not looked at", () => {
  const many = Array.from({ length: confirm.LIST_MAX + 1 }, (_, at) => `e${at}`);
  const [model] = through(told(...many), LOOKED, one("e0"), done(), told(...many.slice(1)));
  expect(model.isLooked).toBe(false);
  expect(entries(through(told(...many), LOOKED, ALL)[1])[0]).toHaveLength(confirm.LIST_MAX);
});

test("after the list is confirmed the next one is to be looked through anew", () => {
  expect(through(told("a", "b"), LOOKED, ALL, done(), told("c"))[0]).toMatchObject({ isLooked: false, saving: [] });
});
