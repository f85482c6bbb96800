// 应检, 已检, 未检: whose list to call is shown. Pure. Not the counts: the host's.
import type { CoverageRow, CoverageView } from "../platform/api";

/** A group or a class; none = the whole stop, without a list. */
export type Group = { grade: string | null; group: string | null } | null;

export interface Model {
  view: CoverageView | null;
  /** Whose list is on the screen. */
  chosen: Group;
  /** Of two quick choices the last one counts, whichever answer comes first. */
  turns: number;
}

export type Event = { kind: "opened" } | { kind: "choose"; group: Group } | { kind: "chosen"; turn: number; group: Group; view: CoverageView | null } | { kind: "told"; turn: number; view: CoverageView };

export type Effect = { kind: "ask"; turn: number; group: Group };

export const unseen: Model = { view: null, chosen: null, turns: 0 };

export function askOf(group: Group): { grade: string | null; group: string | null; list: boolean } {
  return { grade: group?.grade ?? null, group: group?.group ?? null, list: group !== null };
}

/** Of all groups together. */
export function sumOf(model: Model): Pick<CoverageRow, "listed" | "examined" | "complete" | "missing" | "no_consent"> {
  const sum = { listed: 0, examined: 0, complete: 0, missing: 0, no_consent: 0 };
  for (const row of model.view?.rows ?? []) for (const key of Object.keys(sum) as (keyof typeof sum)[]) sum[key] += row[key];
  return sum;
}

/** In whole hundredths, never rounded up: 100% is everybody. */
export function share(done: number, of: number): string {
  return of === 0 ? "—" : `${Math.floor((100 * done) / of)}%`;
}

export function update(model: Model, event: Event): [Model, Effect[]] {
  switch (event.kind) {
    case "opened":
    case "choose": {
      const turn = model.turns + 1;
      return [{ ...model, turns: turn }, [{ kind: "ask", turn, group: event.kind === "choose" ? event.group : null }]];
    }
    case "chosen":
      // A list and whose it is come together; where it cannot be asked what is there stays.
      return [event.turn === model.turns && event.view !== null ? { ...model, view: event.view, chosen: event.group } : model, []];
    case "told":
      return [event.turn === model.turns ? { ...model, view: event.view } : model, []];
  }
}
