// Registering somebody new: nobody twice, nobody for somebody else, nothing half.
import { expect, test } from "vitest";
import type { PersonRow, RegisterHints } from "../platform/api";
import { checkCharacter } from "./id_number";
import * as register from "./register";
import { NEW_PERSON } from "./who";

/** Runs events through the machine; the effects of the last one come back. */
function through(model: register.Model, ...events: register.Event[]): [register.Model, register.Effect[]] {
  let effects: register.Effect[] = [];
  for (const event of events) [model, effects] = register.update(model, event);
  return [model, effects];
}

const row = (person: string) => ({ person, name: person }) as PersonRow;
const first17 = "43139919540307402";
const ID = first17 + checkCharacter(first17);

test("the ID number fills birth date and sex, and is asked about", () => {
  const [model, effects] = through(register.blank(false, "", "u"), { kind: "typed", field: "id_number", text: ID });
  expect([model.ask.birth, model.ask.sex]).toEqual(["1954-03-07", "女"]);
  expect(effects).toMatchObject([{ kind: "draft" }, { kind: "check", asked: 1 }]);
});

test.each([
  [ID, { id_number: ID, name: "" }],
  ["龙秀英", { id_number: "", name: "龙秀英" }],
  ["13900001234", { phone: "13900001234", name: "" }],
])("what was looked for (%s) is taken over", (text, ask) => expect(register.blank(false, text, null).ask).toMatchObject(ask));

test("somebody alike stops saving until a person says otherwise; the word goes along", () => {
  const hints: RegisterHints = { birth: null, sex: null, age: null, problems: [], duplicates: [row("a")] };
  let [model, effects] = through(register.blank(false, "龙秀英", "u"), { kind: "typed", field: "phone", text: "1" }, { kind: "hints", asked: 1, hints }, { kind: "save" });
  expect([model.stopped, effects]).toEqual(["duplicates", [{ kind: "focus", field: "duplicates" }]]);
  [model, effects] = through(model, { kind: "sure" }, { kind: "save" });
  expect(effects).toMatchObject([{ kind: "register", ask: { is_new_for_sure: true } }]);
  expect(through(model, { kind: "save" })[1]).toEqual([]);
});

test("a problem of the fields as they were before stops nobody who has put them right since", () => {
  const hints: RegisterHints = { birth: null, sex: null, age: null, problems: [{ field: "name", code: "name_missing", text: "x", is_refusal: true }], duplicates: [] };
  const nameless = through(register.blank(false, "", "u"), { kind: "typed", field: "id_number", text: ID }, { kind: "hints", asked: 1, hints })[0];
  const named = through(nameless, { kind: "typed", field: "name", text: "龙秀英" })[0];
  expect(through(named, { kind: "save" })[1]).toMatchObject([{ kind: "register", ask: { name: "龙秀英" } }]);
  // The control: of the fields as they are it stops.
  const still = through(named, { kind: "hints", asked: 2, hints }, { kind: "save" })[0];
  expect(still.stopped).toBe("refused");
});

test("whoever is one of those shown is told with what was typed, and once; what would be refused only opens them", () => {
  const hints = (isRefusal: boolean): RegisterHints => ({ birth: null, sex: null, age: null, problems: isRefusal ? [{ field: "phone", code: "x", text: "x", is_refusal: true }] : [], duplicates: [row("a")] });
  const shown = (isRefusal: boolean) => through(register.blank(false, "龙秀英", "u"), { kind: "typed", field: "phone", text: "1" }, { kind: "hints", asked: 1, hints: hints(isRefusal) })[0];
  const [model, effects] = through(shown(false), { kind: "same", person: "a" });
  expect(effects).toMatchObject([{ kind: "register", ask: { same_as: "a", phone: "1", is_new_for_sure: false } }]);
  expect(through(model, { kind: "same", person: "a" })[1]).toEqual([]);
  expect(through(shown(true), { kind: "same", person: "a" })[1]).toEqual([{ kind: "open", person: "a" }]);
});

test("the same ID number is one person, masked or not; another's is only somebody alike", () => {
  const birth = "1954-03-07";
  const model = (id: string, own: string | null) => through(register.blank(false, "", "u"), { kind: "typed", field: "id_number", text: id }, { kind: "hints", asked: 1, hints: { birth: null, sex: null, age: null, problems: [], duplicates: [{ ...row("a"), birth, id_number: own }] } })[0];
  expect(register.sameNumber(model(ID, ID))?.person).toBe("a");
  expect(register.sameNumber(model(ID, `${ID.slice(0, 6)}********${ID.slice(14)}`))?.person).toBe("a");
  expect(register.sameNumber(model(ID, `${ID.slice(0, 6)}********${ID.slice(14, 17)}?`))).toBeNull();
  expect(register.sameNumber(model(ID, null))).toBeNull();
  expect(register.sameNumber(model(ID.slice(0, 10), ID))).toBeNull();
});

