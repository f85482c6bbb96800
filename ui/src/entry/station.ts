// One station's form for one person, as a pure machine: events in, a new model and effects out. Not what a value means
// (the host judges), not how it looks (the screen), no clock and no randomness (they come with the events).
import type { Draft, FormView, ItemForm, ItemVerdict, Judged, RepeatOwed, SaveAsk, Saved, StationForm, StillGrave, Typed, ValueCell } from "../platform/api";
import { isNumber, isWithin, numberText } from "./digits";
import { absentOf } from "./absent";
import { answerOfCell } from "./answer_of";
import { itemOf } from "./index";
import { isPairComplete } from "./pair";

export interface Answer {
  text: string;
  absent: string | null;
  confirmed: boolean;
}

export interface Model {
  phase: "loading" | "editing" | "saving" | "saved";
  view: FormView | null;
  items: ItemForm[];
  answers: Record<string, Answer>;
  /** What stood when the form opened. */
  before: Record<string, Answer>;
  /** The host's verdict and the text it was about. */
  verdicts: Record<string, ItemVerdict & { about: string }>;
  derived: Typed[];
  recheck: RepeatOwed | null;
  still: StillGrave | null;
  focus: string | null;
  /** An unusual value that waits for the second Enter. */
  asked: string | null;
  /** The question the cursor came to by itself, until a key is pressed there: whoever did not see it go presses Enter by habit. */
  jumped: string | null;
  /** The number of the last question to the host; only its answer counts. */
  judging: number;
  saveId: string;
  /** A complete first half jumps to its pair; people may switch it off. */
  pairJump: boolean;
  saved: Saved | null;
  rested: string[]; // what one press set to a reason, to be taken back by another
  /** Somebody's draft was taken over when the form opened. */
  fromDraft: boolean;
  /** Why saving did not go on, as a text key. */
  stopped: "" | "nothing" | "emptied" | "impossible" | "unusual" | "refused" | "failed";
}

export type Event =
  | { kind: "opened"; view: FormView; items: ItemForm[]; saveId: string; pairJump: boolean; awaited?: Set<string> }
  /** The form as it stands after somebody saved something of this person. */
  | { kind: "others"; view: FormView }
  | { kind: "focused"; item: string }
  | { kind: "typed"; item: string; text: string }
  | { kind: "chose"; item: string; key: string; goOn?: boolean }
  /** One of several choices turned on or off. */
  | { kind: "toggled"; item: string; key: string }
  | { kind: "absent"; item: string; reason: string }
  | { kind: "rest_absent"; reason: string }
  | { kind: "rest_undo" }
  | { kind: "left"; item: string }
  | { kind: "enter"; item: string }
  | { kind: "backspace"; item: string }
  | { kind: "suggestion"; item: string }
  /** What stood before the question was emptied. */
  | { kind: "put_back"; item: string }
  | { kind: "judged"; asked: number; judged: Judged; about: Record<string, string> }
  | { kind: "save" }
  | { kind: "saved"; saved: Saved; nextSaveId: string }
  | { kind: "failed" };

export type Effect =
  /** `rests`: a key was pressed, and another may follow at once; `unfinished`: it surely will, what is there ends in a point. */
  | { kind: "judge"; asked: number; values: Typed[]; about: Record<string, string>; rests?: boolean; unfinished?: boolean }
  /** Focus an item's control; `end` is the save button. */
  | { kind: "focus"; item: string | "end"; select: boolean }
  | { kind: "draft"; values: Typed[]; focus: string | null; saw: string[] }
  | { kind: "save"; ask: SaveAsk }
  | { kind: "said"; what: "saved" };

export const closed: Model = {
  phase: "loading", view: null, items: [], answers: {}, before: {}, verdicts: {}, derived: [], recheck: null, still: null, focus: null,
  asked: null, jumped: null, judging: 0, saveId: "", pairJump: true, saved: null, rested: [], fromDraft: false, stopped: "",
};

const NONE: Answer = { text: "", absent: null, confirmed: false };

