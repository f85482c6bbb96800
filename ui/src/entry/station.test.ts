// The station form as a machine: given a form, when events come, then these effects and this state. Not the screen.
import { expect, test } from "vitest";
import type { BandWord, FormView, ItemForm, ItemVerdict, PersonRow, Saved, ValueCell } from "../platform/api";
import { isPairComplete } from "./pair";
import { contradicted } from "./standing";
import { answerOf, bandOf, closed, othersOf, shown, update, type Effect, type Event, type Model } from "./station";

const number = (item: string, more: Partial<ItemForm> = {}): ItemForm => ({
  item, name: item, short: item, unit: "", kind: "number", is_derived: false, decimals: 0, hard_min: "10", hard_max: "400", chars_max: 8, choices: [], pair: null, shown_if: null, hint: "", has_phrases: false, ...more,
});
const HEIGHT = number("height", { decimals: 1, hard_min: "20", hard_max: "300" });
const HIGH = number("sbp", { pair: "dbp" });
const LOW = number("dbp");
const URINE = number("urine", { kind: "choice", choices: [{ code: 1, key: "-", zh: "阴性", exclusive: false }, { code: 2, key: "1+", zh: "1+", exclusive: false }] });
const ITEMS = [HEIGHT, HIGH, LOW, URINE];
const ROW = { person: "p", name: "某人" } as PersonRow;

const cell = (text: string, absent: string | null = null): ValueCell => ({
  text, absent, unusual: false, current: true, conflict: false, held: false, arrow: "", range: "", range_own: "", range_ours: "", round: "四", day: null, unit_label: "", station: "", operator: "", examiner: "", word: "not_asked", confirmed_by: "", at: "", device: "", entry: "e",
});

function view(more: Partial<FormView> = {}, current: Record<string, ValueCell[]> = {}): FormView {
  return { row: ROW, station: "bp", items: ITEMS.map(({ item }) => ({ item, is_mandatory: true, current: current[item] ?? [], last: null })), proposed: [], refused: [], saw: ["s1"], draft: null, recheck: null, still: null, ...more };
}

function opened(from = view()): Model {
  return update(closed, { kind: "opened", view: from, items: ITEMS, saveId: "id-1", pairJump: true })[0];
}

function after(model: Model, ...events: Event[]): [Model, Effect[]] {
  let effects: Effect[] = [];
  for (const event of events) [model, effects] = update(model, event);
  return [model, effects];
}

function verdict(model: Model, item: string, band: BandWord, more: Partial<ItemVerdict> = {}): Event {
  const about = Object.fromEntries(ITEMS.map((one) => [one.item, answerOf(model, one.item).text]));
  const one: ItemVerdict = { item, band, text: band, suggestion: null, class_text: "", level: "", ...more };
  return { kind: "judged", asked: model.judging, about, judged: { items: [one], derived: [], recheck: null, still: null } };
}

const focusOf = (effects: Effect[]) => effects.filter((one) => one.kind === "focus").map((one) => one.item);
const savesOf = (effects: Effect[]) => effects.filter((one) => one.kind === "save").map((one) => one.ask);
const SAVED = { saved_at: "2026-04-18 09:13", results: 1, findings: [], recheck: null, open: [], row: ROW, entry: "", refused: [] } as Saved;

test("a form opens at its first empty item", () => {
  expect(focusOf(update(closed, { kind: "opened", view: view(), items: ITEMS, saveId: "x", pairJump: true })[1])).toEqual(["height"]);
  const known = view({}, { height: [cell("165.0")] });
  expect(focusOf(update(closed, { kind: "opened", view: known, items: ITEMS, saveId: "x", pairJump: true })[1])).toEqual(["sbp"]);
  // What a laboratory gives back does not take the cursor.
  const awaiting = (...items: string[]) => focusOf(update(closed, { kind: "opened", view: view(), items: ITEMS, saveId: "x", pairJump: true, awaited: new Set(items) })[1]);
  expect(awaiting("height", "sbp")).toEqual(["dbp"]);
  // All of it: a strip may be read on the spot.
  expect(awaiting(...ITEMS.map((one) => one.item))).toEqual(["height"]);
});

test("a key's question to the host rests, a step's and a full pair's do not", () => {
  const rests = (...events: Event[]) => after(opened(), ...events)[1].flatMap((one) => (one.kind === "judge" ? [one.rests === true] : []));
  expect(rests({ kind: "typed", item: "height", text: "1" })).toEqual([true]);
  expect(rests({ kind: "typed", item: "sbp", text: "128" })).toEqual([false]);
  expect(rests({ kind: "absent", item: "height", reason: "not_done" })).toEqual([false]);
});

