// 总检 of one person by keys: what each does, what keeps a signature back, and what is asked of the host.
import { describe, expect, it } from "vitest";
import type { ConclusionView, PersonRow, ProposedFinding } from "../platform/api";
import { begun, draftOf, openCount, taken, update, type Effect, type Event, type Grade, type Model } from "./conclude";

const ROW: PersonRow = { person: "p1", name: "测一", sex: "女", age: 60, birth: null, id_number: null, phone: null, unit_label: "", grade: null, group: null, is_pupil: false, standing: "名单内", done: 1, of: 1, worst: "B" };

const USUAL = [{ level: "A", due_days: 0 }, { level: "B", due_days: 14 }, { level: "C", due_days: null }];
const NO_GRADE = { level: "", due_days: null, action: "" };

function finding(code: string, more: Partial<ProposedFinding> = {}): ProposedFinding {
  return { rule: "adult_bp", code, item: "", level: "B", text: `看到${code}`, value: "166/102 mmHg", action: "两周内复查", due: null, standard: "成人血压", tables: ["hypertension_grades_adult.csv"], answer: null, said: "", is_left_to_the_doctor: false, graded: null, earlier: null, seen_by_person: `所见${code}`, to_person: `请复查${code}`, ...more };
}

function view(more: Partial<ConclusionView> = {}): ConclusionView {
  const whole = { row: ROW, state: "待总检", stations: [], findings: [], unanswered: [], items: [], id_number_is_proposed: false };
  return { whole, state: "未总检", mark: "m1", may_sign: true, proposed: [finding("a"), finding("b")], added: [], usual_days: USUAL, advice: "", changed: [], unsure: [], open: [], signed: [], ...more };
}

function run(model: Model, events: Event[]): [Model, Effect[]] {
  return events.reduce<[Model, Effect[]]>(([now], event) => update(now, event), [model, []]);
}

const key = (pressed: string): Event => ({ kind: "key", key: pressed });
const SIGNED = [{ version: 1, day: null, doctor: "赵六", stands: true, withdrawn: false, reason: "", findings: [], rejected: [], advice: "" }];

