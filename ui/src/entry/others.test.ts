// The smaller machines: finding, registering, the door, the day, a class, correcting, a form's rows, a trend, two digits;
// and what a failed call comes to.
import { afterEach, expect, test, vi } from "vitest";
import type { ClassRow, DayView, FailureCode, PersonRow, PersonWhole, RegisterHints, Slot, ValueCell } from "../platform/api";
import { app, attach, call } from "../app";
import { Failure } from "../platform/platform";
import { checkCharacter } from "./id_number";
import * as classList from "./class_list";
import * as correct from "./correct";
import * as day from "./day";
import * as find from "./find";
import { dueDay, newestFirst, ofLastRound } from "./findings";
import { digitsOf, pairLabel, rowsOf } from "./questions";
import * as register from "./register";
import { points } from "./trend";
import { FRESH, pressed } from "./two_digits";
import * as unlock from "./unlock";

/** Runs events through a machine; the effects of the last one come back. */
function through<M, V, F>(update: (model: M, event: V) => [M, F[]], model: M, ...events: V[]): [M, F[]] {
  let effects: F[] = [];
  for (const event of events) [model, effects] = update(model, event);
  return [model, effects];
}

const row = (person: string) => ({ person, name: person }) as PersonRow;
const first17 = "43139919540307402";
const ID = first17 + checkCharacter(first17);

test("find: typing asks, an old answer is ignored, Enter opens the chosen row", () => {
  const rows = [row("a"), row("b")];
  let [model, effects] = through(find.update, find.nothing, { kind: "typed", text: "龙" }, { kind: "typed", text: "龙秀" });
  expect(effects).toEqual([{ kind: "find", asked: 2, text: "龙秀", atOnce: false }]);
  [model] = through(find.update, model, { kind: "found", asked: 1, found: { rows: [row("z")], exact: true, more: false } });
  expect(model.rows).toEqual([]);
  [model, effects] = through(find.update, model, { kind: "found", asked: 2, found: { rows, exact: false, more: false } });
  expect(effects).toEqual([]);
  expect(through(find.update, model, { kind: "move", by: 1 }, { kind: "move", by: 1 }, { kind: "enter" })[1]).toEqual([{ kind: "open", person: "b" }]);
});

test.each([
  ["one person", [row("a")], false, [{ kind: "open", person: "a" }]],
  ["beyond doubt among several", [row("a"), row("b")], true, [{ kind: "open", person: "a" }]],
  ["several", [row("a"), row("b")], false, []],
  ["nobody", [], false, []],
])("find: a scan that means %s", (_, rows, exact, opens) => {
  const [model, effects] = through(find.update, find.nothing, { kind: "scanned", code: ID }, { kind: "found", asked: 1, found: { rows, exact, more: false } });
  expect([effects, find.isNobody(model)]).toEqual([opens, rows.length === 0]);
});

test("find: Enter before the answer opens when it comes", () => {
  const [, effects] = through(find.update, find.nothing, { kind: "typed", text: "4023" }, { kind: "enter" }, { kind: "found", asked: 1, found: { rows: [row("a")], exact: false, more: false } });
  expect(effects).toEqual([{ kind: "open", person: "a" }]);
});

test("register: the ID number fills birth date and sex, and is asked about", () => {
  const [model, effects] = through(register.update, register.blank(false, "", "u"), { kind: "typed", field: "id_number", text: ID });
  expect([model.ask.birth, model.ask.sex]).toEqual(["1954-03-07", "女"]);
  expect(effects).toMatchObject([{ kind: "check", asked: 1 }]);
});

test.each([
  [ID, { id_number: ID, name: "" }],
  ["龙秀英", { id_number: "", name: "龙秀英" }],
  ["13900001234", { phone: "13900001234", name: "" }],
])("register: what was looked for (%s) is taken over", (text, ask) => expect(register.blank(false, text, null).ask).toMatchObject(ask));