test.each([["165.", true], ["165", false], ["165.2", false]])("half of a number (%s) is not judged before it is left: %s", (text, is) => {
  const [, effects] = after(opened(), { kind: "typed", item: "height", text });
  expect(effects.flatMap((one) => (one.kind === "judge" ? [one.unfinished === true] : []))).toEqual([is]);
});

test("a draft comes back with its cursor", () => {
  const draft = { person: "p", station: "bp", values: [{ item: "sbp", text: "128", absent: null, confirmed: false }], focus: "dbp", at: "", name: "", saw: [], other_stop: "" };
  const [model, effects] = update(closed, { kind: "opened", view: view({ draft }), items: ITEMS, saveId: "x", pairJump: true });
  expect([answerOf(model, "sbp").text, model.fromDraft, focusOf(effects)]).toEqual(["128", true, ["dbp"]]);
});

test("a form that is opened for a repeat has its cursor there, and without one where it had", () => {
  const recheck = { items: ["dbp"], station: "bp", text: "", urgent: "", go: "", wait: "", since: "", rest_min: 0 } as unknown as FormView["recheck"];
  const at = (more: Partial<FormView>) => focusOf(update(closed, { kind: "opened", view: view(more), items: ITEMS, saveId: "x", pairJump: true, awaited: new Set(["urine"]) })[1]);
  expect([at({ recheck }), at({})]).toEqual([["dbp"], ["height"]]);
});

test.each([
  ["came since", ["s1"], ["s1"], 1],
  // Control: what the draft's writer had seen is replaced by it.
  ["its writer had seen", ["s1", "s2"], ["s1", "s2"], 0],
])("a draft does not replace a value that %s", (what, seen, saw, shownOthers) => {
  const draft = { person: "p", station: "bp", values: [{ item: "sbp", text: "150", absent: null, confirmed: false }], focus: "sbp", at: "", name: "", saw: seen, other_stop: "" };
  const form = view({ draft, saw: ["s1", "s2"] }, { sbp: [{ ...cell("128"), entry: "s2" }] });
  const [model] = update(closed, { kind: "opened", view: form, items: ITEMS, saveId: "x", pairJump: true });
  expect(answerOf(model, "sbp").text, what).toBe("150");
  expect([model.view?.saw, othersOf(model, "sbp").length]).toEqual([saw, shownOthers]);
  const [, effects] = after(model, { kind: "typed", item: "sbp", text: "151" });
  expect(effects.find((one) => one.kind === "draft")).toMatchObject({ saw });
});

test("what is typed is judged and put into the draft", () => {
  const [, effects] = after(opened(), { kind: "focused", item: "height" }, { kind: "typed", item: "height", text: "１６５。２" });
  expect(effects.map((one) => one.kind)).toEqual(["judge", "draft"]);
  expect(effects[1]).toMatchObject({ focus: "height", values: [{ item: "height", text: "165.2" }] });
});

test.each([["128", true], ["99", true], ["90", true], ["72", true], ["60", false], ["410", false], ["12", false]])("a systolic of %s is complete: %s", (text, is) => expect(isPairComplete(HIGH, text)).toBe(is));

test("one decimal of an eye is complete after the digit, a diastolic never jumps", () => {
  expect(isPairComplete(number("right", { decimals: 1, pair: "left" }), "4.9")).toBe(true);
  expect(isPairComplete(LOW, "120")).toBe(false);
});

test("the Enter behind a jump walks off no empty field; the next one does, and whatever is typed forgets the jump", () => {
  const systolic: Event = { kind: "typed", item: "sbp", text: "172" };
  const at = (item: string): Event => ({ kind: "focused", item });
  const enter = (item: string): Event => ({ kind: "enter", item });
  const jumped = [at("sbp"), systolic, at("dbp")];
  expect(focusOf(after(opened(), ...jumped, enter("dbp"))[1])).toEqual([]);
  expect(focusOf(after(opened(), ...jumped, enter("dbp"), enter("dbp"))[1])).toEqual(["urine"]);
  const [typed] = after(opened(), ...jumped, enter("dbp"), { kind: "typed", item: "dbp", text: "104" });
  expect([answerOf(typed, "sbp").text, answerOf(typed, "dbp").text]).toEqual(["172", "104"]);
  // The controls: a field that the cursor was brought to is left by the first Enter, and so is one that is filled.
  expect(focusOf(after(opened(), at("sbp"), systolic, at("height"), enter("height"))[1])).not.toEqual([]);
  expect(focusOf(after({ ...opened(), pairJump: false }, at("sbp"), systolic, at("dbp"), enter("dbp"))[1])).toEqual(["urine"]);
});

