// Saying a unit's phone anew: twice pressed, gone on while it is recorded, refused, said by somebody else meanwhile.
import { expect, test } from "vitest";
import type { ContactRow, ContactsView } from "../platform/api";
import * as contacts from "./contacts";

const row = (unit: string, phone = "", doctor = "", account = ""): ContactRow => ({ unit, label: `村${unit}`, said: { phone, doctor, account } as ContactRow["said"], printed: phone, others: [] });
const view = (...rows: ContactRow[]): ContactsView => ({ may_set: true, rows, doctors: [] });
const VIEW = view(row("a", "1", "周琴", "zhouqin"), row("b", "2"));
function through(...events: contacts.Event[]): [contacts.Model, contacts.Effect[]] {
  let [model, effects]: [contacts.Model, contacts.Effect[]] = [contacts.closed, []];
  for (const event of [{ kind: "told", view: VIEW } as contacts.Event, ...events]) [model, effects] = contacts.update(model, event);
  return [model, effects];
}
const A: contacts.Event = { kind: "change", unit: "a" };
const phone = (text: string): contacts.Event => ({ kind: "phone", text });

test("a unit opens with what stands, and the first field takes the cursor; a second one opens only once that is closed", () => {
  const [model, effects] = through(A);
  expect([model.open, model.phone, model.doctor, effects]).toEqual(["a", "1", "zhouqin", [{ kind: "focus" }]]);
  expect(through(A, { kind: "change", unit: "b" })[0].open).toBe("a");
  expect(through(A, { kind: "cancel" }, { kind: "change", unit: "b" })[0]).toMatchObject({ open: "b", phone: "2", doctor: "" });
});

test("whoever only looks on opens nothing, and the key records nothing without an open unit", () => {
  expect(through({ kind: "told", view: { ...VIEW, may_set: false } }, A, { kind: "save" })).toMatchObject([{ open: "" }, []]);
  expect(through({ kind: "save" })[1]).toEqual([]);
});

test("pressed twice it is recorded once, as it was at the press", () => {
  const [model, effects] = through(A, phone(" 13900000000 "), { kind: "save" });
  expect(effects).toEqual([{ kind: "set", ask: { unit: "a", phone: "13900000000", doctor: "zhouqin" } }]);
  expect(contacts.update(model, { kind: "save" })[1]).toEqual([]);
  expect(contacts.update(model, { kind: "saved" })[0]).toMatchObject({ open: "", saving: null });
});

test("a refusal keeps what is typed, and the next press asks again", () => {
  const [model] = through(A, phone("请问村里"), { kind: "save" }, { kind: "failed" });
  expect(model).toMatchObject({ open: "a", phone: "请问村里", saving: null });
  expect(contacts.update(model, { kind: "save" })[1]).toHaveLength(1);
});

test("an answer that comes late closes no other unit, and nothing that was typed since", () => {
  const left = through(A, phone("3"), { kind: "save" }, { kind: "cancel" }, { kind: "change", unit: "b" }, phone("4"), { kind: "saved" });
  expect(left[0]).toMatchObject({ open: "b", phone: "4", saving: null });
  expect(through(A, phone("3"), { kind: "save" }, phone("34"), { kind: "saved" })[0]).toMatchObject({ open: "a", phone: "34" });
  // Control: nothing changed meanwhile.
  expect(through(A, phone("3"), { kind: "save" }, { kind: "saved" })[0].open).toBe("");
});

test("what somebody else said meanwhile is followed where nobody typed, and never written over", () => {
  const fresh: contacts.Event = { kind: "told", view: view(row("a", "7", "石悦", "shiyue"), row("b", "2")) };
  expect(through(A, fresh)[0]).toMatchObject({ phone: "7", doctor: "shiyue" });
  expect(through(A, phone("5"), fresh)[0]).toMatchObject({ phone: "5", doctor: "shiyue" });
  // The unit is no longer there: the key records nothing.
  expect(through(A, { kind: "told", view: view(row("b")) }, { kind: "save" })[1]).toEqual([]);
});

test("the list is looked through by name or by the beginning of the code", () => {
  expect(contacts.foundOf(through({ kind: "wanted", text: " 村b " })[0]).map((one) => one.unit)).toEqual(["b"]);
  expect(contacts.foundOf(through({ kind: "wanted", text: "a" })[0]).map((one) => one.unit)).toEqual(["a"]);
  expect(contacts.foundOf(through()[0])).toHaveLength(2);
});
