// The door: one try for one press, a refusal that is one's own, and the wait.
import { expect, test } from "vitest";
import type { Slot } from "../platform/api";
import * as unlock from "./unlock";

/** Runs events through the machine; the effects of the last one come back. */
function through(model: unlock.Model, ...events: unlock.Event[]): [unlock.Model, unlock.Effect[]] {
  let effects: unlock.Effect[] = [];
  for (const event of events) [model, effects] = unlock.update(model, event);
  return [model, effects];
}

const slot = (wait_s = 0): Slot => ({ slot: "s", account: "a", name: "某", wait_s });

test("alone, one is chosen at once; a wrong password empties the field and may cost seconds", () => {
  let [model, effects] = through(unlock.shut, { kind: "slots", slots: [slot()] }, { kind: "typed", password: "x" }, { kind: "enter" });
  expect(effects).toEqual([{ kind: "unlock", slot: "s", password: "x" }]);
  expect(through(model, { kind: "enter" })[1]).toEqual([]);
  [model] = through(model, { kind: "refused", code: "wrong_key", state: null });
  expect([model.phase, model.password, model.failure]).toEqual(["typing", "", "wrong_key"]);
  [model] = through(model, { kind: "refused", code: "wrong_key", state: { slots: [slot(2)] } as never });
  expect([model.phase, model.wait]).toEqual(["waiting", 2]);
  expect(through(model, { kind: "typed", password: "x" }, { kind: "enter" })[1]).toEqual([]);
  [model] = through(model, { kind: "second" }, { kind: "second" });
  expect(model.phase).toBe("typing");
});

const other: Slot = { slot: "o", account: "b", name: "某人", wait_s: 0 };
const BOTH: unlock.Event = { kind: "slots", slots: [slot(), other] };
const choose = (of: string): unlock.Event => ({ kind: "choose", slot: of });

test("of several somebody chooses themselves; nobody chosen, or nothing typed, is no try", () => {
  expect(through(unlock.shut, BOTH, { kind: "typed", password: "x" }, { kind: "enter" })).toMatchObject([{ phase: "choosing", password: "" }, []]);
  expect(through(unlock.shut, BOTH, choose("o"), { kind: "enter" })[1]).toEqual([]);
  expect(through(unlock.shut, BOTH, choose("z"))[0].phase).toBe("choosing");
});

test("somebody else after all: what was typed is gone, and so is what was wrong with it", () => {
  const [model] = through(unlock.shut, BOTH, choose("s"), { kind: "typed", password: "x" }, { kind: "enter" }, { kind: "refused", code: "wrong_key", state: null }, { kind: "typed", password: "y" }, { kind: "back" }, choose("o"));
  expect(model).toMatchObject({ slot: "o", password: "", failure: null, phase: "typing" });
});

test("a try under way is answered before anybody else is chosen: its refusal is nobody else's", () => {
  const [opening] = through(unlock.shut, BOTH, choose("s"), { kind: "typed", password: "x" }, { kind: "enter" });
  for (const event of [{ kind: "back" }, { kind: "typed", password: "y" }, { kind: "enter" }] as const) expect(unlock.update(opening, event)).toEqual([opening, []]);
});

test("a second that passes is of the wait alone", () => {
  const [typing] = through(unlock.shut, BOTH, choose("s"));
  expect(unlock.update(typing, { kind: "second" })).toEqual([typing, []]);
  // Chosen again while the wait runs, it goes on.
  expect(through(unlock.shut, { kind: "slots", slots: [slot(5), other] }, choose("s"))[0]).toMatchObject({ phase: "waiting", wait: 5 });
});

test("at the door: key files that went meanwhile leave nobody to choose, and a host that does not answer leaves everything", () => {
  const [opening] = through(unlock.shut, { kind: "slots", slots: [slot()] }, { kind: "typed", password: "x" }, { kind: "enter" });
  const refused = (state: object | null) => through(opening, { kind: "refused", code: "key_lost", state: state as never })[0];
  expect(refused({ slots: [] })).toEqual({ ...unlock.shut, failure: "key_lost" });
  expect(refused(null)).toMatchObject({ phase: "typing", slot: "s", failure: "key_lost" });
  expect(refused({ slots: [slot()] })).toMatchObject({ phase: "typing", slot: "s" });
});