test("a digit that answers and goes on is not followed by an Enter that skips the next question", () => {
  const other = { ...URINE, item: "other" };
  const model = update(closed, { kind: "opened", view: { ...view(), items: [...view().items, { item: "other", is_mandatory: true, current: [], last: null }] }, items: [...ITEMS, other], saveId: "x", pairJump: true })[0];
  const chosen: Event[] = [{ kind: "focused", item: "urine" }, { kind: "chose", item: "urine", key: "-", goOn: true }, { kind: "focused", item: "other" }];
  expect(focusOf(after(model, ...chosen, { kind: "enter", item: "other" })[1])).toEqual([]);
  expect(focusOf(after(model, ...chosen, { kind: "enter", item: "other" }, { kind: "enter", item: "other" })[1])).toEqual(["end"]);
});

test("a complete systolic jumps, not while deleting, not where switched off", () => {
  expect(focusOf(after(opened(), { kind: "typed", item: "sbp", text: "128" })[1])).toEqual(["dbp"]);
  expect(focusOf(after(opened(), { kind: "typed", item: "sbp", text: "1285" }, { kind: "typed", item: "sbp", text: "128" })[1])).toEqual([]);
  expect(focusOf(after({ ...opened(), pairJump: false }, { kind: "typed", item: "sbp", text: "128" })[1])).toEqual([]);
});

test("backspace in an empty diastolic goes back and deletes", () => {
  const [model, effects] = after(opened(), { kind: "typed", item: "sbp", text: "128" }, { kind: "backspace", item: "dbp" });
  expect([answerOf(model, "sbp").text, focusOf(effects)]).toEqual(["12", ["sbp"]]);
});

test("an unusual value asks for a second Enter and then goes on", () => {
  let [model] = after(opened(), { kind: "focused", item: "height" }, { kind: "typed", item: "height", text: "208" });
  [model] = after(model, verdict(model, "height", "unusual"));
  let effects: Effect[];
  [model, effects] = after(model, { kind: "enter", item: "height" });
  expect([model.asked, focusOf(effects), answerOf(model, "height").confirmed]).toEqual(["height", ["height"], false]);
  [model, effects] = after(model, { kind: "enter", item: "height" });
  expect([answerOf(model, "height").confirmed, focusOf(effects)]).toEqual([true, ["sbp"]]);
});

test("an impossible value is not left by Enter and not saved; one key takes what is offered", () => {
  let [model] = after(opened(), { kind: "focused", item: "height" }, { kind: "typed", item: "height", text: "1.65" });
  expect(bandOf(model, HEIGHT)).toBe("impossible");
  [model] = after(model, verdict(model, "height", "impossible", { suggestion: "165" }));
  expect(focusOf(after(model, { kind: "enter", item: "height" })[1])).toEqual(["height"]);
  const [stopped, effects] = after(model, { kind: "save" });
  expect([stopped.stopped, savesOf(effects)]).toEqual(["impossible", []]);
  const [taken] = after(model, { kind: "typed", item: "height", text: "1.65=" });
  expect([answerOf(taken, "height").text, answerOf(taken, "height").confirmed]).toEqual(["165", false]);
});

test("a suggestion is never applied by itself", () => {
  let [model] = after(opened(), { kind: "typed", item: "height", text: "1.65" });
  [model] = after(model, verdict(model, "height", "impossible", { suggestion: "165" }), { kind: "left", item: "height" }, { kind: "enter", item: "height" });
  expect(answerOf(model, "height").text).toBe("1.65");
});

test("a verdict about another text says nothing", () => {
  let [model] = after(opened(), { kind: "typed", item: "height", text: "16" });
  const late = verdict(model, "height", "unusual");
  [model] = after(model, { kind: "typed", item: "height", text: "165" }, late);
  expect(bandOf(model, HEIGHT)).toBe("unknown");
});

