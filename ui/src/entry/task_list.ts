// 随访 of a stop: which list is chosen and which stands on the screen, its pages, the paper that is keyed, one file at a time. Pure. Not a
// row of the paper (task_row.ts), nor whom a list has (the host).
import type { TaskHeldRow, TasksAsk, TaskSheetBack, TasksView } from "../platform/api";

/** Which list: by state, by whoever follows up (`of ACCOUNT`, or everybody), where (today's stop, all units, or one of them), and of which round
    (empty = today's). */
export interface Choice {
  which: string;
  owner: string;
  where: string;
  round: string;
}

export type Making = { what: "sheet"; isWorkbook: boolean } | { what: "slips" };

export interface Model {
  view: TasksView | null;
  choice: Choice;
  /** Which list the one on the screen is, and its page. */
  stood: Choice;
  stoodPage: number;
  page: number;
  /** Only the list that was chosen last is shown. */
  turns: number;
  isKeying: boolean;
  isMaking: boolean;
  /** What a list that came back brought. */
  back: TaskSheetBack | null;
  /** The held row that is being keyed. */
  held: TaskHeldRow | null;
  /** Held rows on their way out of the list. */
  dropping: string[];
}

export type Event =
  | { kind: "choose"; choice: Partial<Choice> }
  /** The answer to a choice. */
  | { kind: "chosen"; turn: number; view: TasksView | null }
  /** The same list read again. */
  | { kind: "told"; turn: number; choice: Choice; view: TasksView }
  | { kind: "turn"; by: number }
  | { kind: "key" }
  | { kind: "work"; row: TaskHeldRow }
  | { kind: "drop"; id: string }
  | { kind: "dropped"; id: string }
  /** A row was recorded. */
  | { kind: "recorded" }
  | { kind: "make"; making: Making }
  | { kind: "made" }
  | { kind: "take" }
  | { kind: "taken"; back: TaskSheetBack | null };

export type Effect =
  | { kind: "ask"; turn: number; ask: TasksAsk }
  | { kind: "top" }
  /** `told`: whether the list can be read again or not, what was recorded stands. */
  | { kind: "drop"; id: string; told: boolean }
  | { kind: "reload" }
  | { kind: "make"; making: Making; unit: string | null; round: string | null }
  | { kind: "take" };

export const STOP = "stop";
/** Rows of one page of the list. */
export const LIST_MAX = 60;
const FIRST: Choice = { which: "all", owner: "everybody", where: STOP, round: "" };

/** `isUrgent`: come from the bar, for whom nobody has told of a level A, of all units. */
export function begun(isKeying: boolean, isUrgent = false): Model {
  const choice = isUrgent ? { ...FIRST, which: "untold", where: "" } : FIRST;
  return { view: null, choice, stood: choice, stoodPage: 0, page: 0, turns: 0, isKeying, isMaking: false, back: null, held: null, dropping: [] };
}

export function askOf({ which, owner, where, round }: Choice): TasksAsk {
  return { which: which === "all" ? null : which, owner: owner === "everybody" ? null : owner.slice("of ".length), unit: where === STOP ? null : where, round: round || null };
}

export function pagesOf(model: Model): number {
  return Math.max(1, Math.ceil((model.view?.rows.length ?? 0) / LIST_MAX));
}
const within = (model: Model, page: number) => Math.min(pagesOf(model) - 1, Math.max(0, page));
function show(model: Model, view: TasksView, stood: Choice): Model {
  const next = { ...model, view, stood };
  const page = within(next, model.page);
  return { ...next, page, stoodPage: page };
}

export function update(model: Model, event: Event): [Model, Effect[]] {
  switch (event.kind) {
    case "choose": {
      const choice = { ...model.choice, ...event.choice };
      const turns = model.turns + 1;
      return [{ ...model, choice, turns, page: 0 }, [{ kind: "ask", turn: turns, ask: askOf(choice) }]];
    }
    case "chosen":
      if (event.turn !== model.turns) return [model, []];
      // Where it cannot be had, what was chosen before is chosen again, for its list still stands there.
      if (event.view === null) return [{ ...model, choice: model.stood, page: model.stoodPage }, []];
      return [show(model, event.view, model.choice), []];
    case "told":
      // What comes of a list that was left meanwhile is not shown.
      return [event.turn === model.turns ? show(model, event.view, event.choice) : model, []];
    case "turn": {
      const page = within(model, model.page + event.by);
      return [{ ...model, page, stoodPage: page }, [{ kind: "top" }]];
    }
    case "key":
      return [{ ...model, held: null, isKeying: true }, []];
    case "work":
      return [{ ...model, held: event.row, isKeying: true }, []];
    case "drop":
      if (model.dropping.includes(event.id)) return [model, []];
      return [{ ...model, held: model.held?.id === event.id ? null : model.held, dropping: [...model.dropping, event.id] }, [{ kind: "drop", id: event.id, told: false }]];
    case "dropped":
      return [{ ...model, dropping: model.dropping.filter((one) => one !== event.id) }, []];
    case "recorded": {
      // Recorded, it waits no longer.
      const id = model.held?.id;
      if (id === undefined) return [model, [{ kind: "reload" }]];
      return [{ ...model, held: null, dropping: [...model.dropping, id] }, [{ kind: "drop", id, told: true }]];
    }
    case "make":
      return model.isMaking ? [model, []] : [{ ...model, isMaking: true }, [{ kind: "make", making: event.making, unit: model.view?.sheet_unit ?? null, round: model.stood.round || null }]];
    case "made":
      return [{ ...model, isMaking: false }, []];
    case "take":
      return model.isMaking ? [model, []] : [{ ...model, isMaking: true }, [{ kind: "take" }]];
    case "taken":
      return [{ ...model, isMaking: false, back: event.back }, []];
  }
}
