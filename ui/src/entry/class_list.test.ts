// A class walked in order: nobody left out, nobody absent by one slip of a key, nothing of one pupil's on another.
import { expect, test } from "vitest";
import type { ClassRow, PersonRow, ValueCell } from "../platform/api";
import * as classList from "./class_list";
import { drawn } from "./drawn";

/** Runs events through the machine; the effects of the last one come back. */
function through(model: classList.Model, ...events: classList.Event[]): [classList.Model, classList.Effect[]] {
  let effects: classList.Effect[] = [];
  for (const event of events) [model, effects] = classList.update(model, event);
  return [model, effects];
}

const row = (person: string) => ({ person, name: person }) as PersonRow;
const classRow = (person: string, is_done: boolean): ClassRow => ({ row: row(person), values: [is_done ? ({ text: "1" } as ValueCell) : null], open: is_done ? [] : ["height", "beyond_the_columns"], is_done, recheck: null, consent: "", has_draft: false });
const CLASS = { classes: [], columns: [], rows: [classRow("a", true), classRow("b", false), classRow("c", false)] };
const key = (one: string): classList.Event => ({ kind: "key", key: one, station: "general", saveId: "id" });

test("a long list is drawn around the cursor, a turn leads to the first row not drawn, and no row is left out", () => {
  expect(drawn(7, 3)).toEqual({ from: 0, to: 7 });
  const seen = new Set<number>();
  for (let at = 0; at < 300; at += 1) {
    const { from, to } = drawn(300, at);
    expect(to - from).toBeLessThanOrEqual(60);
    expect(at - from >= Math.min(at, 20) && to - at >= Math.min(300 - at, 20)).toBe(true);
    seen.add(from).add(to);
  }
  expect([...seen].sort((a, b) => a - b).at(-1)).toBe(300);
  const rows = Array.from({ length: 300 }, (_, at) => ({ ...CLASS.rows[0], row: row(`p${at}`), is_done: false }) as ClassRow);
  let [model] = through(classList.empty, { kind: "rows", rows: { ...CLASS, rows } });
  for (const [by, at] of [[1, 40], [1, 80], [-1, 59], [-1, 19], [-1, 0]] as const) {
    [model] = through(model, { kind: "turn", by });
    expect(model.at).toBe(at);
  }
  for (let turn = 0; turn < 20; turn += 1) [model] = through(model, { kind: "turn", by: 1 });
  expect(model.at).toBe(299);
});

test("it opens at the first not done; one key asks, the same key again saves, then the next", () => {
  let [model, effects] = through(classList.empty, { kind: "rows", rows: CLASS });
  expect(model.at).toBe(1);
  [model, effects] = through(model, key("w"));
  expect([effects, model.asking]).toEqual([[], { person: "b", reason: "not_measured" }]);
  [model, effects] = through(model, key("w"));
  expect(effects).toMatchObject([{ kind: "save", ask: { person: "b", values: [{ item: "height", absent: "not_measured" }, { item: "beyond_the_columns", absent: "not_measured" }], save_id: "id" } }]);
  expect(through(model, key("w"))[1]).toEqual([]);
  [model, effects] = through(model, { kind: "saved", person: "b" });
  expect([model.at, effects]).toEqual([2, [{ kind: "reload" }, { kind: "show", person: "c" }]]);
});

test("whoever owes a repeat is shown among the open ones, and comes up when all others are done", () => {
  const owing = { ...classRow("b", true), recheck: "静坐后复测" };
  const rows = (last: boolean) => ({ classes: [], columns: [], rows: [classRow("a", true), owing, classRow("c", last)] });
  const walked = (last: boolean) => through(classList.empty, { kind: "rows", rows: rows(last) })[0];
  expect([walked(false).at, walked(true).at]).toEqual([2, 1]);
  expect(classList.shown({ ...walked(false), onlyOpen: true }).map((one) => one.row.person)).toEqual(["b", "c"]);
});

test("an absence of somebody with a form typed and not saved opens that form and saves nothing", () => {
  const drafted = { ...CLASS, rows: [classRow("a", true), { ...classRow("b", false), has_draft: true }, classRow("c", false)] };
  const walk = (rows: typeof CLASS) => through(classList.empty, { kind: "rows", rows }, key("w"), key("w"));
  expect(walk(drafted)[1]).toEqual([{ kind: "open", person: "b" }]);
  expect(walk(drafted)[0].saving).toBe(null);
  const pressed: classList.Event = { kind: "absent", person: "b", reason: "unable", station: "general", saveId: "id" };
  expect(through(walk(drafted)[0], pressed)[1]).toEqual([{ kind: "open", person: "b" }]);
  // Control: without a draft the second press saves.
  expect(walk(CLASS)[1].map((effect) => effect.kind)).toEqual(["save"]);
});

test("another pupil or another key is asked anew; what is done is not touched", () => {
  const [model] = through(classList.empty, { kind: "rows", rows: CLASS }, key("w"), { kind: "move", by: 1 });
  expect(model.asking).toBeNull();
  expect(through(model, { kind: "select", person: "a" }, key("j"), key("j"))[1]).toEqual([]);
});

test("an absence is said only of what still has no value when it is saved", () => {
  const [, effects] = through(classList.empty, { kind: "rows", rows: CLASS }, key("w"), key("w"));
  const ask = effects[0]?.kind === "save" ? effects[0].ask : null;
  const of = (item: string, current: unknown[]) => ({ item, current }) as never;
  expect(ask && classList.stillOpen(ask, { items: [of("height", [{ text: "131" }]), of("beyond_the_columns", [])] }).map((one) => one.item)).toEqual(["beyond_the_columns"]);
  expect(ask && classList.stillOpen(ask, { items: [of("height", [])] }).map((one) => one.item)).toEqual(["height"]);
});

const WALK: classList.Event = { kind: "rows", rows: CLASS };

test("while one absence is saved no other is; an answer of another pupil's changes nothing; failed, it can be said again", () => {
  const [saving] = through(classList.empty, WALK, key("w"), key("w"));
  expect(through(saving, { kind: "select", person: "c" }, key("w"), key("w"))[1]).toEqual([]);
  expect(classList.update(saving, { kind: "saved", person: "c" })).toEqual([saving, []]);
  const [failed] = classList.update(saving, { kind: "failed" });
  expect(through(failed, key("w"), key("w"))[1].map((effect) => effect.kind)).toEqual(["save"]);
});

test("a class that comes in anew keeps the pupil in hand, and asks nothing about another", () => {
  const [asked] = through(classList.empty, WALK, { kind: "select", person: "c" }, key("w"));
  const rows = { ...CLASS, rows: [classRow("z", false), ...CLASS.rows] };
  const [model] = through(asked, { kind: "rows", rows });
  expect([model.at, model.asking?.person]).toEqual([3, "c"]);
  // The second press is of the pupil who was asked about.
  expect(through(model, key("w"))[1]).toMatchObject([{ kind: "save", ask: { person: "c" } }]);
  expect(through(model, { kind: "move", by: -1 }, key("w"))[1]).toEqual([]);
});

test("keys that say nothing, and a list of nobody, do nothing", () => {
  expect(through(classList.empty, key("w"), { kind: "open" }, { kind: "move", by: 1 })).toMatchObject([{ at: 0 }, []]);
  expect(through(classList.empty, WALK, key("x"))[0].asking).toBeNull();
  expect(through(classList.empty, WALK, { kind: "select", person: "nobody" })[0].at).toBe(1);
});
