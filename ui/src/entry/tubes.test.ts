// Tubes: a scanned code is the kind in hand, the next kind comes by itself, nothing is bound anew without a reason.
import { expect, test } from "vitest";
import type { TubeRow } from "../platform/api";
import { tableOf } from "./line";
import { none, update, type Event, type Model } from "./tubes";

const row = (kind: string, state: TubeRow["state"], station = "blood"): TubeRow => ({ kind, name: kind, station, state, state_zh: "", codes: [], way_zh: "" });
const START = [row("serum", "not_drawn"), row("blood_count", "not_drawn"), row("urine", "not_drawn", "urine")];

function after(...events: Event[]) {
  let model: Model = none;
  let effects: ReturnType<typeof update>[1] = [];
  for (const event of [{ kind: "opened", rows: START, stations: ["blood"] } as Event, ...events]) [model, effects] = update(model, event);
  return { model, effects };
}
const code = (text: string): Event => ({ kind: "code", code: text });
const bound = (tube: string, isNew = true): Event => ({ kind: "said", what: "bound", isNew, code: "B1", tube, rows: [row("serum", "awaited"), row("blood_count", "not_drawn")], stations: ["blood"] });

test("only what this station draws is shown, and the first kind still to be drawn is in hand", () => {
  const { model } = after();
  expect([model.rows.map((one) => one.kind), model.kind]).toEqual([["serum", "blood_count"], "serum"]);
});

test("at a table that blood and urine share one scan follows the other through both", () => {
  const both = { kind: "opened", rows: START, stations: tableOf([{ stations: ["blood", "urine"], is_away: false }], "blood") } as Event;
  expect(update(none, both)[0].rows.map((one) => one.kind)).toEqual(["serum", "blood_count", "urine"]);
  const rows = [row("serum", "awaited"), row("blood_count", "awaited"), row("urine", "not_drawn", "urine")];
  const said: Event = { kind: "said", what: "bound", isNew: true, code: "B1", tube: "blood_count", rows, stations: ["blood", "urine"] };
  expect(after(code("B1"), said).model.kind).toBe("urine");
  // Split, each has its own.
  expect(tableOf([{ stations: ["blood"], is_away: false }, { stations: ["urine"], is_away: false }], "blood")).toEqual(["blood"]);
  expect(tableOf([], "urine")).toEqual(["urine"]);
});

test("a code is bound as the kind in hand, and the next kind follows", () => {
  expect(after(code(" B1 ")).effects).toEqual([{ kind: "bind", code: "B1", tube: "serum", reason: "" }]);
  const { model } = after(code("B1"), bound("serum"));
  expect([model.kind, model.said?.what, model.phase]).toEqual(["blood_count", "bound", "idle"]);
  expect(after(code("B1"), bound("serum", false)).model.said?.what).toBe("known");
});

test("a scanner that repeats while one is being bound binds nothing", () => {
  expect(after(code("B1"), code("B1")).effects).toEqual([]);
});

test("with nothing left to draw a code asks for the kind first", () => {
  const { model, effects } = after({ kind: "said", what: "bound", isNew: true, code: "B2", tube: "serum", rows: [row("serum", "awaited")], stations: ["blood"] }, code("B3"));
  expect([model.stopped, effects]).toEqual(["kind", []]);
  expect(after({ kind: "choose", tube: "blood_count" }, code("B3")).effects).toEqual([{ kind: "bind", code: "B3", tube: "blood_count", reason: "" }]);
});

test("a code that is bound otherwise is bound anew only with a reason", () => {
  const taken: Event = { kind: "failed", code: "B1", tube: "serum", failure: "tube_taken" };
  const { model, effects } = after(code("B1"), taken, { kind: "rebind" });
  expect([model.taken, model.stopped, effects]).toEqual([{ code: "B1", kind: "serum" }, "reason", []]);
  expect(after(code("B1"), taken, { kind: "reason", reason: "上次扫错人" }, { kind: "rebind" }).effects).toEqual([{ kind: "bind", code: "B1", tube: "serum", reason: "上次扫错人" }]);
  expect(after(code("B1"), taken, { kind: "cancel" }).model.taken).toBe(null);
  // The next tube scanned is no answer to the question.
  expect(after(code("B1"), taken, { kind: "reason", reason: "上次扫错人" }, code("B7")).effects).toEqual([{ kind: "bind", code: "B7", tube: "serum", reason: "" }]);
});

test("a sample is called no good only with a reason", () => {
  const spoil: Event = { kind: "spoil", code: "B1", name: "生化管" };
  expect(after(spoil, { kind: "spoil_it" }).model.stopped).toBe("reason");
  expect(after(spoil, { kind: "reason", reason: "标本溶血" }, { kind: "spoil_it" }).effects).toEqual([{ kind: "spoil", code: "B1", reason: "标本溶血" }]);
});

test("another failure is told and nothing is taken for bound", () => {
  const { model } = after(code("1"), { kind: "failed", code: "1", tube: "serum", failure: "tube_code_invalid" });
  expect([model.stopped, model.said, model.phase]).toEqual(["tube_code_invalid", null, "idle"]);
});

test("a second tube scanned while the first is being bound is bound after it, as the kind that is next then", () => {
  const { model, effects } = after(code("B1"), code("B2"), bound("serum"));
  expect([effects, model.phase, model.queue]).toEqual([[{ kind: "bind", code: "B2", tube: "blood_count", reason: "" }], "binding", []]);
  expect(after(code("B1"), code("B2"), code("B2"), code("B1"), bound("serum")).model.queue).toEqual([]);
  // A kind pressed meanwhile is that tube's.
  expect(after(code("B1"), { kind: "choose", tube: "serum" }, code("B2"), bound("serum")).effects).toEqual([{ kind: "bind", code: "B2", tube: "serum", reason: "" }]);
});

test("a tube scanned behind one that was not bound, or behind one called no good, is bound as nothing, and said so", () => {
  const failed = after(code("B1"), code("B2"), { kind: "failed", code: "B1", tube: "serum", failure: "tube_taken" });
  expect([failed.effects, failed.model.unbound, failed.model.taken?.code]).toEqual([[], ["B2"], "B1"]);
  const spoilt = after({ kind: "spoil", code: "B0", name: "x" }, { kind: "reason", reason: "y" }, { kind: "spoil_it" }, code("B2"), { kind: "said", what: "spoilt", isNew: true, code: "B0", tube: "serum", rows: START, stations: ["blood"] });
  expect([spoilt.effects, spoilt.model.unbound]).toEqual([[], ["B2"]]);
  const full = after(code("B1"), code("B2"), { kind: "said", what: "bound", isNew: true, code: "B1", tube: "serum", rows: [row("serum", "awaited")], stations: ["blood"] });
  expect([full.effects, full.model.stopped, full.model.unbound]).toEqual([[], "kind", ["B2"]]);
});