test("a verdict that comes after the cursor went on brings it back, unless the next was begun", () => {
  let [model] = after(opened(), { kind: "focused", item: "height" }, { kind: "typed", item: "height", text: "208" }, { kind: "enter", item: "height" }, { kind: "focused", item: "sbp" });
  expect(focusOf(after(model, verdict(model, "height", "unusual"))[1])).toEqual(["height"]);
  [model] = after(model, { kind: "typed", item: "sbp", text: "1" });
  expect(focusOf(after(model, verdict(model, "height", "unusual"))[1])).toEqual([]);
  // It is asked before saving all the same.
  [model] = after(model, { kind: "typed", item: "sbp", text: "128" });
  [model] = after(model, verdict(model, "height", "unusual"));
  expect(after(model, { kind: "save" })[0].stopped).toBe("unusual");
});

test("a first half that jumped and is asked about is not confirmed by the one Enter that goes on; after an Enter it is", () => {
  const jumped = { kind: "typed", item: "sbp", text: "99" } as const;
  let [model] = after(opened(), { kind: "focused", item: "sbp" }, jumped, { kind: "focused", item: "dbp" });
  let effects: Effect[];
  [model, effects] = after(model, verdict(model, "sbp", "unusual"));
  expect([focusOf(effects), model.asked], "back, and nothing confirmed").toEqual([["sbp"], null]);
  [model, effects] = after(model, { kind: "focused", item: "sbp" }, { kind: "enter", item: "sbp" });
  expect([model.asked, focusOf(effects), answerOf(model, "sbp").confirmed]).toEqual(["sbp", ["sbp"], false]);
  expect(answerOf(after(model, { kind: "enter", item: "sbp" })[0], "sbp").confirmed).toBe(true);
  // Control: without the jump the first Enter was pressed before the word came.
  [model] = after({ ...opened(), pairJump: false }, { kind: "focused", item: "sbp" }, jumped, { kind: "enter", item: "sbp" }, { kind: "focused", item: "dbp" });
  expect(after(model, verdict(model, "sbp", "unusual"))[0].asked).toBe("sbp");
});

test.each([["J", "refused"], ["w", "not_measured"], ["-", "refused"], ["*", "not_measured"], ["g", "device_failure"]])("%s alone and Enter is %s", (key, reason) => {
  const [model, effects] = after(opened(), { kind: "typed", item: "height", text: key }, { kind: "enter", item: "height" });
  expect([answerOf(model, "height").absent, answerOf(model, "height").text, focusOf(effects)]).toEqual([reason, "", ["sbp"]]);
});

test("empty and not done are different: an empty item is not saved, a reason is", () => {
  const [model] = after(opened(), { kind: "absent", item: "height", reason: "refused" });
  const [, effects] = after(model, { kind: "save" });
  expect(savesOf(effects)[0]?.values).toEqual([{ item: "height", text: "", absent: "refused", confirmed: true }]);
});

test("the rest is given one reason, what is answered stays", () => {
  const [model] = after(opened(), { kind: "typed", item: "height", text: "165" }, { kind: "rest_absent", reason: "refused" });
  expect(ITEMS.map((item) => answerOf(model, item.item).absent)).toEqual([null, "refused", "refused", "refused"]);
});

test("what one press set to a reason is taken back by one press, and what was answered since stays", () => {
  const [model] = after(opened(), { kind: "typed", item: "height", text: "165" }, { kind: "rest_absent", reason: "refused" }, { kind: "chose", item: "urine", key: "1+" });
  const [back, effects] = after(model, { kind: "rest_undo" });
  expect(ITEMS.map((item) => answerOf(back, item.item).absent)).toEqual([null, null, null, null]);
  expect([answerOf(back, "height").text, answerOf(back, "urine").text, back.rested]).toEqual(["165", "1+", []]);
  expect(effects.find((effect) => effect.kind === "draft")).toMatchObject({ values: [{ item: "height" }, { item: "urine" }] });
});

test("only what changed is saved, with what was seen and one id", () => {
  const [model] = after(opened(view({}, { height: [cell("165.0")], urine: [cell("阴性")] })), { kind: "chose", item: "urine", key: "1+" });
  const [, effects] = after(model, { kind: "save" });
  expect(savesOf(effects)).toEqual([{ person: "p", station: "bp", values: [{ item: "urine", text: "1+", absent: null, confirmed: false }], saw: ["s1"], examiner: null, save_id: "id-1" }]);
});

