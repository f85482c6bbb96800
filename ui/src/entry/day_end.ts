// 收工: what stands first, where each line of the checks is settled, one sheet for one press, and the pages of a long list. Pure. Not
// what a check says: the host's.
import type { Check, DayEndView } from "../platform/api";

export interface Model {
  view: DayEndView | null;
  /** The day's sheet is being made. */
  isMaking: boolean;
}

export type Event = { kind: "told"; view: DayEndView } | { kind: "print" } | { kind: "settle"; key: string } | { kind: "made" };

export type Effect = { kind: "print" } | { kind: "go"; screen: string } | { kind: "list"; key: string };

export const unseen: Model = { view: null, isMaking: false };

/** Where each line of the checks is settled: another screen, or the list further down (empty). */
const WAYS: Record<string, string> = { consent: "consent", drafts: "home", unconfirmed: "confirm", unsent: "sync", held: "sync", lab_held: "lab", lab_strayed: "lab", open_a: "", recheck: "", conflicts: "", left_early: "" };
export function hasWay(check: Check): boolean {
  return check.state !== "good" && check.key in WAYS;
}

/** What is gravest stands first: a level A, what is red, what is to be noted. */
const RANK = { bad: 1, note: 2, good: 3 } as const;
const rank = (one: Check) => (one.state !== "good" && one.key === "open_a" ? 0 : RANK[one.state]);
export function checksOf(model: Model): Check[] {
  return [...(model.view?.checks ?? [])].sort((a, b) => rank(a) - rank(b));
}

export function worstOf(model: Model): Check["state"] {
  const checks = model.view?.checks ?? [];
  return (["bad", "note"] as const).find((state) => checks.some((one) => one.state === state)) ?? "good";
}

export function update(model: Model, event: Event): [Model, Effect[]] {
  switch (event.kind) {
    case "told":
      return [{ ...model, view: event.view }, []];
    case "print":
      return model.isMaking ? [model, []] : [{ ...model, isMaking: true }, [{ kind: "print" }]];
    case "settle": {
      const screen = WAYS[event.key];
      if (screen === undefined) return [model, []];
      return [model, [screen === "" ? { kind: "list", key: event.key } : { kind: "go", screen }]];
    }
    case "made":
      return [{ ...model, isMaking: false }, []];
  }
}

/** Rows of one page: four such lists stand on the screen. */
export const PAGE = 30;
export function pagesOf(count: number): number {
  return Math.max(1, Math.ceil(count / PAGE));
}
/** The page that is shown: whoever is dealt with leaves the list, and its last page may go. */
export function pageOf(turned: number, count: number): number {
  return Math.max(0, Math.min(turned, pagesOf(count) - 1));
}
