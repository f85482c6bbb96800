// 检查者确认: what was looked through, what is left for later, what is being confirmed. Pure. Not whose word is whose: the host's.
import type { ConfirmAsk, ConfirmRow, ConfirmView } from "../platform/api";

export interface Model {
  view: ConfirmView | null;
  /** Whoever is here says that they looked through the list as it stands. */
  isLooked: boolean;
  /** Left for later: entries that are not among those the list confirms. */
  left: string[];
  /** Entries on their way to be confirmed. */
  saving: string[];
  /** Confirmed one by one, and still in the list that is on the screen. */
  gone: string[];
}

export type Event =
  | { kind: "told"; view: ConfirmView }
  | { kind: "looked"; is: boolean }
  | { kind: "leave"; entry: string }
  | { kind: "one"; entry: string }
  | { kind: "all" }
  | { kind: "confirmed"; moved: number }
  | { kind: "failed" };

export type Effect = { kind: "confirm"; saves: ConfirmAsk["saves"] };

export const unseen: Model = { view: null, isLooked: false, left: [], saving: [], gone: [] };

/** Rows of one list on the screen. */
export const LIST_MAX = 60;

export function listed(model: Model): ConfirmRow[] {
  return (model.view?.mine ?? []).slice(0, LIST_MAX);
}

/** Those that the list confirms. */
export function chosen(model: Model): ConfirmRow[] {
  return listed(model).filter((row) => !model.left.includes(row.entry));
}

export function canConfirm(model: Model): boolean {
  return model.isLooked && chosen(model).length > 0;
}

function confirm(model: Model, rows: ConfirmRow[]): [Model, Effect[]] {
  if (rows.length === 0 || model.saving.length > 0) return [model, []];
  const saves = rows.map((one) => ({ person: one.row.person, entry: one.entry }));
  return [{ ...model, saving: rows.map((one) => one.entry) }, [{ kind: "confirm", saves }]];
}

export function update(model: Model, event: Event): [Model, Effect[]] {
  switch (event.kind) {
    case "told": {
      const going = [...model.gone, ...(model.saving.length === 1 ? model.saving : [])];
      const rest = (of: Model) => listed(of).map((one) => one.entry).filter((entry) => !going.includes(entry)).join();
      const next = { ...model, view: event.view };
      // Who looked through a list looked through that one: nothing came into it, and nothing left it but what was confirmed one by one.
      const isLooked = model.isLooked && rest(model) === rest(next);
      return [{ ...next, isLooked, gone: model.gone.filter((entry) => listed(next).some((one) => one.entry === entry)) }, []];
    }
    case "looked":
      return [{ ...model, isLooked: event.is }, []];
    case "leave":
      return [{ ...model, left: model.left.includes(event.entry) ? model.left.filter((one) => one !== event.entry) : [...model.left, event.entry] }, []];
    case "one":
      return confirm(model, listed(model).filter((one) => one.entry === event.entry));
    case "all":
      return canConfirm(model) ? confirm(model, chosen(model)) : [model, []];
    case "confirmed": {
      const isOne = model.saving.length === 1 && event.moved === 0;
      return [{ ...model, saving: [], gone: isOne ? [...model.gone, ...model.saving] : [], isLooked: isOne && model.isLooked }, []];
    }
    case "failed":
      return [{ ...model, saving: [] }, []];
  }
}
