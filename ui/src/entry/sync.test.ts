// Syncing and carrying: one at a time, and nothing said to be written before it is.
import { expect, test } from "vitest";
import type { SyncState } from "../platform/api";
import * as sync from "./sync";

const state = (of: Partial<SyncState>) => ({ phase: "idle", unsent: 0, attention: 0, conflicts: 0, ...of }) as SyncState;
function through(...events: sync.Event[]): [sync.Model, sync.Effect[]] {
  let [model, effects]: [sync.Model, sync.Effect[]] = [sync.idle, []];
  for (const event of events) [model, effects] = sync.update(model, event);
  return [model, effects];
}

test("pressed twice it syncs once; answered or failed, the next press syncs again", () => {
  expect(through({ kind: "now" })[1]).toEqual([{ kind: "sync" }]);
  expect(through({ kind: "now" }, { kind: "now" })[1]).toEqual([]);
  expect(through({ kind: "now" }, { kind: "asked" }, { kind: "now" })[1]).toEqual([{ kind: "sync" }]);
});

test("pressed twice it carries one file, and what the one before said goes at the press", () => {
  const [said] = through({ kind: "carry" }, { kind: "carried", sentence: "已写出 3 条" });
  expect([said.isCarrying, said.carried]).toEqual([false, "已写出 3 条"]);
  const [again, effects] = sync.update(said, { kind: "carry" });
  expect([again.carried, effects]).toEqual(["", [{ kind: "carry" }]]);
  expect(sync.update(again, { kind: "carry" })[1]).toEqual([]);
  // A disk that is full: nothing is said to be written, and it can be tried again.
  expect(through({ kind: "carry" }, { kind: "carried", sentence: "" }, { kind: "carry" })).toMatchObject([{ carried: "" }, [{ kind: "carry" }]]);
});

test("one does not wait for the other: a sync that hangs still lets a file be written", () => {
  expect(through({ kind: "now" }, { kind: "carry" })[1]).toEqual([{ kind: "carry" }]);
});

test("a file is what helps only at the device, without a network, while something is unsent", () => {
  const away = state({ phase: "offline", unsent: 2 });
  expect(sync.isAway(away, true)).toBe(true);
  expect([sync.isAway(away, false), sync.isAway(state({ phase: "offline" }), true), sync.isAway(state({ unsent: 2 }), true), sync.isAway(null, true)]).toEqual([false, false, false, false]);
});

test("what it looks like, and what needs somebody by its name", () => {
  expect([sync.kindOf(state({ phase: "failed" })), sync.kindOf(state({ unsent: 1 })), sync.kindOf(state({})), sync.kindOf(null)]).toEqual(["bad", "note", "good", "good"]);
  const need = (attention: number, conflicts: number) => sync.needOf(state({ attention, conflicts }));
  expect([need(0, 0), need(2, 2), need(2, 0), need(3, 1)]).toEqual(["none", "two", "held", "both"]);
});
