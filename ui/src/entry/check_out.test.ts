// Before somebody leaves: no key lets them go before it is known that they may.
import { expect, test } from "vitest";
import type { CheckOutView, PersonWhole } from "../platform/api";
import * as out from "./check_out";

const OWN = ["general", "bp"];
const view = (of: Partial<CheckOutView>) => ({ missing: [], open: [], is_unanswered: false, recheck: null, ...of }) as unknown as CheckOutView;
const missing = (...stations: string[]) => stations.map((station) => ({ station, items: ["x"] })) as CheckOutView["missing"];
const whole = (...current: number[]) => ({ items: current.map((n) => ({ current: Array(n) })) }) as unknown as PersonWhole;
const seen = (of: Partial<CheckOutView> | null, all: PersonWhole | null = null, asked = 1): out.Event => ({ kind: "seen", asked, view: of && view(of), whole: all, own: OWN });
const KEY: out.Event = { kind: "primary", own: OWN };
function through(...events: out.Event[]): [out.Model, out.Effect[]] {
  let [model, effects]: [out.Model, out.Effect[]] = [out.unseen, []];
  for (const event of [{ kind: "look" } as out.Event, ...events]) [model, effects] = out.update(model, event);
  return [model, effects];
}

test("before anything is known the key asks again, and lets nobody go", () => {
  expect(through(KEY)[1]).toEqual([{ kind: "ask", asked: 2 }]);
  expect(out.mayLeave(through()[0])).toBe(false);
  expect(through(seen(null), KEY)[1]).toEqual([{ kind: "ask", asked: 2 }]);
});

test("who has all may go, and the key goes on to the next; who lacks something is led to the first station here", () => {
  expect([out.mayLeave(through(seen({}))[0]), through(seen({}), KEY)[1]]).toEqual([true, [{ kind: "next" }]]);
  expect(through(seen({ missing: missing("ecg", "bp") }), KEY)[1]).toEqual([{ kind: "station", station: "bp" }]);
  // Only at other devices: nothing to be filled in here.
  expect([out.mayLeave(through(seen({ missing: missing("ecg") }))[0]), through(seen({ missing: missing("ecg") }), KEY)[1]]).toEqual([false, [{ kind: "next" }]]);
});

test("what is open comes before what is missing: the repeat here, who was told, two values", () => {
  const owed = (station: string) => ({ station, go: "" }) as CheckOutView["recheck"];
  expect(through(seen({ open: ["x"], recheck: owed("bp"), is_unanswered: true, missing: missing("general") }), KEY)[1]).toEqual([{ kind: "station", station: "bp" }]);
  expect(through(seen({ open: ["x"], recheck: owed("ecg"), is_unanswered: true }), KEY)[1]).toEqual([{ kind: "tell" }]);
  expect(through(seen({ open: ["x"] }, whole(1, 2)), KEY)[1]).toEqual([{ kind: "person" }]);
  expect(out.mayLeave(through(seen({ open: ["x"] }, whole(1)))[0])).toBe(false);
});

test("an answer that comes late says nothing of now: answered meanwhile, nobody is kept for it, nor let go by an older one", () => {
  const [model] = through({ kind: "look" }, seen({ open: ["x"], is_unanswered: true }, null, 2), seen({}, null, 1));
  expect(out.mayLeave(model)).toBe(false);
  expect(out.mayLeave(out.update(out.update(model, { kind: "look" })[0], seen({}, null, 3))[0])).toBe(true);
  // Asked again without an answer: what stood there stands.
  expect(out.update(out.update(model, { kind: "look" })[0], seen(null, null, 3))[0].view?.is_unanswered).toBe(true);
});