test("a value wiped out comes back when the field is left: withdrawing needs a reason", () => {
  const [model] = after(opened(view({}, { height: [cell("165.0")] })), { kind: "typed", item: "height", text: "" }, { kind: "left", item: "height" });
  expect(answerOf(model, "height").text).toBe("165.0");
});

test("a double press saves once, and nothing changes while it runs", () => {
  let [model, effects] = after(opened(), { kind: "typed", item: "height", text: "165" }, { kind: "save" });
  expect(savesOf(effects)).toHaveLength(1);
  [model, effects] = after(model, { kind: "save" });
  expect(effects).toEqual([]);
  [model] = after(model, { kind: "typed", item: "height", text: "16" });
  expect(answerOf(model, "height").text).toBe("165");
});

test("saved is said at the answer and not before; after it the form is shut", () => {
  let [model, effects] = after(opened(), { kind: "typed", item: "height", text: "165" }, { kind: "save" });
  expect([model.phase, effects.some((one) => one.kind === "said")]).toEqual(["saving", false]);
  [model, effects] = after(model, { kind: "saved", saved: SAVED, nextSaveId: "id-2" });
  expect([model.phase, effects.some((one) => one.kind === "said")]).toEqual(["saved", true]);
  expect(after(model, { kind: "save" })[1]).toEqual([]);
});

test("a refusal saves nothing, leads to the item and gets another id", () => {
  let [model, effects] = after(opened(), { kind: "typed", item: "height", text: "165" }, { kind: "save" });
  const refused = [{ item: "height", band: "impossible", text: "x", suggestion: null, class_text: "", level: "" } as ItemVerdict];
  [model, effects] = after(model, { kind: "saved", saved: { ...SAVED, results: 0, refused }, nextSaveId: "id-2" });
  expect([model.phase, model.saveId, model.stopped, focusOf(effects)]).toEqual(["editing", "id-2", "refused", ["height"]]);
});

test("a failure keeps everything and the same id, so that a second try changes nothing twice", () => {
  let [model] = after(opened(), { kind: "typed", item: "height", text: "165" }, { kind: "save" }, { kind: "failed" });
  const [, effects] = after(model, { kind: "save" });
  expect([model.stopped, savesOf(effects)[0]?.save_id]).toEqual(["failed", "id-1"]);
});

test("with nothing typed there is nothing to save", () => {
  const [model, effects] = after(opened(), { kind: "save" });
  expect([model.stopped, savesOf(effects), focusOf(effects)]).toEqual(["nothing", [], ["height"]]);
});

test("a letter left in the last field becomes its reason on saving", () => {
  const [, effects] = after(opened(), { kind: "focused", item: "height" }, { kind: "typed", item: "height", text: "j" }, { kind: "save" });
  expect(savesOf(effects)[0]?.values).toMatchObject([{ item: "height", text: "", absent: "refused" }]);
});

test("two values that stand are not put into the field", () => {
  const [model] = after(opened(view({}, { height: [cell("165"), cell("156")] })));
  expect(answerOf(model, "height").text).toBe("");
});

test("a lone letter stands for a reason at once, is not judged, and becomes the answer when the field is left", () => {
  const [typed, effects] = update(opened(), { kind: "typed", item: "height", text: "w" });
  expect(bandOf(typed, HEIGHT)).toBe("fine");
  expect(effects.flatMap((one) => (one.kind === "judge" ? one.values : []))).toEqual([]);
  expect(answerOf(typed, "height")).toMatchObject({ text: "w", absent: null });
  const [left] = update(typed, { kind: "left", item: "height" });
  expect(answerOf(left, "height")).toMatchObject({ text: "", absent: "not_measured" });
  // A control: another letter is no reason.
  expect(bandOf(update(opened(), { kind: "typed", item: "height", text: "x" })[0], HEIGHT)).toBe("impossible");
});

// New kinds of question: several choices, followers, charts, going on by a digit.
const choice = (key: string, exclusive = false) => ({ code: 1, key, zh: key, exclusive });
const SMOKING = number("smoking", { kind: "choice", choices: [choice("never"), choice("smokes")] });
const PER_DAY = number("per_day", { shown_if: { item: "smoking", keys: ["smokes"] } });
const SYMPTOMS = number("symptoms", { kind: "several", choices: [choice("none", true), choice("headache"), choice("other")] });
const REMARK = number("remark", { kind: "text", shown_if: { item: "symptoms", keys: ["other"] } });
const MEDICINE = number("medicine", { kind: "text" });
const DOSE = number("dose", { kind: "text", shown_if: { item: "medicine", keys: [] } });
const CHART = number("chart", { kind: "teeth" });
const INQUIRY = [SMOKING, PER_DAY, SYMPTOMS, REMARK, MEDICINE, DOSE, CHART];

