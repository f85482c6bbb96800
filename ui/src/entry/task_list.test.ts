// Follow-ups of a stop: of two lists the one chosen last, pages that stay where they can, one file and one decision for two presses.
import { expect, test } from "vitest";
import type { TaskHeldRow, TasksView } from "../platform/api";
import * as list from "./task_list";

const view = (unit: string, rows = 0) => ({ unit, sheet_unit: unit, rows: Array.from({ length: rows }, (_, at) => ({ number: String(at) })) }) as unknown as TasksView;
const held = (id: string) => ({ id }) as TaskHeldRow;
function through(...events: list.Event[]): [list.Model, list.Effect[]] {
  let [model, effects]: [list.Model, list.Effect[]] = [list.begun(false), []];
  for (const event of events) [model, effects] = list.update(model, event);
  return [model, effects];
}
const told = (of: TasksView, turn = 0): list.Event => ({ kind: "told", turn, choice: list.begun(false).choice, view: of });
const where = (unit: string): list.Event => ({ kind: "choose", choice: { where: unit } });

test("a choice asks for its list: today's stop, all units, one of them, by state and by whoever follows up", () => {
  expect(list.askOf(list.begun(false).choice)).toEqual({ which: null, owner: null, unit: null, round: null });
  expect(list.askOf(list.begun(false, true).choice)).toEqual({ which: "untold", owner: null, unit: "", round: null });
  expect(through(told(view("v")), { kind: "choose", choice: { which: "overdue" } }, { kind: "choose", choice: { owner: "of zhouqin" } }, where(""))[1]).toEqual([{ kind: "ask", turn: 3, ask: { which: "overdue", owner: "zhouqin", unit: "", round: null } }]);
  // Of another round, and back.
  expect(through(told(view("v")), { kind: "choose", choice: { round: "r3" } })[1]).toMatchObject([{ ask: { round: "r3" } }]);
});

test("of two lists chosen one after the other the last one is shown, whichever answer comes first", () => {
  const [model] = through(told(view("v")), where("a"), where("b"), { kind: "chosen", turn: 2, view: view("b") }, { kind: "chosen", turn: 1, view: view("a") });
  expect([model.view?.unit, model.stood.where]).toEqual(["b", "b"]);
  // News asked of the list before, and left behind on the way.
  expect(list.update(model, told(view("v")))[0].view?.unit).toBe("b");
});

test("a list that cannot be had leaves the one before, its choice and its page", () => {
  const [model] = through(told(view("v", 130)), { kind: "turn", by: 1 }, where("a"), { kind: "chosen", turn: 1, view: null });
  expect([model.view?.unit, model.choice.where, model.page]).toEqual(["v", list.STOP, 1]);
  // Two choices after one another, and neither can be had.
  const [twice] = through(told(view("v", 130)), { kind: "turn", by: 1 }, where("a"), where("b"), { kind: "chosen", turn: 2, view: null });
  expect([twice.choice.where, twice.page]).toEqual([list.STOP, 1]);
});

test("pages end where the list ends, also where it grew shorter meanwhile", () => {
  const [model, effects] = through(told(view("v", 130)), { kind: "turn", by: 1 }, { kind: "turn", by: 1 }, { kind: "turn", by: 1 });
  expect([model.page, list.pagesOf(model), effects]).toEqual([2, 3, [{ kind: "top" }]]);
  expect(list.update(model, told(view("v", 61)))[0].page).toBe(1);
  expect(list.update(model, { kind: "turn", by: -9 })[0].page).toBe(0);
  expect(list.update(model, told(view("v")))[0].page).toBe(0);
});

test("a held row is keyed; recorded, or put aside, it waits no longer, and twice pressed it is once", () => {
  const [model] = through(told(view("v")), { kind: "work", row: held("h") });
  expect([model.held?.id, model.isKeying]).toEqual(["h", true]);
  const [saved, effects] = list.update(model, { kind: "recorded" });
  expect([saved.held, effects]).toEqual([null, [{ kind: "drop", id: "h", told: true }]]);
  expect(list.update(saved, { kind: "drop", id: "h" })[1]).toEqual([]);
  expect(list.update(list.update(saved, { kind: "dropped", id: "h" })[0], { kind: "drop", id: "h" })[1]).toHaveLength(1);
  // Another one's: the row in hand stays.
  expect(list.update(model, { kind: "drop", id: "g" })[0].held?.id).toBe("h");
  expect(list.update(model, { kind: "drop", id: "h" })[0].held).toBeNull();
  // A row of no held one only has the list read again.
  expect(through({ kind: "key" }, { kind: "recorded" })[1]).toEqual([{ kind: "reload" }]);
});

test("one file at a time: a sheet, slips or a list that came back; the next once it is there", () => {
  const sheet: list.Event = { kind: "make", making: { what: "sheet", isWorkbook: true } };
  const [model, effects] = through(told(view("v")), sheet);
  expect(effects).toEqual([{ kind: "make", making: { what: "sheet", isWorkbook: true }, unit: "v", round: null }]);
  expect([list.update(model, sheet)[1], list.update(model, { kind: "make", making: { what: "slips" } })[1], list.update(model, { kind: "take" })[1]]).toEqual([[], [], []]);
  expect(list.update(list.update(model, { kind: "made" })[0], { kind: "take" })[1]).toEqual([{ kind: "take" }]);
  const back = { rows: 1, blank: 0, taken: 1, known: 0, held: 0 };
  expect(through({ kind: "take" }, { kind: "taken", back })[0]).toMatchObject({ isMaking: false, back });
});
