// Handing out: what stays ticked when somebody else changed a report meanwhile, one record for one press, and of two stops the one
// that was chosen last.
import { expect, test } from "vitest";
import type { HandoutRow, HandoutsView } from "../platform/api";
import * as handouts from "./handouts";
import { kept } from "./handouts";

const row = (person: string, version: number | null, state = "not_given") => ({ person, name: `n${person}`, version, state, printed: true }) as HandoutRow;
const view = (code: string, ...rows: HandoutRow[]) => ({ code, may_record: true, rows }) as HandoutsView;
const told = (...rows: HandoutRow[]): handouts.Event => ({ kind: "told", of: null, view: view("v1", ...rows) });
const tick = (person: string): handouts.Event => ({ kind: "tick", person });
const RECEIVE: handouts.Event = { kind: "receive" };
function through(...events: handouts.Event[]): [handouts.Model, handouts.Effect[]] {
  let [model, effects]: [handouts.Model, handouts.Effect[]] = [handouts.unseen("本人"), []];
  for (const event of events) [model, effects] = handouts.update(model, event);
  return [model, effects];
}

test("whose report became another version, was given, or is not there any more, is no longer ticked, and is named", () => {
  const before = [row("a", 1), row("b", 1), row("c", 1), row("d", 1)];
  const now = [row("a", 1), row("b", 2), row("c", 1, "given")];
  expect(kept(before, now, ["a", "b", "c", "d"])).toEqual({ chosen: ["a"], dropped: ["nb", "nc", "nd"] });
  expect(kept(before, before, ["a", "b"])).toEqual({ chosen: ["a", "b"], dropped: [] });
  const [model] = through(told(...before), tick("a"), tick("b"), told(...now));
  expect([model.chosen, model.dropped]).toEqual([["a"], ["nb"]]);
  expect(handouts.update(model, tick("a"))[0].dropped).toEqual([]);
});

test("nobody ticked, or an account that may not: the key records nothing", () => {
  expect(through(told(row("a", 1)), RECEIVE)[1]).toEqual([]);
  expect(through({ kind: "told", of: null, view: { ...view("v1", row("a", 1)), may_record: false } }, tick("a"), RECEIVE)[1]).toEqual([]);
  expect(through(RECEIVE)[1]).toEqual([]);
});

test("pressed twice it is recorded once; whoever is ticked meanwhile stays ticked, and whoever was given is not told of as dropped", () => {
  const [model, effects] = through(told(row("a", 1), row("b", 1)), tick("a"), RECEIVE);
  expect(effects).toEqual([{ kind: "receive", ask: { people: ["a"], taken_by: "本人", unit: null } }]);
  expect(handouts.update(model, RECEIVE)[1]).toEqual([]);
  expect(handouts.update(model, { kind: "make", making: { what: "sheet", isWorkbook: false } })[1]).toEqual([]);
  const [after] = [tick("b"), told(row("a", 1, "given"), row("b", 1)), { kind: "received", leftOut: ["nz"] } as handouts.Event].reduce<[handouts.Model, handouts.Effect[]]>(([at], event) => handouts.update(at, event), [model, []]);
  expect([after.chosen, after.dropped, after.leftOut, after.busy]).toEqual([["b"], [], ["nz"], null]);
});

test("a record that failed keeps the ticks, and the next press says it again", () => {
  const [model] = through(told(row("a", 1)), tick("a"), RECEIVE, { kind: "failed" });
  expect(model.chosen).toEqual(["a"]);
  expect(handouts.update(model, RECEIVE)[1]).toHaveLength(1);
  // Another report came in before the failure: nobody has signed for that one.
  expect(through(told(row("a", 1)), tick("a"), RECEIVE, told(row("a", 2)), { kind: "failed" })[0].chosen).toEqual([]);
});

test("of two stops chosen one after the other the last one is shown, whichever answer comes first; the ticks were the first list's", () => {
  const [model, effects] = through(told(row("a", 1)), tick("a"), { kind: "look", unit: "v2" }, { kind: "look", unit: "v3" });
  expect(effects).toEqual([{ kind: "look", look: 2, unit: "v3" }]);
  const [late] = handouts.update(model, { kind: "looked", look: 1, unit: "v2", view: view("v2") });
  expect([late.where, late.chosen]).toEqual([null, ["a"]]);
  const [now] = handouts.update(late, { kind: "looked", look: 2, unit: "v3", view: view("v3") });
  expect([now.where, now.chosen, now.view?.code]).toEqual(["v3", [], "v3"]);
  // News asked of the stop before, and left behind on the way.
  expect(handouts.update(now, told(row("a", 1)))[0].view?.code).toBe("v3");
});

test("a stop that cannot be had leaves the list and the choice as they were", () => {
  const [model, effects] = through(told(row("a", 1)), tick("a"), { kind: "look", unit: "v2" }, { kind: "looked", look: 1, unit: "v2", view: null });
  expect([model.where, model.chosen, effects]).toEqual([null, ["a"], [{ kind: "look_back", unit: "v1" }]]);
});

test("what was left out at one stop is not said of another, nor are its people's ticks taken", () => {
  const [model] = through(told(row("a", 1)), tick("a"), RECEIVE, { kind: "look", unit: "v2" }, { kind: "looked", look: 1, unit: "v2", view: view("v2", row("a", 1)) }, tick("a"), { kind: "received", leftOut: ["nz"] });
  expect([model.leftOut, model.chosen, model.busy]).toEqual([[], ["a"], null]);
  const making: handouts.Event = { kind: "make", making: { what: "reports", people: [], due: true } };
  expect(through(told(), making, { kind: "made", of: "elsewhere", leftOut: ["nz"] })[0].leftOut).toEqual([]);
  expect(through(told(), making, { kind: "made", of: null, leftOut: ["nz"] })[0].leftOut).toEqual(["nz"]);
});

test("all that lie printed are ticked by one press and unticked by the next; whoever is due comes first", () => {
  const rows = [row("g", 1, "given"), row("u", null, "not_final"), row("a", 1), { ...row("b", 1), printed: false }];
  const [model] = through(told(...rows), { kind: "tick_all" });
  expect([model.chosen, handouts.isAll(model)]).toEqual([["a"], true]);
  expect(handouts.update(model, { kind: "tick_all" })[0].chosen).toEqual([]);
  expect([handouts.rowsOf(model).map((one) => one.person), handouts.unsignedOf(model).map((one) => one.person)]).toEqual([["a", "b", "g"], ["u"]]);
});
