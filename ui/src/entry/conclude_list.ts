// 总检 of a stop: the list of people with nothing abnormal is signed once, and only as it was looked through. Pure. Not who is in it.
import type { ConcludeListView } from "../platform/api";

export interface Model {
  view: ConcludeListView | null;
  /** Something came in: the list that was looked through is not the one there is. */
  isMoved: boolean;
  isLooked: boolean;
  isSaving: boolean;
  /** Examined outside the account's units: named until the list is signed again. */
  leftOut: string[];
}

export type Event =
  /** Read because somebody wants to see it as it is. */
  | { kind: "told"; view: ConcludeListView }
  | { kind: "news"; view: ConcludeListView }
  | { kind: "looked"; is: boolean }
  | { kind: "sign" }
  | { kind: "signed"; leftOut: string[] }
  | { kind: "failed" };

export type Effect = { kind: "sign"; mark: string };

export const unseen: Model = { view: null, isMoved: false, isLooked: false, isSaving: false, leftOut: [] };

export function canSign({ view, isLooked }: Model): boolean {
  return view !== null && view.may_sign && view.normal.length > 0 && isLooked;
}

export function update(model: Model, event: Event): [Model, Effect[]] {
  switch (event.kind) {
    case "told":
      return [{ ...model, view: event.view, isMoved: false, isLooked: false }, []];
    case "news":
      if (model.view === null || event.view.mark === model.view.mark) return [{ ...model, view: event.view }, []];
      return [{ ...model, isMoved: true }, []];
    case "looked":
      return [{ ...model, isLooked: event.is }, []];
    case "sign":
      // The mark is that of the list that was looked through: the host signs no other.
      if (model.view === null || !canSign(model) || model.isSaving) return [model, []];
      return [{ ...model, isSaving: true }, [{ kind: "sign", mark: model.view.mark }]];
    case "signed":
      return [{ ...model, isSaving: false, leftOut: event.leftOut }, []];
    case "failed":
      return [{ ...model, isSaving: false }, []];
  }
}