test("register: somebody alike stops saving until a person says otherwise; the word goes along", () => {
  const hints: RegisterHints = { birth: null, sex: null, age: null, problems: [], duplicates: [row("a")] };
  let [model, effects] = through(register.update, register.blank(false, "龙秀英", "u"), { kind: "typed", field: "phone", text: "1" }, { kind: "hints", asked: 1, hints }, { kind: "save" });
  expect([model.stopped, effects]).toEqual(["duplicates", [{ kind: "focus", field: "duplicates" }]]);
  [model, effects] = through(register.update, model, { kind: "sure" }, { kind: "save" });
  expect(effects).toMatchObject([{ kind: "register", ask: { is_new_for_sure: true } }]);
  expect(through(register.update, model, { kind: "save" })[1]).toEqual([]);
});

test("register: a problem of the fields as they were before stops nobody who has put them right since", () => {
  const hints: RegisterHints = { birth: null, sex: null, age: null, problems: [{ field: "name", code: "name_missing", text: "x", is_refusal: true }], duplicates: [] };
  const nameless = through(register.update, register.blank(false, "", "u"), { kind: "typed", field: "id_number", text: ID }, { kind: "hints", asked: 1, hints })[0];
  const named = through(register.update, nameless, { kind: "typed", field: "name", text: "龙秀英" })[0];
  expect(through(register.update, named, { kind: "save" })[1]).toMatchObject([{ kind: "register", ask: { name: "龙秀英" } }]);
  // The control: of the fields as they are it stops.
  const still = through(register.update, named, { kind: "hints", asked: 2, hints }, { kind: "save" })[0];
  expect(still.stopped).toBe("refused");
});

test("register: whoever is one of those shown is told with what was typed, and once; what would be refused only opens them", () => {
  const hints = (isRefusal: boolean): RegisterHints => ({ birth: null, sex: null, age: null, problems: isRefusal ? [{ field: "phone", code: "x", text: "x", is_refusal: true }] : [], duplicates: [row("a")] });
  const shown = (isRefusal: boolean) => through(register.update, register.blank(false, "龙秀英", "u"), { kind: "typed", field: "phone", text: "1" }, { kind: "hints", asked: 1, hints: hints(isRefusal) })[0];
  const [model, effects] = through(register.update, shown(false), { kind: "same", person: "a" });
  expect(effects).toMatchObject([{ kind: "register", ask: { same_as: "a", phone: "1", is_new_for_sure: false } }]);
  expect(through(register.update, model, { kind: "same", person: "a" })[1]).toEqual([]);
  expect(through(register.update, shown(true), { kind: "same", person: "a" })[1]).toEqual([{ kind: "open", person: "a" }]);
});

test("register: the same ID number is one person, masked or not; another's is only somebody alike", () => {
  const birth = "1954-03-07";
  const model = (id: string, own: string | null) => through(register.update, register.blank(false, "", "u"), { kind: "typed", field: "id_number", text: id }, { kind: "hints", asked: 1, hints: { birth: null, sex: null, age: null, problems: [], duplicates: [{ ...row("a"), birth, id_number: own }] } })[0];
  expect(register.sameNumber(model(ID, ID))?.person).toBe("a");
  expect(register.sameNumber(model(ID, `${ID.slice(0, 6)}********${ID.slice(14)}`))?.person).toBe("a");
  expect(register.sameNumber(model(ID, `${ID.slice(0, 6)}********${ID.slice(14, 17)}?`))).toBeNull();
  expect(register.sameNumber(model(ID, null))).toBeNull();
  expect(register.sameNumber(model(ID.slice(0, 10), ID))).toBeNull();
});

test("register: another name afterwards is not for sure any more", () => {
  const [model] = through(register.update, register.blank(false, "龙秀英", "u"), { kind: "sure" }, { kind: "typed", field: "name", text: "龙秀莲" });
  expect(model.isSure).toBe(false);
});

