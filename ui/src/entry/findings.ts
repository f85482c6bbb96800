// Findings of several rounds in the order in which they matter. Pure. Which level a finding has is the host's word.
import type { FindingRow, ItemHistory, PersonWhole } from "../platform/api";

export interface Round {
  round: string;
  year: string;
}

/** The rounds that somebody has values of, oldest first. */
export function roundsOf(items: ItemHistory[]): Round[] {
  const all = new Map<string, string>();
  for (const item of items) for (const cell of item.ever) if (!all.has(cell.round) || (cell.day ?? "") < (all.get(cell.round) ?? "")) all.set(cell.round, cell.day ?? "");
  return [...all.entries()].sort(([, a], [, b]) => (a < b ? -1 : 1)).map(([round, day]) => ({ round, year: day.slice(0, 4) }));
}

/** The last day to follow a finding up: so many days after it was found; none where its rule names none, or nobody knows the day. */
export function dueDay(whole: PersonWhole, one: FindingRow): string | null {
  if (one.due_days === null) return null;
  const days = whole.items.filter((item) => one.item === null || item.item === one.item).flatMap((item) => item.ever).filter((cell) => cell.round === one.round).map((cell) => cell.day ?? "").sort();
  const last = days[days.length - 1] ?? "";
  if (last === "") return null;
  const due = new Date(`${last}T00:00:00Z`);
  due.setUTCDate(due.getUTCDate() + one.due_days);
  return due.toISOString().slice(0, 10);
}

/** The newest round first, in a round the gravest (A before B before C). */
export function newestFirst(whole: PersonWhole): FindingRow[] {
  const order = roundsOf(whole.items).map((one) => one.round);
  const rank = (one: FindingRow) => order.indexOf(one.round);
  return [...whole.findings].sort((a, b) => rank(b) - rank(a) || (a.level < b.level ? -1 : a.level > b.level ? 1 : 0));
}

/** A and B of the round before this one: what whoever measures should know beforehand. */
export function ofLastRound(whole: PersonWhole, now: string): FindingRow[] {
  const before = roundsOf(whole.items).filter((one) => one.round !== now).pop()?.round;
  return newestFirst(whole).filter((one) => one.round === before && (one.level === "A" || one.level === "B"));
}