/** The items a station's form asks, in its order: computed ones are shown, never asked. */
export function asksOf(station: StationForm | undefined, all: ItemForm[]): ItemForm[] {
  const byKey = new Map(all.map((item) => [item.item, item]));
  return (station?.items ?? []).map((key) => byKey.get(key)).filter((item): item is ItemForm => !!item && !item.is_derived);
}

/** The keys of several choices in their order, as the host reads them. */
export const keysOf = (text: string): string[] => (text === "" ? [] : text.split(","));

export function answerOf(model: Model, item: string): Answer {
  return model.answers[item] ?? NONE;
}

export function isAnswered(model: Model, item: string): boolean {
  const { text, absent } = answerOf(model, item);
  return text !== "" || absent !== null;
}

/** Whether the answers so far open an item: what hangs on a closed question is closed with it. */
export function isShown(model: Model, item: ItemForm): boolean {
  const on = item.shown_if;
  if (on === null) return true;
  const gate = itemOf(model.items, on.item);
  if (!gate || !isShown(model, gate)) return false;
  const { text, absent } = answerOf(model, on.item);
  if (absent !== null || text === "") return false;
  return on.keys.length === 0 || (gate.kind === "several" ? keysOf(text) : [text]).some((key) => on.keys.includes(key));
}

/** The questions on the sheet, in their order. */
export function shown(model: Model): ItemForm[] {
  return model.items.filter((item) => isShown(model, item));
}

export function isChanged(model: Model, item: string): boolean {
  const [now, before] = [answerOf(model, item), model.before[item] ?? NONE];
  return isAnswered(model, item) && (now.text !== before.text || now.absent !== before.absent);
}

/** Emptied over what stands: saving would keep it without a word. A number is shown again when its field is left; of the
 * rest somebody has to say what is meant, for an empty chart or list is no answer. */
export function isEmptied(model: Model, item: string): boolean {
  const before = model.before[item] ?? NONE;
  return !isAnswered(model, item) && (before.text !== "" || before.absent !== null);
}

function typedOf(model: Model, keep: (item: string) => boolean): Typed[] {
  return shown(model)
    .filter((item) => keep(item.item))
    .map(({ item }) => ({ item, ...answerOf(model, item) }));
}

/** The reason that a lone letter in a number's field stands for. It becomes the answer when the field is left: a
 * label's code may begin with the same letter. */
export function meantAbsence(item: ItemForm, answer: Answer): string | null {
  return item.kind === "number" ? absentOf(answer.text) : null;
}

export type Band = "empty" | "fine" | "unusual" | "impossible" | "unknown";

/** How an item stands now: the host's word where it is about this very text, else only the hard limits. */
export function bandOf(model: Model, item: ItemForm): Band {
  const answer = answerOf(model, item.item);
  if (answer.absent !== null) return "fine";
  if (answer.text === "") return "empty";
  if (meantAbsence(item, answer) !== null) return "fine";
  const verdict = model.verdicts[item.item];
  if (verdict && verdict.about === answer.text) return verdict.band;
  if (item.kind !== "number") return "fine";
  if (!isNumber(answer.text)) return "impossible";
  return isWithin(answer.text, item.hard_min, item.hard_max) ? "unknown" : "impossible";
}

/** The verdict where it is about what stands in the field. */
export function verdictOf(model: Model, item: string): ItemVerdict | null {
  const verdict = model.verdicts[item];
  return verdict && verdict.about === answerOf(model, item).text ? verdict : null;
}

function after(model: Model, item: string): string | "end" {
  const asked = shown(model);
  const at = asked.findIndex((one) => one.item === item);
  return asked[at + 1]?.item ?? "end";
}

function withAnswer(model: Model, item: string, answer: Answer): Model {
  return { ...model, answers: { ...model.answers, [item]: answer }, asked: null, jumped: null, stopped: "", phase: "editing" };
}

function judge(model: Model): [Model, Effect[]] {
  const meant = new Set(model.items.filter((item) => meantAbsence(item, answerOf(model, item.item)) !== null).map(({ item }) => item));
  const values = typedOf(model, (item) => isAnswered(model, item) && !meant.has(item));
  const asked = model.judging + 1;
  return [{ ...model, judging: asked }, [{ kind: "judge", asked, values, about: Object.fromEntries(values.map(({ item, text }) => [item, text])) }]];
}