test("what was typed is kept as it stands and comes back whole; an empty form is no draft", () => {
  const typed = through(register.blank(true, "", "u"), { kind: "typed", field: "id_number", text: ID }, { kind: "typed", field: "name", text: "龙秀英" }, { kind: "typed", field: "home_unit", text: "" }, { kind: "typed", field: "home_text", text: "邵东" });
  const kept = typed[1].find((one) => one.kind === "draft");
  if (kept?.kind !== "draft") throw new Error("no draft");
  const draft = { person: "t1", station: NEW_PERSON, values: kept.values, focus: null, at: "", name: "", saw: [], other_stop: "" };
  const [back, effects] = through(register.blank(false, "", "other"), { kind: "taken", draft });
  expect(back.ask).toEqual(typed[0].ask);
  expect(effects).toMatchObject([{ kind: "check", ask: { id_number: ID } }]);
  // The control: what is typed before it has come is newer.
  const newer = through(register.blank(false, "", "u"), { kind: "typed", field: "name", text: "王五" }, { kind: "taken", draft })[0];
  expect(newer.ask).toMatchObject({ name: "王五", id_number: "" });
  expect(through(typed[0], ...(["id_number", "name", "sex", "birth", "home_text"] as const).map((field) => ({ kind: "typed" as const, field, text: "" })))[1]).toEqual([{ kind: "draft", values: [] }]);
});

test("another name afterwards is not for sure any more", () => {
  const [model] = through(register.blank(false, "龙秀英", "u"), { kind: "sure" }, { kind: "typed", field: "name", text: "龙秀莲" });
  expect(model.isSure).toBe(false);
});

test("without a name, or with a refusal, nothing is sent", () => {
  expect(through(register.blank(false, "", "u"), { kind: "save" })[1]).toEqual([{ kind: "focus", field: "name" }]);
  const hints: RegisterHints = { birth: null, sex: null, age: null, problems: [{ field: "id_number", code: "x", text: "x", is_refusal: true }], duplicates: [] };
  const [, effects] = through(register.blank(false, "某人", "u"), { kind: "typed", field: "phone", text: "" }, { kind: "hints", asked: 1, hints }, { kind: "save" });
  expect(effects).toEqual([{ kind: "focus", field: "id_number" }]);
});

const NAMED = () => register.blank(false, "龙秀英", "u");
const type = (field: register.Field, text: string): register.Event => ({ kind: "typed", field, text });

test("pressed twice it is registered once; failed, everything typed stands and the next press sends it again", () => {
  const [model, effects] = through(NAMED(), { kind: "save" });
  expect(effects).toHaveLength(1);
  expect(register.update(model, { kind: "save" })[1]).toEqual([]);
  const [failed] = register.update(model, { kind: "failed" });
  expect([failed.phase, failed.stopped, failed.ask.name, register.update(failed, { kind: "save" })[1].length]).toEqual(["editing", "failed", "龙秀英", 1]);
});

test("what is typed, or read from the next person's card, while one is being registered changes nothing of them", () => {
  const [saving] = through(NAMED(), { kind: "save" });
  const card: register.Event = { kind: "card", name: "彭玉兰", id_number: ID, sex: "女", birth: "1954-03-07", address: "" };
  for (const event of [type("name", "彭玉兰"), card] as const) expect(register.update(saving, event)).toEqual([saving, []]);
  expect(through(NAMED(), card)[0].ask).toMatchObject({ name: "彭玉兰", id_number: ID });
});

test("hints that come late are of the fields as they were, and a card clears what was said of the one before", () => {
  const alike: RegisterHints = { birth: null, sex: null, age: null, problems: [], duplicates: [row("a")] };
  const [model] = through(NAMED(), type("phone", "1"), type("name", "彭玉兰"), { kind: "hints", asked: 1, hints: alike });
  expect(register.duplicatesOf(model)).toEqual([]);
  expect(through(NAMED(), { kind: "sure" }, { kind: "card", name: "彭玉兰", id_number: ID, sex: "", birth: "", address: "" })[0].isSure).toBe(false);
});
