// 汇总: which unit, group and small numbers are asked for, and which of it stands on the screen. Pure. Not a rate: the host's.
import type { SummaryRate, SummaryView } from "../platform/api";

/** Unit and kind; empty = today's stop. `group`: its place in the list; 0 = all. */
export interface Choice {
  unit: string;
  kind: string;
  group: number;
  showsSmall: boolean;
}

export interface Model {
  view: SummaryView | null;
  choice: Choice;
  /** Whose numbers stand on the screen. */
  stood: Choice;
  /** Of two quick choices the last one counts, whichever answer comes first. */
  turns: number;
  isMaking: boolean;
}

export type Event =
  | { kind: "opened" }
  | { kind: "unit"; key: string }
  | { kind: "group"; group: number }
  | { kind: "small" }
  | { kind: "chosen"; turn: number; view: SummaryView | null }
  | { kind: "told"; turn: number; view: SummaryView }
  | { kind: "make"; isWorkbook: boolean }
  | { kind: "made" };

export type Effect = { kind: "ask"; turn: number; choice: Choice } | { kind: "make"; unit: string; of: string; showsSmall: boolean; isWorkbook: boolean };

const TODAY: Choice = { unit: "", kind: "", group: 0, showsSmall: false };
export const unseen: Model = { view: null, choice: TODAY, stood: TODAY, turns: 0, isMaking: false };

export const keyOf = (unit: string, kind: string): string => `${unit} ${kind}`;
export function askOf({ unit, kind, group, showsSmall }: Choice): { unit: string; kind: string; group: number; shows_small: boolean } {
  return { unit, kind, group, shows_small: showsSmall };
}

/** Rates under their headings, in order. */
export function partsOf(model: Model): { heading: string; rates: SummaryRate[] }[] {
  const all: { heading: string; rates: SummaryRate[] }[] = [];
  for (const rate of model.view?.rates ?? []) {
    const last = all[all.length - 1];
    if (last?.heading === rate.heading) last.rates.push(rate);
    else all.push({ heading: rate.heading, rates: [rate] });
  }
  return all;
}

function asking(model: Model, change: Partial<Choice>): [Model, Effect[]] {
  const [turn, choice] = [model.turns + 1, { ...model.choice, ...change }];
  return [{ ...model, turns: turn, choice }, [{ kind: "ask", turn, choice }]];
}

export function update(model: Model, event: Event): [Model, Effect[]] {
  switch (event.kind) {
    case "opened":
      return asking(model, {});
    case "unit": {
      const [unit = "", kind = ""] = event.key.split(" ");
      // Another unit's groups are others.
      return asking(model, { unit, kind, group: 0 });
    }
    case "group":
      return asking(model, { group: event.group });
    case "small":
      return asking(model, { showsSmall: !model.choice.showsSmall });
    case "chosen":
      if (event.turn !== model.turns) return [model, []];
      // Where it cannot be had, what was chosen before is chosen again, for its numbers still stand there.
      return [event.view === null ? { ...model, choice: model.stood } : { ...model, view: event.view, stood: model.choice }, []];
    case "told":
      return [event.turn === model.turns ? { ...model, view: event.view } : model, []];
    case "make": {
      if (model.isMaking || model.view === null) return [model, []];
      // Of what stands on the screen, not of what is on its way.
      const { unit, kind } = model.view;
      return [{ ...model, isMaking: true }, [{ kind: "make", unit, of: kind, showsSmall: model.stood.showsSmall, isWorkbook: event.isWorkbook }]];
    }
    case "made":
      return [{ ...model, isMaking: false }, []];
  }
}
