// 总检 of one person: each proposed finding answered by a key, own findings, advice, the signature. Pure. Not what is
// proposed and whether it may be signed (the host's).
import type { AnswerWord, ConcludeAsk, ConclusionView, OwnFinding, ProposedFinding } from "../platform/api";

/** What is said of one finding; not answered yet: no word. */
export interface Said {
  answer: AnswerWord | null;
  text: string;
}

export interface Model {
  view: ConclusionView;
  /** In the order of the proposed findings. */
  said: Said[];
  /** The finding that keys go to. */
  at: number;
  added: OwnFinding[];
  /** An own finding being written. */
  own: OwnFinding;
  advice: string;
  reason: string;
  phase: "editing" | "saving";
  stopped: "" | "unanswered" | "words" | "own" | "level" | "reason";
}

export type Event =
  | { kind: "select"; at: number }
  | { kind: "key"; key: string }
  | { kind: "answer"; at: number; answer: AnswerWord }
  | { kind: "words"; at: number; text: string }
  | { kind: "level"; level: string }
  | { kind: "own"; text: string }
  | { kind: "add" }
  | { kind: "drop"; at: number }
  | { kind: "advice"; text: string }
  | { kind: "reason"; text: string }
  | { kind: "sign" }
  | { kind: "failed" };

export type Effect = { kind: "sign"; ask: ConcludeAsk } | { kind: "focus"; what: "list" | "words" | "own" | "level" | "reason" };

/** One key each, in the order the screen names them. */
export const ANSWER_KEYS: { key: string; answer: AnswerWord }[] = [
  { key: "1", answer: "accept" },
  { key: "2", answer: "reword" },
  { key: "3", answer: "reject" },
];

/** Nothing is chosen before somebody does: how grave it is the doctor says. */
const NO_OWN: OwnFinding = { level: "", text: "" };

/** What the conclusion that stands said is where a new one begins. */
export function begun(view: ConclusionView): Model {
  const said = view.proposed.map((one: ProposedFinding): Said => ({ answer: one.answer, text: one.said || (one.answer === null ? "" : one.text) }));
  const model: Model = { view, said, at: 0, added: view.added, own: NO_OWN, advice: view.advice, reason: "", phase: "editing", stopped: "" };
  return { ...model, at: Math.max(0, nextOpen(said, -1)) };
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
  const said = model.said.map((one, index) => (index === at ? { answer, text } : one));
  if (answer !== "accept") return [{ ...model, said, at, stopped: "" }, [{ kind: "focus", what: "words" }]];
  const next = nextOpen(said, at);
  return [{ ...model, said, at: next >= 0 ? next : at, stopped: "" }, [{ kind: "focus", what: "list" }]];
}

function key(model: Model, pressed: string): [Model, Effect[]] {
  const last = model.said.length - 1;
  if (last < 0) return [model, []];
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
  // Written and not added: it would be lost.
  if (model.own.text.trim() !== "") return [{ ...model, stopped: "own" }, [{ kind: "focus", what: "own" }]];
  if (isLater(model) && model.reason.trim() === "") return [{ ...model, stopped: "reason" }, [{ kind: "focus", what: "reason" }]];
  return null;
}

function asked(model: Model): ConcludeAsk {
  const answers = model.view.proposed.flatMap((one, at) => {
    const said = model.said[at];
    return said?.answer ? [{ rule: one.rule, code: one.code, answer: said.answer, text: said.answer === "accept" ? "" : said.text.trim() }] : [];
  });
  return { person: model.view.whole.row.person, mark: model.view.mark, answers, added: model.added, advice: model.advice.trim(), reason: model.reason.trim() };
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
    case "level":
      return [{ ...model, stopped: "", own: { ...model.own, level: event.level } }, []];
    case "own":
      return [{ ...model, stopped: "", own: { ...model.own, text: event.text } }, []];
    case "add": {
      const text = model.own.text.trim();
      if (text === "") return [model, [{ kind: "focus", what: "own" }]];
      if (model.own.level === "") return [{ ...model, stopped: "level" }, [{ kind: "focus", what: "level" }]];
      return [{ ...model, stopped: "", added: [...model.added, { ...model.own, text }], own: NO_OWN }, [{ kind: "focus", what: "own" }]];
    }
    case "drop":
      return [{ ...model, added: model.added.filter((_, at) => at !== event.at) }, []];
    case "advice":
      return [{ ...model, advice: event.text }, []];
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