function inquiry(current: Record<string, ValueCell[]> = {}): Model {
  const items = INQUIRY.map(({ item }) => ({ item, is_mandatory: false, current: current[item] ?? [], last: null }));
  return update(closed, { kind: "opened", view: view({ items }), items: INQUIRY, saveId: "id-1", pairJump: true })[0];
}
const keys = (model: Model) => shown(model).map((item) => item.item);

test("an answer opens what hangs on it, and the cursor goes past what is closed", () => {
  let [model, effects] = after(inquiry(), { kind: "chose", item: "smoking", key: "never" }, { kind: "enter", item: "smoking" });
  expect([keys(model), focusOf(effects)]).toEqual([["smoking", "symptoms", "medicine", "chart"], ["symptoms"]]);
  [model, effects] = after(model, { kind: "chose", item: "smoking", key: "smokes" }, { kind: "enter", item: "smoking" });
  expect([keys(model).includes("per_day"), focusOf(effects)]).toEqual([true, ["per_day"]]);
  [model] = after(model, { kind: "typed", item: "medicine", text: "氨氯地平" });
  expect(keys(model)).toContain("dose");
  [model] = after(model, { kind: "absent", item: "medicine", reason: "refused" });
  expect(keys(model)).not.toContain("dose");
});

test("a value typed into a question that is closed again is not saved", () => {
  const [, effects] = after(
    inquiry(), { kind: "chose", item: "smoking", key: "smokes" }, { kind: "typed", item: "per_day", text: "20" }, { kind: "chose", item: "smoking", key: "never" }, { kind: "save" },
  );
  expect(savesOf(effects)[0]?.values.map((one) => one.item)).toEqual(["smoking"]);
});

test("several choices stand in their order, and one that excludes the others stands alone", () => {
  const toggle = (key: string): Event => ({ kind: "toggled", item: "symptoms", key });
  let [model] = after(inquiry(), toggle("other"), toggle("headache"));
  expect([answerOf(model, "symptoms").text, keys(model).includes("remark")]).toEqual(["headache,other", true]);
  [model] = after(model, toggle("none"));
  expect([answerOf(model, "symptoms").text, keys(model).includes("remark")]).toEqual(["none", false]);
  [model] = after(model, toggle("headache"));
  expect(answerOf(model, "symptoms").text).toBe("headache");
  [model] = after(model, toggle("headache"));
  expect(answerOf(model, "symptoms").text).toBe("");
});

test("what stands comes back into the new kinds as it was typed", () => {
  const model = inquiry({ symptoms: [cell("headache、other")], chart: [cell("16=D 55=d")] });
  expect([answerOf(model, "symptoms").text, answerOf(model, "chart").text, keys(model).includes("remark")]).toEqual(["headache,other", "16=D,55=d", true]);
  expect(answerOf(inquiry({ chart: [cell("无龋失补")] }), "chart").text).toBe("0");
});

test("where a digit goes on, a choice leads to the next question", () => {
  expect(focusOf(after(inquiry(), { kind: "chose", item: "smoking", key: "never", goOn: true })[1])).toEqual(["symptoms"]);
  expect(focusOf(after(inquiry(), { kind: "chose", item: "smoking", key: "never" })[1])).toEqual([]);
});

test("the rest set to a reason leaves closed questions alone", () => {
  const [model] = after(inquiry(), { kind: "chose", item: "smoking", key: "never" }, { kind: "rest_absent", reason: "refused" });
  expect(Object.keys(model.answers).sort()).toEqual(["chart", "medicine", "smoking", "symptoms"]);
});

const STOOD: Record<string, ValueCell[]> = { chart: [cell("16=D")], symptoms: [cell("headache")], medicine: [cell("氨氯地平")] };
const clear = (item: string): Event => (item === "symptoms" ? { kind: "toggled", item, key: "headache" } : { kind: "typed", item, text: "" });
const never: Event = { kind: "chose", item: "smoking", key: "never" };

