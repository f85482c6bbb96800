// 总检 of one person: each proposed finding answered by a key, own findings, advice, the signature. Pure. Not what is
// proposed and whether it may be signed (the host's).
import type { AnswerWord, ConcludeAsk, ConclusionView, OwnFinding, ProposedFinding, Typed } from "../platform/api";
import { halfWidth } from "./digits";

/** What is said of one finding; not answered yet: no word. */
export interface Said {
  answer: AnswerWord | null;
  text: string;
  /** Where the level is left to the doctor. */
  grade: Grade;
}

/** How grave it is, in how many days it is followed up, what to do and where to go. As typed. */
export interface Grade {
  level: string;
  days: string;
  action: string;
}

export interface Model {
  view: ConclusionView;
  /** In the order of the proposed findings. */
  said: Said[];
  /** The finding that keys go to. */
  at: number;
  added: OwnFinding[];
  /** An own finding being written. */
  own: Grade & { text: string };
  advice: string;
  reason: string;
  phase: "editing" | "saving";
  stopped: "" | "unanswered" | "words" | "own" | "level" | "days" | "reason";
}

export type Event =
  | { kind: "select"; at: number }
  | { kind: "key"; key: string }
  | { kind: "answer"; at: number; answer: AnswerWord }
  | { kind: "words"; at: number; text: string }
  | { kind: "grade"; at: number; grade: Partial<Grade> }
  | { kind: "own_grade"; grade: Partial<Grade> }
  | { kind: "own"; text: string }
  | { kind: "add" }
  | { kind: "drop"; at: number }
  | { kind: "advice"; text: string }
  | { kind: "usual_advice" }
  | { kind: "reason"; text: string }
  | { kind: "sign" }
  | { kind: "failed" };

export type Effect = { kind: "sign"; ask: ConcludeAsk } | { kind: "focus"; what: "list" | "words" | "own" | "level" | "days" | "reason" };

/** One key each, in the order the screen names them. */
export const ANSWER_KEYS: { key: string; answer: AnswerWord }[] = [
  { key: "1", answer: "accept" },
  { key: "2", answer: "reword" },
  { key: "3", answer: "reject" },
];

/** Nothing is chosen before somebody does: how grave it is the doctor says. */
const NO_GRADE: Grade = { level: "", days: "", action: "" };
const NO_OWN = { ...NO_GRADE, text: "" };

const gradeOf = (one: OwnFinding | null): Grade => (one === null ? NO_GRADE : { level: one.level, days: one.due_days === null ? "" : String(one.due_days), action: one.action });

/** The longest time a doctor may set, days; the host refuses more (`domain::conclusion::DUE_DAYS_MAX`). */
const DAYS_MAX = 365;
const isDays = (days: string) => /^\d{0,3}$/.test(halfWidth(days).trim()) && Number(halfWidth(days)) <= DAYS_MAX;
const daysOf = (days: string) => (halfWidth(days).trim() === "" ? null : Number(halfWidth(days)));

/** A level brings the days that are usual at it, unless others were typed. */
function regraded(model: Model, before: Grade, change: Partial<Grade>): Grade {
  const usual = (level: string) => {
    const days = model.view.usual_days.find((one) => one.level === level)?.due_days ?? null;
    return days === null ? "" : String(days);
  };
  const grade = { ...before, ...change };
  const isUsual = before.days === usual(before.level);
  return change.level !== undefined && isUsual ? { ...grade, days: usual(change.level) } : grade;
}

/** What the conclusion that stands said is where a new one begins. */
export function begun(view: ConclusionView): Model {
  const said = view.proposed.map((one: ProposedFinding): Said => ({ answer: one.answer, text: one.said || (one.answer === null ? "" : one.text), grade: gradeOf(one.graded) }));
  const model: Model = { view, said, at: 0, added: view.added, own: NO_OWN, advice: view.advice, reason: "", phase: "editing", stopped: "" };
  return { ...model, at: Math.max(0, nextOpen(said, -1)) };
}

/** What was said of one value is not said of another. */
const fieldOf = (one: ProposedFinding) => `finding ${one.rule} ${one.code} ${one.item} ${one.value}`;