function draft(model: Model): Effect {
  return { kind: "draft", values: typedOf(model, (item) => isChanged(model, item)), focus: model.focus, saw: model.view?.saw ?? [] };
}

function changed(model: Model, more: Effect[] = []): [Model, Effect[]] {
  const [next, effects] = judge(model);
  return [next, [...effects, draft(next), ...more]];
}

/** After an answer that needs no Enter the cursor goes on by itself. */
function goesOnTo(model: Model, to: string | "end"): [Model, Effect[]] {
  return changed({ ...model, jumped: to === "end" ? null : to }, [{ kind: "focus", item: to, select: true }]);
}

function opened(event: Extract<Event, { kind: "opened" }>): [Model, Effect[]] {
  const { view, items } = event;
  const before: Record<string, Answer> = {};
  for (const item of items) {
    const current = view.items.find((one) => one.item === item.item)?.current ?? [];
    const [only, other] = current;
    if (only && !other) before[item.item] = answerOfCell(item, only);
  }
  const answers = { ...before };
  const inDraft = view.draft?.values.filter((value) => items.some((item) => item.item === value.item)) ?? [];
  for (const { item, text, absent, confirmed } of inDraft) answers[item] = { text, absent, confirmed };
  // What came since the draft was written it does not replace: two values then, as with a form that was open all the while.
  const drafted = view.items.flatMap((one) => (inDraft.some(({ item }) => item === one.item) ? one.current.map((cell) => cell.entry) : []));
  const unseen = new Set(drafted.filter((entry) => view.draft?.saw.includes(entry) !== true));
  const model: Model = {
    ...closed, phase: "editing", view: { ...view, saw: view.saw.filter((entry) => !unseen.has(entry)) }, items, before, answers, recheck: view.recheck, still: view.still, saveId: event.saveId, pairJump: event.pairJump,
    fromDraft: inDraft.length > 0,
  };
  // A repeat first; then what everybody is asked here and no laboratory gives back; where all waits for one, whoever reads a strip on the spot.
  const own = shown(model).filter(({ item }) => !event.awaited?.has(item) && view.items.some((one) => one.item === item && (one.is_mandatory || !event.awaited?.size)));
  const begins = (all: ItemForm[]) => all.find((item) => !isAnswered(model, item.item)) ?? all[0];
  const focus = (inDraft.length > 0 ? draftFocus(view.draft, items) : null) ?? (begins(shown(model).filter(({ item }) => view.recheck?.items.includes(item) === true && !isAnswered(model, item))) ?? begins(own) ?? begins(shown(model)))?.item ?? "end";
  const [next, effects] = judge({ ...model, focus: focus === "end" ? null : focus });
  return [next, [...effects, { kind: "focus", item: focus, select: true }]];
}

function sameCells(one: ValueCell[], other: ValueCell[]): boolean {
  return one.length === other.length && one.every((cell, at) => cell.entry === other[at]?.entry && cell.text === other[at]?.text && cell.absent === other[at]?.absent);
}

/** What others saved meanwhile. A question nobody has touched here shows it; one that was answered here or holds the cursor
 * stays as it is, and its save still names only what this screen showed when it was begun: two values, never an overwrite. */
function others(model: Model, view: FormView): [Model, Effect[]] {
  const cells = (of: FormView | null, key: string) => of?.items.find((one) => one.item === key)?.current ?? [];
  const isOwn = (key: string) => model.focus === key || isChanged(model, key) || isEmptied(model, key);
  const moved = model.items.filter(({ item }) => !sameCells(cells(model.view, item), cells(view, item)));
  if (moved.length === 0) return [model, []];
  const [answers, before] = [{ ...model.answers }, { ...model.before }];
  for (const item of moved.filter((one) => !isOwn(one.item))) {
    const [only, other] = cells(view, item.item);
    const shows = only && !other ? answerOfCell(item, only) : NONE;
    answers[item.item] = before[item.item] = shows;
  }
  const held = new Set(moved.filter((one) => isOwn(one.item)).flatMap((one) => cells(view, one.item).map((cell) => cell.entry)));
  const saw = [...new Set([...(model.view?.saw ?? []), ...view.saw.filter((entry) => !held.has(entry))])];
  const next: Model = { ...model, answers, before, view: { ...view, saw, draft: model.view?.draft ?? null } };
  const [judged, effects] = judge(next);
  // A save in another window of this account has taken the draft along, and what is typed here was in it.
  const isOpen = model.items.some((item) => isChanged(judged, item.item));
  return [judged, isOpen ? [...effects, draft(judged)] : effects];
}