test.each<[string, Event[], string, unknown[]]>([
  ["a chart emptied", [clear("chart")], "emptied", ["chart"]],
  ["a chart emptied and something else told", [never, clear("chart")], "emptied", ["chart"]],
  ["a list emptied", [never, clear("symptoms")], "emptied", ["symptoms"]],
  ["words emptied", [clear("medicine")], "emptied", ["medicine"]],
  ["a chart emptied and left", [clear("chart"), { kind: "left", item: "chart" }, { kind: "enter", item: "chart" }], "emptied", ["chart"]],
  ["the rest set to a reason is no answer to it", [clear("chart"), { kind: "rest_absent", reason: "refused" }], "emptied", ["chart"]],
  ["a sound mouth is an answer", [clear("chart"), { kind: "typed", item: "chart", text: "0" }], "", [{ item: "chart", text: "0" }]],
  ["another tooth is an answer", [clear("chart"), { kind: "typed", item: "chart", text: "26=D" }], "", [{ item: "chart", text: "26=D" }]],
  ["none of the list is an answer", [clear("symptoms"), { kind: "toggled", item: "symptoms", key: "none" }], "", [{ item: "symptoms", text: "none" }]],
  ["a reason is an answer", [clear("chart"), { kind: "absent", item: "chart", reason: "refused" }], "", [{ item: "chart", absent: "refused" }]],
  ["put back, the rest is saved", [never, clear("chart"), { kind: "put_back", item: "chart" }], "", [{ item: "smoking", text: "never" }]],
  ["put back alone, nothing is new", [clear("chart"), { kind: "put_back", item: "chart" }], "nothing", []],
])("emptied over what stands: %s", (_, events, stopped, then) => {
  const [model, effects] = after(inquiry(STOOD), ...events, { kind: "save" });
  expect(model.stopped).toBe(stopped);
  if (stopped === "emptied") expect([savesOf(effects), focusOf(effects)]).toEqual([[], then]);
  else expect(savesOf(effects).flatMap((ask) => ask.values)).toMatchObject(then);
});

test("what is emptied over nothing stops nothing", () => {
  const [, effects] = after(inquiry(), never, { kind: "typed", item: "chart", text: "16=D" }, clear("chart"), { kind: "save" });
  expect(savesOf(effects)[0]?.values.map((one) => one.item)).toEqual(["smoking"]);
});

test.each<[string, Record<string, ValueCell[]>, Event[], string, [string, string[]][]]>([
  ["closed now", { smoking: [cell("smokes")], per_day: [cell("20")] }, [never], "smoking", [["per_day", ["20"]]]],
  ["closed before", { smoking: [cell("never")], per_day: [cell("20")] }, [], "smoking", [["per_day", ["20"]]]],
  ["two devices", { smoking: [cell("never")], per_day: [cell("20"), cell("10")] }, [], "smoking", [["per_day", ["20", "10"]]]],
  ["open", { smoking: [cell("smokes")], per_day: [cell("20")] }, [], "smoking", []],
  ["opened again", { smoking: [cell("never")], per_day: [cell("20")] }, [{ kind: "chose", item: "smoking", key: "smokes" }], "smoking", []],
  ["typed and not saved", { smoking: [cell("smokes")] }, [{ kind: "typed", item: "per_day", text: "20" }, never], "smoking", []],
  ["only a reason stood", { smoking: [cell("never")], per_day: [cell("拒检", "refused")] }, [], "smoking", []],
  ["no answer denies nothing", { per_day: [cell("20")] }, [], "smoking", []],
  ["a reason in place of words", { medicine: [cell("拒检", "refused")], dose: [cell("5 mg")] }, [], "medicine", [["dose", ["5 mg"]]]],
  ["another gate", { smoking: [cell("never")], per_day: [cell("20")], medicine: [cell("无")] }, [], "medicine", []],
])("a value behind a gate, %s", (_, current, events, gate, told) => {
  const [model] = after(inquiry(current), ...events);
  expect(contradicted(model, gate).map(({ item, values }) => [item.item, values])).toEqual(told);
});

test("a value behind two gates is told at the one on the sheet", () => {
  const items = [SMOKING, number("kinds", { kind: "several", choices: [choice("pipe"), choice("other")], shown_if: { item: "smoking", keys: ["smokes"] } }), number("words", { kind: "text", shown_if: { item: "kinds", keys: ["other"] } })];
  const stood: Record<string, ValueCell[]> = { smoking: [cell("smokes")], kinds: [cell("other")], words: [cell("水烟")] };
  const from = view({ items: items.map(({ item }) => ({ item, is_mandatory: false, current: stood[item] ?? [], last: null })) });
  const [open] = update(closed, { kind: "opened", view: from, items, saveId: "id-1", pairJump: true });
  const told = (model: Model, gate: string) => contradicted(model, gate).map(({ item }) => item.item);
  const [pipe] = after(open, { kind: "toggled", item: "kinds", key: "pipe" }, { kind: "toggled", item: "kinds", key: "other" });
  expect([told(pipe, "smoking"), told(pipe, "kinds")]).toEqual([[], ["words"]]);
  const [closedAll] = after(open, { kind: "chose", item: "smoking", key: "never" });
  expect([told(closedAll, "smoking"), told(closedAll, "kinds")]).toEqual([["kinds", "words"], []]);
});

