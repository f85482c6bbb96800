// The find machine: what Enter opens, also where it comes before the answer. Not when the host is asked (finder.test.ts).
import { expect, test } from "vitest";
import type { PersonRow } from "../platform/api";
import { nothing, update, type Event } from "./find";

const row = (person: string) => ({ person, name: "龙秀英" }) as PersonRow;
const found = (asked: number, ...people: string[]): Event => ({ kind: "found", asked, found: { rows: people.map(row), exact: false, more: false } });

function opened(...events: Event[]): string[] {
  let model = nothing;
  const all: string[] = [];
  for (const event of events) {
    const [next, effects] = update(model, event);
    model = next;
    for (const effect of effects) if (effect.kind === "open") all.push(effect.person);
  }
  return all;
}
const typed = (text: string): Event => ({ kind: "typed", text });
const ENTER: Event = { kind: "enter" };

test("Enter opens who is chosen", () => {
  expect(opened(typed("龙"), found(1, "a", "b"), { kind: "move", by: 1 }, ENTER)).toEqual(["b"]);
});

test("Enter before the answer opens the only one there is, and nobody of several", () => {
  expect(opened(typed("龙"), ENTER, found(1, "a"))).toEqual(["a"]);
  expect(opened(typed("龙"), ENTER, found(1, "a", "b"))).toEqual([]);
});

test("Enter on somebody shown, while a letter more is being looked for, opens them if they still lead", () => {
  expect(opened(typed("龙秀"), found(1, "a", "b"), typed("龙秀英"), ENTER, found(2, "a", "b"))).toEqual(["a"]);
  // Somebody else leads now: a person has to look.
  expect(opened(typed("龙秀"), found(1, "a", "b"), typed("龙秀英"), ENTER, found(2, "b", "a"))).toEqual([]);
  // A letter typed after Enter takes it back.
  expect(opened(typed("龙秀"), found(1, "a", "b"), typed("龙秀英"), ENTER, typed("龙秀英子"), found(3, "a", "b"))).toEqual([]);
});