/** What somebody else saved of an item that is being answered here. */
export function othersOf(model: Model, item: string): ValueCell[] {
  const current = model.view?.items.find((one) => one.item === item)?.current ?? [];
  const of = model.items.find((one) => one.item === item);
  const own = answerOf(model, item);
  const isShown = (cell: ValueCell) => {
    const shows = of ? answerOfCell(of, cell) : NONE;
    return shows.text === own.text && shows.absent === own.absent;
  };
  return current.filter((cell) => !model.view?.saw.includes(cell.entry) && !isShown(cell));
}

const draftFocus = (from: Draft | null, items: ItemForm[]): string | null => (from?.focus && items.some((item) => item.item === from.focus) ? from.focus : null);

function typed(model: Model, key: string, text: string): [Model, Effect[]] {
  const item = model.items.find((one) => one.item === key);
  if (!item) return [model, []];
  const plain = item.kind === "number" ? numberText(text) : text;
  // One key takes what is offered for a likely slip.
  if (item.kind === "number" && plain.endsWith("=")) return update(model, { kind: "suggestion", item: key });
  const next = withAnswer(model, key, { text: plain, absent: null, confirmed: false });
  const jumps = model.pairJump && isPairComplete(item, plain) && plain.length > answerOf(model, key).text.length;
  if (jumps && item.pair !== null) return goesOnTo(next, item.pair);
  const [after, effects] = changed(next);
  return [after, effects.map((effect) => (effect.kind === "judge" ? { ...effect, rests: true, unfinished: item.kind === "number" && plain.endsWith(".") } : effect))];
}

/** Text that stands for a reason becomes it when the field is left: one letter, one key. */
function settled(model: Model, key: string): Model {
  const item = model.items.find((one) => one.item === key);
  const answer = answerOf(model, key);
  if (!item || item.kind !== "number") return model;
  const reason = meantAbsence(item, answer);
  if (reason !== null) return withAnswer(model, key, { text: "", absent: reason, confirmed: true });
  // Emptied, but a value stands: it is shown again. Withdrawing is done with a reason, elsewhere.
  const before = model.before[key];
  if (answer.text === "" && answer.absent === null && before) return withAnswer(model, key, before);
  return model;
}

function enter(before: Model, key: string): [Model, Effect[]] {
  const model = before.jumped === null ? before : { ...before, jumped: null };
  // The Enter behind the value that made the cursor jump: it walks off no empty field. The next one does.
  if (before.jumped === key && !isAnswered(model, key)) return [model, []];
  const settledModel = settled(model, key);
  if (settledModel !== model) return changed(settledModel, [{ kind: "focus", item: after(model, key), select: true }]);
  const item = model.items.find((one) => one.item === key);
  if (!item) return [model, []];
  const band = bandOf(model, item);
  if (band === "impossible") return [{ ...model, stopped: "impossible" }, [{ kind: "focus", item: key, select: true }]];
  if (band === "unusual" && !answerOf(model, key).confirmed) {
    if (model.asked !== key) return [{ ...model, asked: key }, [{ kind: "focus", item: key, select: false }]];
    const sure = withAnswer(model, key, { ...answerOf(model, key), confirmed: true });
    return changed(sure, [{ kind: "focus", item: after(model, key), select: true }]);
  }
  return [model, [{ kind: "focus", item: after(model, key), select: true }]];
}