const by = (entry: string, text: string): ValueCell => ({ ...cell(text), entry, operator: "龙海" });

test("what others save shows where nobody touched it, and leaves alone what is answered or held by the cursor", () => {
  const rows: [string, Event[], string, string][] = [
    ["untouched", [{ kind: "focused", item: "height" }], "152", ""],
    ["typed", [{ kind: "focused", item: "sbp" }, { kind: "typed", item: "sbp", text: "128" }, { kind: "focused", item: "height" }], "128", "152"],
    ["holding the cursor", [{ kind: "focused", item: "sbp" }], "", "152"],
    ["half typed", [{ kind: "focused", item: "sbp" }, { kind: "typed", item: "sbp", text: "1" }], "1", "152"],
  ];
  for (const [what, events, text, told] of rows) {
    const others: Event = { kind: "others", view: view({ saw: ["s1", "o1"] }, { sbp: [by("o1", "152")] }) };
    const [model, effects] = after(opened(), ...events, others);
    expect([answerOf(model, "sbp").text, othersOf(model, "sbp").map((one) => one.text).join()], what).toEqual([text, told]);
    expect(focusOf(effects), what).toEqual([]);
    // Their save has taken the draft along: what is typed here is put away again.
    expect(effects.some((one) => one.kind === "draft"), what).toBe(what.endsWith("typed"));
  }
});

test("a value typed over one that somebody else saved meanwhile goes as a second one, never over it", () => {
  const typed: Event[] = [{ kind: "focused", item: "sbp" }, { kind: "typed", item: "sbp", text: "128" }];
  const others: Event = { kind: "others", view: view({ saw: ["s1", "o1"] }, { sbp: [by("o1", "152")], height: [by("o2", "165")] }) };
  const [, effects] = after(opened(), ...typed, { kind: "others", view: view({ saw: ["s1", "o1", "o2"] }, { sbp: [by("o1", "152")], height: [by("o2", "165")] }) }, { kind: "save" });
  expect(savesOf(effects)).toMatchObject([{ saw: ["s1", "o2"], values: [{ item: "sbp", text: "128" }] }]);
  // Control: typed after it was shown, it takes its place.
  const [, later] = after(opened(), { kind: "focused", item: "height" }, others, ...typed, { kind: "save" });
  expect(savesOf(later)[0]?.saw).toContain("o1");
});

test("news that change nothing of this form change nothing", () => {
  const model = opened();
  expect(update(model, { kind: "others", view: view() })).toEqual([model, []]);
});

test("a word that comes late takes the cursor back with nothing selected: what is typed on stands behind the value, never in its place", () => {
  const [typed] = after(opened(), { kind: "focused", item: "sbp" }, { kind: "typed", item: "sbp", text: "128" }, { kind: "enter", item: "sbp" }, { kind: "focused", item: "dbp" });
  const verdict = { item: "sbp", band: "impossible", text: "", suggestion: null, class_text: "", level: "" } as never;
  const [model, effects] = update(typed, { kind: "judged", asked: typed.judging, about: { sbp: "128" }, judged: { items: [verdict], derived: [], recheck: null, still: null } });
  expect(bandOf(model, model.items.find((one) => one.item === "sbp") as ItemForm)).toBe("impossible");
  expect(effects).toEqual([{ kind: "focus", item: "sbp", select: false }]);
});

test("a save that did not come through puts away what it was to save", () => {
  const [saving, [save]] = after(opened(), { kind: "focused", item: "height" }, { kind: "typed", item: "height", text: "157" }, { kind: "save" });
  expect(save?.kind).toBe("save");
  const [model, effects] = update(saving, { kind: "failed" });
  expect(model.phase).toBe("editing");
  expect(effects).toMatchObject([{ kind: "draft", values: [{ item: "height", text: "157" }] }]);
});