test("register: without a name, or with a refusal, nothing is sent", () => {
  expect(through(register.update, register.blank(false, "", "u"), { kind: "save" })[1]).toEqual([{ kind: "focus", field: "name" }]);
  const hints: RegisterHints = { birth: null, sex: null, age: null, problems: [{ field: "id_number", code: "x", text: "x", is_refusal: true }], duplicates: [] };
  const [, effects] = through(register.update, register.blank(false, "某人", "u"), { kind: "typed", field: "phone", text: "" }, { kind: "hints", asked: 1, hints }, { kind: "save" });
  expect(effects).toEqual([{ kind: "focus", field: "id_number" }]);
});

const slot = (wait_s = 0): Slot => ({ slot: "s", account: "a", name: "某", wait_s });

test("door: alone, one is chosen at once; a wrong password empties the field and may cost seconds", () => {
  let [model, effects] = through(unlock.update, unlock.shut, { kind: "slots", slots: [slot()] }, { kind: "typed", password: "x" }, { kind: "enter" });
  expect(effects).toEqual([{ kind: "unlock", slot: "s", password: "x" }]);
  expect(through(unlock.update, model, { kind: "enter" })[1]).toEqual([]);
  [model] = through(unlock.update, model, { kind: "refused", code: "wrong_key", state: null });
  expect([model.phase, model.password, model.failure]).toEqual(["typing", "", "wrong_key"]);
  [model] = through(unlock.update, model, { kind: "refused", code: "wrong_key", state: { slots: [slot(2)] } as never });
  expect([model.phase, model.wait]).toEqual(["waiting", 2]);
  expect(through(unlock.update, model, { kind: "typed", password: "x" }, { kind: "enter" })[1]).toEqual([]);
  [model] = through(unlock.update, model, { kind: "second" }, { kind: "second" });
  expect(model.phase).toBe("typing");
});

const VIEW: DayView = { choice: null, proposal: null, rounds: [{ round: "r4", name: "四", from: "2026-03-01", to: "2026-06-30" }], units: [], examiners: [], given: null, names: [] };

test("day: nothing goes on before round, stop, day and a station are there; the order of stations is the catalogue's", () => {
  const order = ["a", "b"];
  let [model] = through(day.update, day.unknown, { kind: "opened", view: VIEW });
  expect(day.missing(model)).toEqual(["unit", "day", "stations"]);
  expect(through(day.update, model, { kind: "confirm" })[1]).toEqual([]);
  [model] = through<day.Model, day.Event, day.Effect>(day.update, model, { kind: "unit", unit: "u" }, { kind: "day", text: "20260418" }, { kind: "station", station: "b", is: true, order }, { kind: "station", station: "a", is: true, order }, { kind: "examiner", station: "a", examiner: "e" });
  expect(through(day.update, model, { kind: "confirm" })[1]).toEqual([
    { kind: "set", choice: { round: "r4", unit: "u", day: "2026-04-18", stations: [{ station: "a", examiner: "e" }, { station: "b", examiner: null }], line: [] } },
  ]);
  expect(day.isOutsideRound(through(day.update, model, { kind: "day", text: "20260801" })[0])).toBe(true);
});

test("day: what the first sync brings is there, whatever was touched before, and what was chosen stays", () => {
  let [model] = through(day.update, day.unknown, { kind: "opened", view: { ...VIEW, rounds: [] } });
  [model] = through<day.Model, day.Event, day.Effect>(day.update, model, { kind: "station", station: "b", is: true, order: ["a", "b"] }, { kind: "told", view: VIEW });
  expect([model.rounds.length, model.choice.round, model.choice.stations]).toEqual([1, "r4", [{ station: "b", examiner: null }]]);
});

const classRow = (person: string, is_done: boolean): ClassRow => ({ row: row(person), values: [is_done ? ({ text: "1" } as ValueCell) : null], open: is_done ? [] : ["height", "beyond_the_columns"], is_done, recheck: null, consent: "", has_draft: false });
const CLASS = { classes: [], columns: [], rows: [classRow("a", true), classRow("b", false), classRow("c", false)] };
const key = (one: string): classList.Event => ({ kind: "key", key: one, station: "general", saveId: "id" });