function fieldsOf(model: Model): Map<string, string> {
  const fields = new Map(model.view.proposed.map((one, at) => [fieldOf(one), JSON.stringify(model.said[at])]));
  model.added.forEach((one, at) => fields.set(`added ${at}`, JSON.stringify(one)));
  fields.set("added", String(model.added.length));
  return fields.set("own", JSON.stringify(model.own)).set("advice", model.advice).set("reason", model.reason);
}

/** What a draft keeps: nothing, where nothing was said beyond what stood when it was opened. */
export function draftOf(model: Model): Typed[] {
  const before = fieldsOf(begun(model.view));
  const changed = [...fieldsOf(model)].filter(([item, text]) => before.get(item) !== text);
  return changed.map(([item, text]) => ({ item, text, absent: null, confirmed: false }));
}

/** A conclusion as it was left. What was said of findings that are no more is left out. */
export function taken(model: Model, values: Typed[]): Model {
  const text = (item: string) => values.find((one) => one.item === item)?.text;
  const read = <T>(item: string, fallback: T): T => (text(item) === undefined ? fallback : (JSON.parse(text(item) ?? "") as T));
  const said = model.view.proposed.map((one, at) => read<Said>(fieldOf(one), model.said[at] ?? { answer: null, text: "", grade: NO_GRADE }));
  const length = Number(text("added") ?? model.added.length);
  const added = Array.from({ length }, (_, at) => read<OwnFinding | undefined>(`added ${at}`, model.added[at])).filter((one) => one !== undefined);
  const next: Model = { ...model, said, added, own: read("own", model.own), advice: text("advice") ?? model.advice, reason: text("reason") ?? model.reason };
  return { ...next, at: Math.max(0, nextOpen(said, -1)) };
}

/** The next finding without an answer after `at`, else the first one; -1 where all are answered. */
export function nextOpen(said: Said[], at: number): number {
  const later = said.findIndex((one, index) => index > at && one.answer === null);
  return later >= 0 ? later : said.findIndex((one) => one.answer === null);
}

export function openCount(model: Model): number {
  return model.said.filter((one) => one.answer === null).length;
}

/** Somebody signed before: why it changes has to be said. */
export function isLater(model: Model): boolean {
  return model.view.signed.length > 0;
}

function answered(model: Model, at: number, answer: AnswerWord): [Model, Effect[]] {
  const proposed = model.view.proposed[at];
  const before = model.said[at];
  if (!proposed || !before || model.phase === "saving") return [model, []];
  // Other words begin with those proposed; a reason begins empty; what was written is kept when the same is pressed again.
  const text = before.answer === answer ? before.text : answer === "reword" ? proposed.text : "";
  const said = model.said.map((one, index) => (index === at ? { ...before, answer, text } : one));
  if (answer !== "accept") return [{ ...model, said, at, stopped: "" }, [{ kind: "focus", what: "words" }]];
  const next = nextOpen(said, at);
  return [{ ...model, said, at: next >= 0 ? next : at, stopped: "" }, [{ kind: "focus", what: "list" }]];
}

function key(model: Model, pressed: string): [Model, Effect[]] {
  const last = model.said.length - 1;
  if (last < 0) return [model, []];
  if (pressed === USUAL_ADVICE_KEY) return update(model, { kind: "usual_advice" });
  if (pressed === "ArrowDown") return [{ ...model, at: Math.min(last, model.at + 1) }, []];
  if (pressed === "ArrowUp") return [{ ...model, at: Math.max(0, model.at - 1) }, []];
  const chosen = pressed === "Enter" ? "accept" : ANSWER_KEYS.find((one) => one.key === pressed)?.answer;
  return chosen === undefined ? [model, []] : answered(model, model.at, chosen);
}

/** Where the signature is stopped, and what is to be filled in. */
function stop(model: Model): [Model, Effect[]] | null {
  const open = nextOpen(model.said, -1);
  if (open >= 0) return [{ ...model, at: open, stopped: "unanswered" }, [{ kind: "focus", what: "list" }]];
  const wordless = model.said.findIndex((one) => one.answer !== "accept" && one.text.trim() === "");
  if (wordless >= 0) return [{ ...model, at: wordless, stopped: "words" }, [{ kind: "focus", what: "words" }]];
  const graded = model.said.findIndex((one, at) => one.answer === "reword" && model.view.proposed[at]?.is_left_to_the_doctor === true && !isDays(one.grade.days));
  if (graded >= 0) return [{ ...model, at: graded, stopped: "words" }, [{ kind: "focus", what: "words" }]];
  // Written and not added: it would be lost.
  if (model.own.text.trim() !== "") return [{ ...model, stopped: "own" }, [{ kind: "focus", what: "own" }]];
  if (isLater(model) && model.reason.trim() === "") return [{ ...model, stopped: "reason" }, [{ kind: "focus", what: "reason" }]];
  return null;
}

