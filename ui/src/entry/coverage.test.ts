// Whom to call: of two groups the one pressed last, under its own name.
import { expect, test } from "vitest";
import type { CoverageView } from "../platform/api";
import * as coverage from "./coverage";

const row = (listed: number, examined: number) => ({ listed, examined, complete: 1, missing: listed - examined, no_consent: 0 });
const view = (who: string) => ({ rows: [row(3, 1), row(2, 2)], missing: [{ person: who }] }) as unknown as CoverageView;
const group = (name: string): coverage.Group => ({ grade: null, group: name });
const choose = (name: string): coverage.Event => ({ kind: "choose", group: group(name) });
const chosen = (turn: number, name: string, of: CoverageView | null): coverage.Event => ({ kind: "chosen", turn, group: group(name), view: of });
function through(...events: coverage.Event[]): [coverage.Model, coverage.Effect[]] {
  let [model, effects]: [coverage.Model, coverage.Effect[]] = [coverage.unseen, []];
  for (const event of events) [model, effects] = coverage.update(model, event);
  return [model, effects];
}

test("the stop is asked first, without a list; a group with its own", () => {
  expect(through({ kind: "opened" })[1]).toEqual([{ kind: "ask", turn: 1, group: null }]);
  expect([coverage.askOf(null), coverage.askOf(group("一组"))]).toEqual([{ grade: null, group: null, list: false }, { grade: null, group: "一组", list: true }]);
});

test("of two groups pressed one after the other the last one's list stands under its own name, whichever answer comes first", () => {
  const [model] = through(choose("一组"), choose("二组"), chosen(2, "二组", view("b")), chosen(1, "一组", view("a")));
  expect([model.chosen, model.view?.missing[0]?.person]).toEqual([group("二组"), "b"]);
  // News asked of the list before, and left behind on the way.
  expect(coverage.update(model, { kind: "told", turn: 1, view: view("a") })[0].view?.missing[0]?.person).toBe("b");
  expect(coverage.update(model, { kind: "told", turn: 2, view: view("c") })[0].view?.missing[0]?.person).toBe("c");
});

test("a list that cannot be had leaves the one that is there, and its name", () => {
  const [model] = through(choose("一组"), chosen(1, "一组", view("a")), choose("二组"), chosen(2, "二组", null));
  expect([model.chosen, model.view?.missing[0]?.person]).toEqual([group("一组"), "a"]);
});

test("all groups are summed, and a share is never rounded up to everybody", () => {
  expect(coverage.sumOf(through(choose("一组"), chosen(1, "一组", view("a")))[0])).toEqual({ listed: 5, examined: 3, complete: 2, missing: 2, no_consent: 0 });
  expect([coverage.share(999, 1000), coverage.share(3, 3), coverage.share(0, 0)]).toEqual(["99%", "100%", "—"]);
});