test("class: a long list is drawn around the cursor, a turn leads to the first row not drawn, and no row is left out", () => {
  expect(classList.drawn(7, 3)).toEqual({ from: 0, to: 7 });
  const seen = new Set<number>();
  for (let at = 0; at < 300; at += 1) {
    const { from, to } = classList.drawn(300, at);
    expect(to - from).toBeLessThanOrEqual(60);
    expect(at - from >= Math.min(at, 20) && to - at >= Math.min(300 - at, 20)).toBe(true);
    seen.add(from).add(to);
  }
  expect([...seen].sort((a, b) => a - b).at(-1)).toBe(300);
  const rows = Array.from({ length: 300 }, (_, at) => ({ ...CLASS.rows[0], row: row(`p${at}`), is_done: false }) as ClassRow);
  let [model] = through(classList.update, classList.empty, { kind: "rows", rows: { ...CLASS, rows } });
  for (const [by, at] of [[1, 40], [1, 80], [-1, 59], [-1, 19], [-1, 0]] as const) {
    [model] = through(classList.update, model, { kind: "turn", by });
    expect(model.at).toBe(at);
  }
  for (let turn = 0; turn < 20; turn += 1) [model] = through(classList.update, model, { kind: "turn", by: 1 });
  expect(model.at).toBe(299);
});

test("class: it opens at the first not done; one key asks, the same key again saves, then the next", () => {
  let [model, effects] = through(classList.update, classList.empty, { kind: "rows", rows: CLASS });
  expect(model.at).toBe(1);
  [model, effects] = through(classList.update, model, key("w"));
  expect([effects, model.asking]).toEqual([[], { person: "b", reason: "not_measured" }]);
  [model, effects] = through(classList.update, model, key("w"));
  expect(effects).toMatchObject([{ kind: "save", ask: { person: "b", values: [{ item: "height", absent: "not_measured" }, { item: "beyond_the_columns", absent: "not_measured" }], save_id: "id" } }]);
  expect(through(classList.update, model, key("w"))[1]).toEqual([]);
  [model, effects] = through(classList.update, model, { kind: "saved", person: "b" });
  expect([model.at, effects]).toEqual([2, [{ kind: "reload" }, { kind: "show", person: "c" }]]);
});

test("class: whoever owes a repeat is shown among the open ones, and comes up when all others are done", () => {
  const owing = { ...classRow("b", true), recheck: "静坐后复测" };
  const rows = (last: boolean) => ({ classes: [], columns: [], rows: [classRow("a", true), owing, classRow("c", last)] });
  const walked = (last: boolean) => through(classList.update, classList.empty, { kind: "rows", rows: rows(last) })[0];
  expect([walked(false).at, walked(true).at]).toEqual([2, 1]);
  expect(classList.shown({ ...walked(false), onlyOpen: true }).map((one) => one.row.person)).toEqual(["b", "c"]);
});

test("class: an absence of somebody with a form typed and not saved opens that form and saves nothing", () => {
  const drafted = { ...CLASS, rows: [classRow("a", true), { ...classRow("b", false), has_draft: true }, classRow("c", false)] };
  const walk = (rows: typeof CLASS) => through<classList.Model, classList.Event, classList.Effect>(classList.update, classList.empty, { kind: "rows", rows }, key("w"), key("w"));
  expect(walk(drafted)[1]).toEqual([{ kind: "open", person: "b" }]);
  expect(walk(drafted)[0].saving).toBe(null);
  const pressed: classList.Event = { kind: "absent", person: "b", reason: "unable", station: "general", saveId: "id" };
  expect(through<classList.Model, classList.Event, classList.Effect>(classList.update, walk(drafted)[0], pressed)[1]).toEqual([{ kind: "open", person: "b" }]);
  // Control: without a draft the second press saves.
  expect(walk(CLASS)[1].map((effect) => effect.kind)).toEqual(["save"]);
});

test("class: another pupil or another key is asked anew; what is done is not touched", () => {
  const [model] = through<classList.Model, classList.Event, classList.Effect>(classList.update, classList.empty, { kind: "rows", rows: CLASS }, key("w"), { kind: "move", by: 1 });
  expect(model.asking).toBeNull();
  expect(through<classList.Model, classList.Event, classList.Effect>(classList.update, model, { kind: "select", person: "a" }, key("j"), key("j"))[1]).toEqual([]);
});

