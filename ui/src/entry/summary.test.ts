// A summary chosen, left for another, printed: what stands on the screen is what is said to stand there, and what is printed.
import { expect, test } from "vitest";
import type { SummaryView } from "../platform/api";
import * as summary from "./summary";

const view = (unit: string, ...headings: string[]) => ({ unit, kind: "village", rates: headings.map((heading, at) => ({ heading, name: String(at) })) }) as unknown as SummaryView;
const chosen = (turn: number, of: SummaryView | null): summary.Event => ({ kind: "chosen", turn, view: of });
function through(...events: summary.Event[]): [summary.Model, summary.Effect[]] {
  let [model, effects]: [summary.Model, summary.Effect[]] = [summary.unseen, []];
  for (const event of events) [model, effects] = summary.update(model, event);
  return [model, effects];
}
const OPEN: summary.Event[] = [{ kind: "opened" }, chosen(1, view("v"))];

test("another unit is asked from its first group on; the small numbers stay as chosen", () => {
  expect(through(...OPEN, { kind: "group", group: 2 })[1]).toMatchObject([{ choice: { group: 2 } }]);
  const [, effects] = through(...OPEN, { kind: "small" }, { kind: "group", group: 2 }, { kind: "unit", key: summary.keyOf("u", "school") });
  expect(effects).toEqual([{ kind: "ask", turn: 4, choice: { unit: "u", kind: "school", group: 0, showsSmall: true } }]);
  expect(summary.askOf(summary.unseen.choice)).toEqual({ unit: "", kind: "", group: 0, shows_small: false });
});

test("of two units chosen one after the other the last one stands there, whichever answer comes first", () => {
  const [model] = through(...OPEN, { kind: "unit", key: "a village" }, { kind: "unit", key: "b village" }, chosen(3, view("b")), chosen(2, view("a")));
  expect([model.view?.unit, model.stood.unit]).toEqual(["b", "b"]);
  expect(summary.update(model, { kind: "told", turn: 2, view: view("a") })[0].view?.unit).toBe("b");
});

test("numbers that cannot be had leave those that are there, and what they are of", () => {
  const [model] = through(...OPEN, { kind: "group", group: 1 }, chosen(2, null));
  expect([model.view?.unit, model.choice.group]).toEqual(["v", 0]);
});

test("printed is what stands on the screen, once for two presses, and nothing before there is anything", () => {
  const pdf: summary.Event = { kind: "make", isWorkbook: false };
  expect(through({ kind: "opened" }, pdf)[1]).toEqual([]);
  const [model, effects] = through(...OPEN, { kind: "small" }, pdf);
  expect(effects).toEqual([{ kind: "make", unit: "v", of: "village", showsSmall: false, isWorkbook: false }]);
  expect(summary.update(model, { kind: "make", isWorkbook: true })[1]).toEqual([]);
  expect(summary.update(summary.update(model, { kind: "made" })[0], pdf)[1]).toHaveLength(1);
  expect(through(...OPEN, { kind: "small" }, chosen(2, view("v")), pdf)[1]).toMatchObject([{ showsSmall: true }]);
});

test("rates stand under their headings in the host's order", () => {
  expect(summary.partsOf(through({ kind: "opened" }, chosen(1, view("v", "甲", "甲", "乙")))[0]).map((part) => [part.heading, part.rates.length])).toEqual([["甲", 2], ["乙", 1]]);
});