describe("concluding by keys", () => {
  it("one key accepts and goes on to the next open one, and then it can be signed as it was seen", () => {
    const [model, effects] = run(begun(view()), [key("1"), key("Enter"), { kind: "advice", text: " 低盐 " }, { kind: "sign" }]);
    expect(model.phase).toBe("saving");
    const answers = ["a", "b"].map((code) => ({ rule: "adult_bp", code, item: "", answer: "accept", text: "", ...NO_GRADE }));
    expect(effects).toEqual([{ kind: "sign", ask: { person: "p1", mark: "m1", answers, added: [], advice: "低盐", reason: "" } }]);
    expect(update(model, { kind: "sign" })[1], "pressed twice it is asked once").toEqual([]);
    expect(update(model, { kind: "failed" })[0].phase).toBe("editing");
  });

  const stops: [string, ConclusionView, Event[], Model["stopped"], number][] = [
    ["a finding without an answer", view(), [key("1")], "unanswered", 1],
    ["rejected without a reason", view(), [key("3"), key("ArrowDown"), key("1")], "words", 0],
    ["other words that are none", view(), [key("2"), { kind: "words", at: 0, text: " " }, key("ArrowDown"), key("1")], "words", 0],
    ["an own finding written and not added", view({ proposed: [] }), [{ kind: "own", text: "腹部压痛" }], "own", 0],
    ["a later version without a reason", view({ proposed: [], signed: SIGNED }), [], "reason", 0],
  ];
  it.each(stops)("%s keeps it from being signed", (_, seen, events, stopped, at) => {
    const [model, effects] = run(begun(seen), [...events, { kind: "sign" }]);
    expect([model.stopped, model.at, model.phase]).toEqual([stopped, at, "editing"]);
    expect(effects.map((one) => one.kind)).toEqual(["focus"]);
  });

  it("other words begin with those proposed, a reason begins empty, and both go with the signature", () => {
    const [model] = run(begun(view()), [key("2")]);
    expect(model.said[0]).toMatchObject({ answer: "reword", text: "看到a" });
    const [, effects] = run(model, [{ kind: "words", at: 0, text: "血压偏高" }, key("ArrowDown"), key("3"), { kind: "words", at: 1, text: "换袖带复测正常" }, { kind: "sign" }]);
    const ask = effects[0]?.kind === "sign" ? effects[0].ask : null;
    expect(ask?.answers.map((one) => [one.answer, one.text])).toEqual([["reword", "血压偏高"], ["reject", "换袖带复测正常"]]);
  });

  it("one key takes what the table says to the person into the advice, once, in the doctor's words, and nothing of what is rejected", () => {
    const [model] = run(begun(view({ proposed: [finding("a"), finding("b"), finding("c"), finding("d", { to_person: "" })] })), [key("2"), { kind: "words", at: 0, text: "血压偏高" }, key("ArrowDown"), key("ArrowDown"), key("3"), { kind: "words", at: 2, text: "复测正常" }, { kind: "advice", text: "低盐" }, key("0")]);
    expect(model.advice).toBe("低盐\n血压偏高：请复查a。\n所见b：请复查b。");
    expect(update(model, { kind: "key", key: "0" })[0].advice, "pressed again it is there once").toBe(model.advice);
    const [empty] = run(begun(view({ proposed: [] })), [key("0")]);
    expect(empty.advice, "nothing found: nothing to say").toBe("");
  });

  it("no level is chosen for an own finding before somebody does", () => {
    const [model, effects] = run(begun(view({ proposed: [] })), [{ kind: "own", text: "腹部压痛" }, { kind: "add" }]);
    expect([model.own.level, model.stopped, model.added, effects]).toEqual(["", "level", [], [{ kind: "focus", what: "level" }]]);
  });

  it("own findings are added with their level and can be taken back", () => {
    const own: Event[] = [{ kind: "own_grade", grade: { level: "C" } }, { kind: "own", text: " 牙石 " }, { kind: "add" }];
    const [model] = run(begun(view({ proposed: [] })), [...own, { kind: "own", text: "腹部压痛" }, { kind: "own_grade", grade: { level: "B" } }, { kind: "add" }, { kind: "drop", at: 1 }, { kind: "sign" }]);
    expect(model.added).toEqual([{ level: "C", text: "牙石", due_days: null, action: "" }]);
    expect(model.phase).toBe("saving");
  });

  it("a level brings its usual days, unless others were typed, and what is no number of days is not added", () => {
    const of = (...grades: Partial<Grade>[]) => run(begun(view({ proposed: [] })), [{ kind: "own", text: "腹部包块" }, ...grades.map((grade): Event => ({ kind: "own_grade", grade })), { kind: "add" }]);
    expect(of({ level: "B" })[0].added[0]).toMatchObject({ level: "B", due_days: 14 });
    expect(of({ level: "B" }, { level: "A" })[0].added[0]).toMatchObject({ level: "A", due_days: 0 });
    expect(of({ level: "B" }, { days: "３" }, { level: "A" }, { action: " 县医院外科 " })[0].added[0]).toEqual({ level: "A", text: "腹部包块", due_days: 3, action: "县医院外科" });
    for (const days of ["x", "-1", "366"]) expect(of({ level: "B" }, { days })[0].stopped, days).toBe("days");
  });

  it("what is left to the doctor goes with the level they set, and nothing else does", () => {
    const seen = view({ proposed: [finding("a", { is_left_to_the_doctor: true }), finding("b")] });
    const grade: Event[] = [0, 1].map((at) => ({ kind: "grade", at, grade: { level: "A", action: "心内科" } }));
    const [, effects] = run(begun(seen), [key("2"), key("ArrowDown"), key("2"), ...grade, { kind: "sign" }]);
    const ask = effects[0]?.kind === "sign" ? effects[0].ask : null;
    expect(ask?.answers.map((one) => [one.level, one.due_days, one.action])).toEqual([["A", 0, "心内科"], ["", null, ""]]);
  });

  it("two findings with one code are answered each by its item", () => {
    const seen = view({ proposed: [finding("a", { item: "ecg" }), finding("a", { item: "ultrasound" })] });
    const [, effects] = run(begun(seen), [key("1"), key("3"), { kind: "words", at: 1, text: "重做正常" }, { kind: "sign" }]);
    const ask = effects[0]?.kind === "sign" ? effects[0].ask : null;
    expect(ask?.answers.map((one) => [one.item, one.answer])).toEqual([["ecg", "accept"], ["ultrasound", "reject"]]);
  });

  it("what was rejected of another value is asked again, and no key signs over it unseen", () => {
    const earlier = { value: "7.1 mmol/L", answer: "reject" as const, said: "溶血", level: "" };
    const asked = begun(view({ proposed: [finding("k", { level: "A", value: "7.6 mmol/L", earlier })], signed: SIGNED }));
    expect([openCount(asked), asked.said[0]?.text]).toEqual([1, ""]);
    const [stopped, effects] = run(asked, [{ kind: "reason", text: "补报" }, { kind: "sign" }]);
    expect([stopped.stopped, stopped.phase, effects.map((one) => one.kind)]).toEqual(["unanswered", "editing", ["focus"]]);
    const [rejected] = run(asked, [key("3"), { kind: "reason", text: "补报" }, { kind: "sign" }]);
    expect(rejected.stopped, "the old reason is not the new one").toBe("words");
    // The control: of the same value it stands as it was said.
    const same = begun(view({ proposed: [finding("k", { level: "A", answer: "reject", said: "溶血" })], signed: SIGNED }));
    expect(run(same, [{ kind: "reason", text: "补报" }, { kind: "sign" }])[0].phase).toBe("saving");
  });

  it("a later version begins with what stands, and only what is new is open", () => {
    const stands = view({ proposed: [finding("a", { answer: "reject", said: "换袖带" }), finding("b")], signed: SIGNED, advice: "低盐", added: [{ level: "C", text: "牙石", due_days: null, action: "" }] });
    const model = begun(stands);
    expect([model.at, openCount(model), model.said[0]?.text, model.advice, model.added.length]).toEqual([1, 1, "换袖带", "低盐", 1]);
    const [signed] = run(model, [key("1"), { kind: "reason", text: "补报" }, { kind: "sign" }]);
    expect(signed.phase).toBe("saving");
  });
});