function chose(model: Model, key: string, choice: string, goOn: boolean): [Model, Effect[]] {
  const next = withAnswer(model, key, { text: choice, absent: null, confirmed: false });
  return goOn ? goesOnTo(next, after(next, key)) : changed(next);
}

/** One that excludes the others takes their place, and gives way to any of them. */
function toggled(model: Model, key: string, choice: string): [Model, Effect[]] {
  const item = model.items.find((one) => one.item === key);
  const of = item?.choices.find((one) => one.key === choice);
  if (!item || !of) return [model, []];
  const had = keysOf(answerOf(model, key).text);
  const stays = (one: string) => one !== choice && !of.exclusive && item.choices.find((other) => other.key === one)?.exclusive !== true;
  const now = [...had.filter(stays), ...(had.includes(choice) ? [] : [choice])];
  const text = item.choices.map((one) => one.key).filter((one) => now.includes(one)).join(",");
  return changed(withAnswer(model, key, { text, absent: null, confirmed: false }));
}

function backspace(model: Model, key: string): [Model, Effect[]] {
  const first = model.items.find((one) => one.pair === key);
  if (!first || answerOf(model, key).text !== "") return [model, []];
  const text = answerOf(model, first.item).text.slice(0, -1);
  const next = withAnswer(model, first.item, { text, absent: null, confirmed: false });
  return changed(next, [{ kind: "focus", item: first.item, select: false }]);
}

function sameVerdict(one: ItemVerdict & { about: string }, other: ItemVerdict & { about: string }): boolean {
  const keys = Object.keys(other) as (keyof typeof other)[];
  return keys.length === Object.keys(one).length && keys.every((key) => one[key] === other[key]);
}

function judged(model: Model, event: Extract<Event, { kind: "judged" }>): [Model, Effect[]] {
  if (event.asked !== model.judging) return [model, []];
  const verdicts: Model["verdicts"] = {};
  for (const verdict of event.judged.items) {
    const now = { ...verdict, about: event.about[verdict.item] ?? "" };
    const before = model.verdicts[verdict.item];
    // The same word stays the same object: its row is not drawn again.
    verdicts[verdict.item] = before && sameVerdict(before, now) ? before : now;
  }
  const next = { ...model, verdicts, derived: event.judged.derived, recheck: event.judged.recheck ?? model.view?.recheck ?? null, still: event.judged.still };
  // The cursor went on before the answer came: back, unless the next field was begun.
  const asked = shown(next);
  const at = asked.findIndex((item) => item.item === next.focus);
  const left = at > 0 ? asked[at - 1] : undefined;
  const here = at > 0 ? asked[at] : undefined;
  if (!left || !here || isAnswered(next, here.item) || !isChanged(next, left.item)) return [next, []];
  const band = bandOf(next, left);
  const isOpen = (band === "unusual" && !answerOf(next, left.item).confirmed) || band === "impossible";
  if (!isOpen || model.verdicts[left.item]?.about === answerOf(next, left.item).text) return [next, []];
  // Nothing is selected: whoever types on writes behind this value. Of a first half that jumped no Enter was pressed yet: the next is no yes.
  const isAsked = band === "unusual" && !(next.pairJump && isPairComplete(left, answerOf(next, left.item).text));
  return [{ ...next, asked: isAsked ? left.item : null }, [{ kind: "focus", item: left.item, select: false }]];
}

function save(model: Model): [Model, Effect[]] {
  if (model.phase !== "editing" || model.view === null) return [model, []];
  let next = model.focus === null ? model : settled(model, model.focus);
  const emptied = shown(next).find((item) => isEmptied(next, item.item));
  if (emptied) return [{ ...next, stopped: "emptied" }, [{ kind: "focus", item: emptied.item, select: true }]];
  const values = typedOf(next, (item) => isChanged(next, item));
  if (values.length === 0) {
    const first = shown(next).find((item) => !isAnswered(next, item.item)) ?? next.items[0];
    return [{ ...next, stopped: "nothing" }, first ? [{ kind: "focus", item: first.item, select: true }] : []];
  }
  const stop = (band: Band) =>
    shown(next).find((item) => isChanged(next, item.item) && bandOf(next, item) === band && !answerOf(next, item.item).confirmed);
  const impossible = stop("impossible");
  if (impossible) return [{ ...next, stopped: "impossible" }, [{ kind: "focus", item: impossible.item, select: true }]];
  const unusual = stop("unusual");
  if (unusual) return [{ ...next, asked: unusual.item, stopped: "unusual" }, [{ kind: "focus", item: unusual.item, select: false }]];
  next = { ...next, phase: "saving", stopped: "" };
  const ask: SaveAsk = {
    person: model.view.row.person, station: model.view.station, values, saw: model.view.saw, examiner: null, save_id: model.saveId,
  };
  return [next, [{ kind: "save", ask }]];
}