test("class: an absence is said only of what still has no value when it is saved", () => {
  const [, effects] = through(classList.update, classList.empty, { kind: "rows", rows: CLASS }, key("w"), key("w"));
  const ask = effects[0]?.kind === "save" ? effects[0].ask : null;
  const of = (item: string, current: unknown[]) => ({ item, current }) as never;
  expect(ask && classList.stillOpen(ask, { items: [of("height", [{ text: "131" }]), of("beyond_the_columns", [])] }).map((one) => one.item)).toEqual(["beyond_the_columns"]);
  expect(ask && classList.stillOpen(ask, { items: [of("height", [])] }).map((one) => one.item)).toEqual(["height"]);
});

test("correct: no correction without a reason or with the same value", () => {
  const begun = correct.begun("amend", "height", { text: "165" } as ValueCell, ["e1"]);
  expect(through(correct.update, begun, { kind: "save", person: "p" })[0].stopped).toBe("text");
  const [model] = through<correct.Model, correct.Event, correct.Effect>(correct.update, begun, { kind: "text", text: "156" }, { kind: "save", person: "p" });
  expect(model.stopped).toBe("reason");
  expect(through<correct.Model, correct.Event, correct.Effect>(correct.update, model, { kind: "reason", reason: "录入错误" }, { kind: "save", person: "p" })[1]).toEqual([
    { kind: "amend", ask: { person: "p", item: "height", text: "156", reason: "录入错误", saw: ["e1"], confirmed: false } },
  ]);
});

