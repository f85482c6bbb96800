// A day's tubes counted: nothing half, nothing twice, nothing of one day written over another.
import { expect, test } from "vitest";
import type { HandoverDayRow, MissingTubeRow } from "../platform/api";
import * as arrivals from "./arrivals";

const day = (of: string, arrived_on = "", arrived: number | null = null) => ({ day: of, arrived_on, at: "", received_by: arrived_on === "" ? "" : "石悦", kinds: [{ kind: "serum", name: "", sent: 12, arrived }], missing: [] }) as unknown as HandoverDayRow;
const told = (...days: HandoverDayRow[]): arrivals.Event => ({ kind: "told", days, today: "2026-06-03" });
const type = (field: "received_by" | "missing" | "reason" | "on", text: string): arrivals.Event => ({ kind: "typed", field, text });
const count = (text: string): arrivals.Event => ({ kind: "count", tube: "serum", text });
const SAVE: arrivals.Event = { kind: "save" };
function through(...events: arrivals.Event[]): [arrivals.Model, arrivals.Effect[]] {
  let [model, effects]: [arrivals.Model, arrivals.Effect[]] = [arrivals.unseen, []];
  for (const event of events) [model, effects] = arrivals.update(model, event);
  return [model, effects];
}

test("the first day that is open comes up; all arrived is one press, and who took them is asked", () => {
  const [model, effects] = through(told(day("d1", "d2", 12), day("d2")), { kind: "all" }, SAVE);
  expect([model.chosen, model.isTried, effects]).toEqual(["d2", true, []]);
  const [, sent] = [type("received_by", " 石悦 "), type("missing", "T1，T2 T3"), SAVE].reduce<[arrivals.Model, arrivals.Effect[]]>(([at], event) => arrivals.update(at, event), [model, []]);
  expect(sent).toEqual([{ kind: "arrive", ask: { day: "d2", on: "2026-06-03", at: "", received_by: "石悦", counts: [{ kind: "serum", arrived: 12 }], missing: ["T1", "T2", "T3"], reason: "", is_withdrawal: false } }]);
});

test("a count that is none, or more than can be, is not sent", () => {
  for (const text of ["", "-1", "1.5", "10001", "十二"]) expect(through(told(day("d1")), type("received_by", "石悦"), count(text), SAVE)[1], text).toEqual([]);
  expect(through(told(day("d1")), type("received_by", "石悦"), count("0"), SAVE)[1]).toHaveLength(1);
});

test("what is recorded is put right with a reason, and without one it stays", () => {
  const change: arrivals.Event[] = [told(day("d1", "2026-06-02", 11)), { kind: "change", is: true }, count("12")];
  expect(through(...change, SAVE)[1]).toEqual([]);
  expect(through(...change, type("reason", "数错"), SAVE)[1]).toMatchObject([{ ask: { on: "2026-06-02", reason: "数错" } }]);
});

test("pressed twice it is recorded once; failed, what was typed stands", () => {
  const [model] = through(told(day("d1")), { kind: "all" }, type("received_by", "石悦"), SAVE);
  expect(arrivals.update(model, SAVE)[1]).toEqual([]);
  const [failed] = arrivals.update(model, { kind: "failed" });
  expect([failed.typed.received_by, arrivals.update(failed, SAVE)[1].length]).toEqual(["石悦", 1]);
});

test("news, and the answer of one day, write over nothing that is typed of another", () => {
  const days = [day("d1"), day("d2")];
  const [model] = through(told(...days), { kind: "all" }, type("received_by", "石悦"), SAVE, { kind: "choose", day: "d2" }, count("7"), told(...days), { kind: "saved", days: [day("d1", "2026-06-03", 12), day("d2")] });
  expect([model.chosen, model.typed.counts.serum, model.saving]).toEqual(["d2", "7", null]);
  // Control: nothing chosen meanwhile, it shows what is recorded now.
  expect(through(told(...days), { kind: "all" }, type("received_by", "石悦"), SAVE, { kind: "saved", days: [day("d1", "2026-06-03", 12), day("d2")] })[0]).toMatchObject({ chosen: "d1", isTried: false, typed: { on: "2026-06-03" } });
});

test("a tube is drawn again once, with a reason, and its question closes no other's", () => {
  const tube = (code: string, person: string | null = "p") => ({ code, person, name: "" }) as unknown as MissingTubeRow;
  const spoil = (of: MissingTubeRow, why = "没有到"): arrivals.Event => ({ kind: "spoil", tube: of, why });
  const REDRAW: arrivals.Event = { kind: "redraw" };
  expect(through(spoil(tube("T1"), " "), REDRAW)[1]).toEqual([]);
  expect(through(spoil(tube("T1", null)), REDRAW)[1]).toEqual([]);
  const [model, effects] = through(spoil(tube("T1")), REDRAW);
  expect(effects).toMatchObject([{ kind: "redraw", person: "p", reason: "没有到" }]);
  expect(arrivals.update(model, REDRAW)[1]).toEqual([]);
  expect(arrivals.update(model, { kind: "redrawn" })[0].spoiling).toBeNull();
  const [other] = [{ kind: "not_spoil" } as arrivals.Event, spoil(tube("T2")), { kind: "redrawn" } as arrivals.Event].reduce<[arrivals.Model, arrivals.Effect[]]>(([at], event) => arrivals.update(at, event), [model, []]);
  expect([other.spoiling?.code, other.saving]).toEqual(["T2", null]);
});
