// Correcting what is recorded: never without a reason, never twice, and what is told is of the value it was asked of.
import { expect, test } from "vitest";
import type { FailureCode, ValueCell } from "../platform/api";
import * as correct from "./correct";

/** Runs events through the machine; the effects of the last one come back. */
function through(model: correct.Model, ...events: correct.Event[]): [correct.Model, correct.Effect[]] {
  let effects: correct.Effect[] = [];
  for (const event of events) [model, effects] = correct.update(model, event);
  return [model, effects];
}

test("no correction without a reason or with the same value", () => {
  const begun = correct.begun("amend", "height", { text: "165" } as ValueCell, ["e1"]);
  expect(through(begun, { kind: "save", person: "p" })[0].stopped).toBe("text");
  const [model] = through(begun, { kind: "text", text: "156" }, { kind: "save", person: "p" });
  expect(model.stopped).toBe("reason");
  expect(through(model, { kind: "reason", reason: "录入错误" }, { kind: "save", person: "p" })[1]).toEqual([
    { kind: "amend", ask: { person: "p", item: "height", text: "156", reason: "录入错误", saw: ["e1"], confirmed: false } },
  ]);
});

test("a refusal is told in the question; an unusual value is asked about once, and another value anew", () => {
  const go = (model: correct.Model, ...events: correct.Event[]) => through(model, ...events);
  const save: correct.Event = { kind: "save", person: "p" };
  const refused = (code: FailureCode): correct.Event => ({ kind: "failed", failure: { code, trace: "t1" } });
  const [begun] = go(correct.begun("amend", "height", { text: "165" } as ValueCell, ["e1"]), { kind: "text", text: "95" }, { kind: "reason", reason: "录入错误" });
  const confirmed = (effects: correct.Effect[]) => effects.map((effect) => effect.ask.confirmed);
  const [saving, first] = go(begun, save);
  expect(confirmed(first)).toEqual([false]);
  const [asked] = go(saving, refused("value_unusual"));
  expect([asked.failure?.code, asked.phase, correct.isAsked(asked)]).toEqual(["value_unusual", "editing", true]);
  expect(confirmed(go(asked, save)[1])).toEqual([true]);
  // Another reason is of the same value; another value was not asked about, nor is one refused for something else.
  expect(confirmed(go(asked, { kind: "reason", reason: "复测" }, save)[1])).toEqual([true]);
  expect(confirmed(go(asked, { kind: "text", text: "96" }, save)[1])).toEqual([false]);
  const [moved] = go(saving, refused("result_moved"));
  expect([moved.failure, confirmed(go(moved, save)[1])]).toEqual([{ code: "result_moved", trace: "t1" }, [false]]);
});

const REASON: correct.Event = { kind: "reason", reason: "录入错误" };
const SAVE: correct.Event = { kind: "save", person: "p" };
const begun = (kind: correct.Model["kind"]) => correct.begun(kind, "height", { text: "165" } as ValueCell, ["e1", "e2"]);

test("pressed twice it is written once, as it was at the press", () => {
  const [saving, effects] = through(begun("amend"), { kind: "text", text: " 156 " }, REASON, SAVE);
  expect(effects).toMatchObject([{ kind: "amend", ask: { text: "156" } }]);
  expect(through(saving, { kind: "text", text: "157" }, SAVE)[1]).toEqual([]);
});

test("withdrawn and chosen need a reason and no other value; what was shown goes along", () => {
  for (const kind of ["void", "choose"] as const) {
    expect(through(begun(kind), SAVE)[0].stopped).toBe("reason");
    expect(through(begun(kind), { kind: "reason", reason: " " }, SAVE)[1]).toEqual([]);
    expect(through(begun(kind), REASON, SAVE)[1]).toMatchObject([{ kind, ask: { person: "p", item: "height", saw: ["e1", "e2"], confirmed: false } }]);
  }
  expect(begun("void").text).toBe("");
});

test("an emptied value is none: withdrawing is its own question", () => {
  expect(through(begun("amend"), { kind: "text", text: "  " }, REASON, SAVE)[0].stopped).toBe("text");
});