function asked(model: Model): ConcludeAsk {
  const answers = model.view.proposed.flatMap((one, at) => {
    const said = model.said[at];
    if (!said?.answer) return [];
    const isGraded = said.answer === "reword" && one.is_left_to_the_doctor && said.grade.level !== "";
    const { level, days, action } = isGraded ? said.grade : NO_GRADE;
    return [{ rule: one.rule, code: one.code, item: one.item, answer: said.answer, text: said.answer === "accept" ? "" : said.text.trim(), level, due_days: daysOf(days), action: action.trim() }];
  });
  return { person: model.view.whole.row.person, mark: model.view.mark, answers, added: model.added, advice: model.advice.trim(), reason: model.reason.trim() };
}

/** Takes what the table says to the person into the advice: a key of its own, beside those of the answers. */
export const USUAL_ADVICE_KEY = "0";

/** A line for each finding that is not rejected, in the doctor's words where there are any; what stands there already is not said twice. */
export function withUsualAdvice(model: Model): string {
  const lines = model.view.proposed.flatMap((one, at) => {
    const said = model.said[at];
    if (one.to_person === "" || said?.answer === "reject") return [];
    const seen = said?.answer === "reword" && said.text.trim() !== "" ? said.text.trim() : one.seen_by_person;
    return [`${seen}：${one.to_person}。`];
  });
  const known = model.advice.split("\n").map((line) => line.trim());
  const fresh = lines.filter((line, at) => !known.includes(line) && lines.indexOf(line) === at);
  return [model.advice.trimEnd(), ...fresh].filter((line) => line !== "").join("\n");
}

export function update(model: Model, event: Event): [Model, Effect[]] {
  switch (event.kind) {
    case "select":
      return [{ ...model, at: event.at }, []];
    case "key":
      return key(model, event.key);
    case "answer":
      return answered(model, event.at, event.answer);
    case "words":
      return [{ ...model, stopped: "", said: model.said.map((one, at) => (at === event.at ? { ...one, text: event.text } : one)) }, []];
    case "grade":
      return [{ ...model, stopped: "", said: model.said.map((one, at) => (at === event.at ? { ...one, grade: regraded(model, one.grade, event.grade) } : one)) }, []];
    case "own_grade":
      return [{ ...model, stopped: "", own: { ...model.own, ...regraded(model, model.own, event.grade) } }, []];
    case "own":
      return [{ ...model, stopped: "", own: { ...model.own, text: event.text } }, []];
    case "add": {
      const text = model.own.text.trim();
      if (text === "") return [model, [{ kind: "focus", what: "own" }]];
      if (model.own.level === "") return [{ ...model, stopped: "level" }, [{ kind: "focus", what: "level" }]];
      if (!isDays(model.own.days)) return [{ ...model, stopped: "days" }, [{ kind: "focus", what: "days" }]];
      const added = { level: model.own.level, text, due_days: daysOf(model.own.days), action: model.own.action.trim() };
      return [{ ...model, stopped: "", added: [...model.added, added], own: NO_OWN }, [{ kind: "focus", what: "own" }]];
    }
    case "drop":
      return [{ ...model, added: model.added.filter((_, at) => at !== event.at) }, []];
    case "advice":
      return [{ ...model, advice: event.text }, []];
    case "usual_advice":
      return [{ ...model, advice: withUsualAdvice(model) }, []];
    case "reason":
      return [{ ...model, reason: event.text, stopped: "" }, []];
    case "sign": {
      if (model.phase === "saving") return [model, []];
      const stopped = stop(model);
      return stopped ?? [{ ...model, phase: "saving", stopped: "" }, [{ kind: "sign", ask: asked(model) }]];
    }
    case "failed":
      return [{ ...model, phase: "editing" }, []];
  }
}
