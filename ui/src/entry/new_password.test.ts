// A new password: twice the same, long enough, sent once, and gone from memory afterwards.
import { expect, test } from "vitest";
import * as password from "./new_password";

const type = (field: string, text: string): password.Event => ({ kind: "typed", field, text });
const GOOD = [type("code", "c1"), type("password", "mulong2026"), type("again", "mulong2026")];
const SEND: password.Event = { kind: "send" };
function through(...events: password.Event[]): [password.Model, password.Effect[]] {
  let [model, effects]: [password.Model, password.Effect[]] = [password.blank("code"), []];
  for (const event of events) [model, effects] = password.update(model, event);
  return [model, effects];
}

test("too short or not the same twice, nothing is sent and it is said; put right, it goes", () => {
  expect(through(SEND)).toMatchObject([{ problem: "short", isBusy: false }, []]);
  expect(through(...GOOD, type("again", "mulong2025"), SEND)).toMatchObject([{ problem: "differs" }, []]);
  expect(through(...GOOD, type("again", ""), SEND, type("again", "mulong2026"), SEND)).toMatchObject([{ problem: null, isBusy: true }, [{ fields: { code: "c1", password: "mulong2026" } }]]);
  expect(through(type("password", "123456789"), type("again", "123456789"), SEND)[0].problem).toBe("short");
});

test("pressed twice it is sent once, and without a network not at all", () => {
  expect(through(...GOOD, SEND, SEND)[1]).toEqual([]);
  expect(through(...GOOD, { kind: "send", isAway: true })).toMatchObject([{ isBusy: false }, []]);
});

test("refused, what was typed stands with the reason, and the next press sends again", () => {
  const [model] = through(...GOOD, SEND, { kind: "failed", code: "wrong_key" });
  expect([model.problem, model.fields.password]).toEqual([{ code: "wrong_key" }, "mulong2026"]);
  expect(password.update(model, SEND)[1]).toHaveLength(1);
});

test("done, no password stays in memory", () => {
  expect(through(...GOOD, SEND, { kind: "done" })[0]).toEqual(password.blank("code"));
});