describe("a conclusion that is left", () => {
  const written: Event[] = [key("3"), { kind: "words", at: 0, text: "袖带松" }, { kind: "select", at: 1 }, key("1"), { kind: "own", text: "包块" }, { kind: "own_grade", grade: { level: "B" } }, { kind: "add" }, { kind: "advice", text: "低盐" }];

  it("is kept with every word, and taken up as it was", () => {
    const [model] = run(begun(view()), written);
    const back = taken(begun(view()), draftOf(model));
    expect([back.said, back.added, back.own, back.advice]).toEqual([model.said, model.added, model.own, model.advice]);
    expect(draftOf(back)).toEqual(draftOf(model));
  });

  it("is no draft where nothing was said, or where all was taken back", () => {
    expect(draftOf(begun(view()))).toEqual([]);
    expect(draftOf(run(begun(view()), [{ kind: "advice", text: "低盐" }, { kind: "advice", text: "" }])[0])).toEqual([]);
  });

  it("keeps what was said of one value from another", () => {
    const kept = draftOf(run(begun(view()), written)[0]);
    const back = taken(begun(view({ proposed: [finding("a", { value: "182/112 mmHg" }), finding("b")] })), kept);
    expect(back.said.map((one) => one.answer)).toEqual([null, "accept"]);
    expect(back.at).toBe(0);
  });
});