function saved(model: Model, event: Extract<Event, { kind: "saved" }>): [Model, Effect[]] {
  const refused = event.saved.refused;
  const first = refused[0];
  if (!first) return [{ ...model, phase: "saved", saved: event.saved, before: model.answers }, [{ kind: "said", what: "saved" }]];
  const verdicts = { ...model.verdicts };
  for (const verdict of refused) verdicts[verdict.item] = { ...verdict, about: answerOf(model, verdict.item).text };
  // Other words need another id: the host remembers the first as a try.
  const next: Model = { ...model, phase: "editing", verdicts, stopped: "refused", saveId: event.nextSaveId };
  return [next, [draft(next), { kind: "focus", item: first.item, select: true }]];
}

export function update(model: Model, event: Event): [Model, Effect[]] {
  if (event.kind === "opened") return opened(event);
  if (model.phase === "loading") return [model, []];
  // Between the press and the answer nothing may change what was sent.
  const isShut = model.phase === "saving" || model.phase === "saved";
  if (isShut && event.kind !== "saved" && event.kind !== "failed" && event.kind !== "judged") return [model, []];
  switch (event.kind) {
    case "others":
      return others(model, event.view);
    case "focused":
      return [{ ...model, focus: event.item, asked: model.asked === event.item ? model.asked : null, jumped: model.jumped === event.item ? model.jumped : null }, []];
    case "typed":
      return typed(model, event.item, event.text);
    case "chose":
      return chose(model, event.item, event.key, event.goOn === true);
    case "toggled":
      return toggled(model, event.item, event.key);
    case "absent":
      return goesOnTo(withAnswer(model, event.item, { text: "", absent: event.reason, confirmed: true }), after(model, event.item));
    case "rest_absent": {
      const answers = { ...model.answers };
      const open = shown(model).filter(({ item }) => !isAnswered(model, item) && !isEmptied(model, item));
      for (const { item } of open) answers[item] = { text: "", absent: event.reason, confirmed: true };
      return changed({ ...model, answers, asked: null, stopped: "", rested: open.map(({ item }) => item) }, [{ kind: "focus", item: "end", select: false }]);
    }
    case "rest_undo": {
      const answers = { ...model.answers };
      for (const item of model.rested) if (answers[item]?.absent) delete answers[item];
      return changed({ ...model, answers, asked: null, stopped: "", rested: [] });
    }
    case "left": {
      const next = settled(model, event.item);
      return next === model ? [model, [draft(model)]] : changed(next);
    }
    case "enter":
      return enter(model, event.item);
    case "backspace":
      return backspace(model, event.item);
    case "suggestion": {
      const suggestion = verdictOf(model, event.item)?.suggestion;
      if (!suggestion) return [model, []];
      const next = withAnswer(model, event.item, { text: suggestion, absent: null, confirmed: false });
      return changed(next, [{ kind: "focus", item: event.item, select: false }]);
    }
    case "put_back": {
      const before = model.before[event.item];
      return before ? changed(withAnswer(model, event.item, before), [{ kind: "focus", item: event.item, select: false }]) : [model, []];
    }
    case "judged":
      return judged(model, event);
    case "save":
      return save(model);
    case "saved":
      return saved(model, event);
    case "failed": {
      // The save took the draft along: it may be all there is, where the page was left meanwhile.
      const next: Model = { ...model, phase: "editing", stopped: "failed" };
      return [next, [draft(next)]];
    }
  }
}
