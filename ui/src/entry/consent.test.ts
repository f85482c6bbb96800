// Ticking a class: what each key does to the drafts, and what is asked of the host. Not what a slip means (crates/domain).
import { expect, test } from "vitest";
import type { ConsentRow, ConsentWord } from "../platform/api";
import { count, empty, missingOf, shown, update, type Effect, type Event, type Model } from "./consent";

function row(person: string, answer: ConsentWord, more: Partial<ConsentRow> = {}): ConsentRow {
  const of = { person, name: person, sex: "男", age: 9, birth: null, id_number: null, phone: null, unit_label: "", grade: "四年级", group: "2班", is_pupil: true, standing: "名单内", done: 0, of: 6, worst: "N" };
  return { row: of, answer, text: "", stations: [], items: [], differs: false, said: [], saw: [`${person}:1`], in_spite: [], ...more };
}
const ROWS = [row("a", "missing"), row("b", "missing"), row("c", "given"), row("d", "given", { stations: ["blood"], items: ["gums"] }), row("e", "given", { differs: true })];

function run(...events: Event[]): [Model, Effect[]] {
  let model: Model = update(empty, { kind: "rows", rows: ROWS })[0];
  let effects: Effect[] = [];
  for (const event of events) [model, effects] = update(model, event);
  return [model, effects];
}
const says = (model: Model) => model.rows.map((one) => `${one.row.person}:${shown(model, one).answer}${shown(model, one).stations.map((station) => `-${station}`).join("")}`).join(" ");

test("everybody whose slip is open is agreed at once, and nobody else is touched", () => {
  const [model] = run({ kind: "all" });
  expect(says(model)).toBe("a:given b:given c:given d:given-blood e:given");
  expect(Object.keys(model.drafts)).toEqual(["a", "b"]);
  expect(missingOf(model)).toBe(0);
});

test("an exception ticked before or after keeps what it says", () => {
  const but: Event[] = [{ kind: "answer", answer: "but" }, { kind: "toggle", station: "dental" }, { kind: "chosen" }];
  expect(says(run(...but, { kind: "all" })[0])).toBe("a:given-dental b:given c:given d:given-blood e:given");
  expect(says(run({ kind: "all" }, ...but)[0])).toBe("a:given-dental b:given c:given d:given-blood e:given");
  expect(says(run({ kind: "answer", answer: "refused" }, { kind: "all" })[0])).toBe("a:refused b:given c:given d:given-blood e:given");
});

test("an answer goes on to the next row, the choice of stations stays", () => {
  expect(run({ kind: "answer", answer: "given" })[0].at).toBe(1);
  expect(run({ kind: "answer", answer: "but" })[0]).toMatchObject({ at: 0, choosing: true });
  expect(run({ kind: "move", by: -1 })[0].at).toBe(0);
});

test("ticked as it stands is nothing ticked; between two that differ it is the decision", () => {
  expect(count(run({ kind: "select", person: "c" }, { kind: "answer", answer: "given" })[0])).toBe(0);
  expect(count(run({ kind: "answer", answer: "given" }, { kind: "select", person: "a" }, { kind: "answer", answer: "missing" })[0])).toBe(0);
  expect(count(run({ kind: "select", person: "e" }, { kind: "answer", answer: "given" })[0])).toBe(1);
  // What a file said of single items stays while stations are chosen.
  expect(run({ kind: "select", person: "d" }, { kind: "answer", answer: "but" }, { kind: "toggle", station: "dental" })[0].drafts.d).toMatchObject({ stations: ["blood", "dental"], items: ["gums"] });
});

test("what is saved names what was shown when it was ticked, once", () => {
  const later = [row("a", "given", { saw: ["a:2"] }), ...ROWS.slice(1)];
  const [model, effects] = run({ kind: "answer", answer: "refused" }, { kind: "rows", rows: later }, { kind: "save" });
  expect(effects).toEqual([{ kind: "save", slips: [{ person: "a", answer: "refused", stations: [], items: [], saw: ["a:1"] }] }]);
  expect(update(model, { kind: "save" })[1]).toEqual([]);
  expect(count(update(model, { kind: "failed" })[0])).toBe(1);
  expect(count(update(model, { kind: "saved" })[0])).toBe(0);
  expect(run({ kind: "save" })[1]).toEqual([]);
});

test("what is ticked while a save is out is still there when it comes back, and only what was sent is done", () => {
  const [out] = run({ kind: "answer", answer: "given" }, { kind: "answer", answer: "given" }, { kind: "save" });
  let [model] = update(out, { kind: "select", person: "b" });
  [model] = update(model, { kind: "answer", answer: "refused" });
  [model] = update(model, { kind: "answer", answer: "refused" });
  [model] = update(model, { kind: "saved" });
  expect(Object.keys(model.drafts)).toEqual(["b", "c"]);
  expect([model.drafts.b?.answer, model.drafts.c?.answer]).toEqual(["refused", "refused"]);
  // The slip ticked over the one just saved names that one; where another's came in between, it names what was shown.
  const after = (saw: string, differs = false) => update(model, { kind: "rows", rows: [row("a", "given"), row("b", "given", { saw: [saw], differs }), ...ROWS.slice(2)] })[0];
  expect(after("b:2").drafts.b?.saw).toEqual(["b:2"]);
  expect(after("b:9", true).drafts.b?.saw).toEqual(["b:1"]);
  expect(after("b:2").drafts.c?.saw).toEqual(["c:1"]);
});

test("put back to what stood before while its save is out is a change of its own; a save that failed loses nothing", () => {
  const [out] = run({ kind: "answer", answer: "refused" }, { kind: "save" });
  let [model] = update(out, { kind: "select", person: "a" });
  [model] = update(model, { kind: "answer", answer: "missing" });
  expect(update(model, { kind: "saved" })[0].drafts.a?.answer).toBe("missing");
  expect(update(model, { kind: "failed" })[0].drafts.a?.answer).toBe("missing");
});

test("a save that comes back to another class takes none of its ticks", () => {
  const [other] = run({ kind: "answer", answer: "refused" });
  expect(count(update(other, { kind: "saved" })[0])).toBe(1);
});

test("a long class is drawn around the cursor: a turn leads to the first row not drawn, ends at the last, and leaves every tick", () => {
  const rows = Array.from({ length: 90 }, (_, at) => row(`p${at}`, "missing"));
  let [model] = run({ kind: "rows", rows }, { kind: "all" });
  for (const [by, at] of [[1, 40], [1, 80], [1, 89], [-1, 59], [-1, 19], [-1, 0]] as const) {
    [model] = update(model, { kind: "turn", by });
    expect(model.at).toBe(at);
  }
  expect([count(model), missingOf(model)]).toEqual([90, 0]);
  // Somebody who is not in the class: the row in hand stays.
  expect(update(update(model, { kind: "turn", by: 1 })[0], { kind: "select", person: "nobody" })[0].at).toBe(40);
});