test("correct: a refusal is told in the question; an unusual value is asked about once, and another value anew", () => {
  const go = (model: correct.Model, ...events: correct.Event[]) => through<correct.Model, correct.Event, correct.Effect>(correct.update, model, ...events);
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

test.each([
  ["收缩压（第一次）", "舒张压（第一次）", "收缩压 / 舒张压（第一次）"],
  ["裸眼视力（右）", "裸眼视力（左）", "裸眼视力（右 / 左）"],
  ["左", "右", "左 / 右"],
])("a pair of %s and %s is called %s", (a, b, label) => expect(pairLabel(a, b)).toBe(label));

test.each([
  [["阴性", "±", "1+", "2+", "3+", "4+"], ["0", "5", "1", "2", "3", "4"]],
  [["阴性", "阳性"], ["1", "2"]],
  [["阴性", "阳性", "强阳性"], ["1", "2", "3"]],
  [["是", "否", "不详"], ["1", "2", "3"]],
  [["1 次", "2+次"], ["1", "2"]],
  [Array.from({ length: 10 }, (_, at) => `第 ${at}`), ["1", "2", "3", "4", "5", "6", "7", "8", "9", ""]],
])("the choices %j have the digits %j", (words, digits) => expect(digitsOf(words)).toEqual(digits));

test("findings: the newest round first, then the gravest; of the last round A and B are told before measuring", () => {
  const cell = (round: string, day: string) => ({ round, day }) as ValueCell;
  const found = (level: string, round: string) => ({ level, round, text: level + round });
  const whole = { items: [{ item: "x", current: [], ever: [cell("one", "2024-04-01"), cell("two", "2025-04-01"), cell("three", "2026-04-01")] }], findings: [found("B", "one"), found("C", "two"), found("B", "two"), found("A", "two"), found("B", "three")] } as unknown as PersonWhole;
  expect(newestFirst(whole).map((one) => one.text)).toEqual(["Bthree", "Atwo", "Btwo", "Ctwo", "Bone"]);
  expect(ofLastRound(whole, "three").map((one) => one.text)).toEqual(["Atwo", "Btwo"]);
  expect(ofLastRound(whole, "four").map((one) => one.text)).toEqual(["Bthree"]);
});

test("findings: the last day to follow up is counted from the day it was found; without either there is none", () => {
  const cell = (round: string, day: string | null) => ({ round, day }) as ValueCell;
  const whole = { items: [{ item: "x", current: [], ever: [cell("one", "2025-12-20"), cell("two", null)] }], findings: [] } as unknown as PersonWhole;
  const due = (round: string, due_days: number | null) => dueDay(whole, { item: "x", round, due_days } as never);
  expect(due("one", 28)).toBe("2026-01-17");
  expect(due("one", null)).toBeNull();
  expect(due("two", 28)).toBeNull();
  expect(due("three", 28)).toBeNull();
});

test("a pair stands on one line only where its second comes next", () => {
  const item = (key: string, pair: string | null) => ({ item: key, name: key, kind: "number", pair }) as never;
  expect(rowsOf([item("a", "b"), item("b", null), item("c", "z"), item("d", null)]).map((one) => one.items.length)).toEqual([2, 1, 1]);
});

test("a trend leaves out what is no number and stands still for one value", () => {
  expect(points([{ text: "128", label: "1" }, { text: "", label: "2" }, { text: "146", label: "3" }]).map((point) => [point.x, point.y])).toEqual([[4, 28], [96, 4]]);
  const [before, after] = points([{ text: "158.0", label: "1" }, { text: "157.8", label: "2" }]);
  expect(Math.abs((after?.y ?? 0) - (before?.y ?? 0))).toBeLessThan(1);
  expect(points([{ text: "5", label: "1" }])).toEqual([{ x: 50, y: 16, text: "5", label: "1" }]);
});

test.each<[string, string[], number, (number | null)[], string]>([
  ["nine choices take one digit", ["1", "9", "0"], 9, [0, 8, null], ""],
  ["more take two", ["1", "2"], 12, [null, 11], ""],
  ["a leading nought", ["0", "3"], 12, [null, 2], ""],
  ["a number with no choice chooses nothing", ["9", "9"], 12, [null, null], ""],
  ["the first waits", ["1"], 12, [null], "1"],
  ["Tab forgets it", ["1", "Tab", "2"], 12, [null, null, null], "2"],
  ["an arrow forgets it", ["1", "ArrowRight", "2"], 12, [null, null, null], "2"],
  ["a letter forgets it", ["1", "j"], 12, [null, null], ""],
])("several choices: %s", (_, keys, choices, places, left) => {
  let now = FRESH;
  const at = keys.map((key) => (now = pressed(now.begun, key, choices)).at);
  expect([at, now.begun]).toEqual([places, left]);
});

afterEach(() => vi.unstubAllGlobals());

test.each(["request_too_large", "storage_failed", "app_locked"] as const)("a draft that is refused with %s says just that, and only a lock leads to the door", async (code) => {
  const place = { hash: "#/form", reload: vi.fn() };
  vi.stubGlobal("location", place);
  attach({ call: () => Promise.reject(new Failure(code, "t1")), saveFile: () => Promise.resolve(false) });
  app.state = { phase: "open" } as typeof app.state;
  await call("draft_put", { person: "p", station: "s", values: [], focus: null, at: "", name: "", saw: [], other_stop: "" });
  expect(app.failure).toEqual({ code, trace: "t1", of: "draft_put" });
  expect([place.reload.mock.calls.length, place.hash]).toEqual(code === "app_locked" ? [1, ""] : [0, "#/form"]);
});

test("at the door: key files that went meanwhile leave nobody to choose, and a host that does not answer leaves everything", () => {
  const slot = { slot: "s", account: "a", name: "n", wait_s: 0 };
  const [opening] = through(unlock.update, unlock.shut, { kind: "slots", slots: [slot] }, { kind: "typed", password: "x" }, { kind: "enter" });
  const refused = (state: object | null) => through(unlock.update, opening, { kind: "refused", code: "key_lost", state: state as never })[0];
  expect(refused({ slots: [] })).toEqual({ ...unlock.shut, failure: "key_lost" });
  expect(refused(null)).toMatchObject({ phase: "typing", slot: "s", failure: "key_lost" });
  expect(refused({ slots: [slot] })).toMatchObject({ phase: "typing", slot: "s" });
});
