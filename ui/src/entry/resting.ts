// Who sits and rests before a reading is taken again: the store tells it whenever the start page opens, and between two answers
// each save here is counted in, so that the next person's turn does not hide them. Pure. What is owed of other days: 离场核对 and
// 收工 list it.
import type { LastSaved } from "../app";
import type { OwedRow } from "../platform/api";

/** Where the repeat is taken that a save speaks of. */
export const takenAt = (one: LastSaved): string => one.saved.recheck?.station ?? one.station;

/** What somebody owes at a station, with the time when it was measured there; another station's save says nothing of that time. */
export const since = (all: OwedRow[], person: string, station: string): OwedRow | undefined => all.find((one) => one.row.person === person && one.repeat.station === station);

/** After a save: nothing is owed any more, wherever the repeat was taken; or what that person owed at that station begins anew. What is
    owed of another station began when it was measured there, and is listed where that was. */
export function resting(before: OwedRow[], { row, station, saved }: LastSaved): OwedRow[] {
  const { recheck } = saved;
  const rest = before.filter((one) => one.row.person !== row.person || (recheck !== null && one.repeat.station !== station));
  return recheck?.station === station ? [...rest, { row, at: saved.saved_at, repeat: recheck }] : rest;
}

/** `09:58` and five minutes are `10:03`, past midnight too; what is no time stays as it is. */
export function later(at: string, minutes: number): string {
  const time = /(\d\d):(\d\d)$/.exec(at);
  if (time === null) return at;
  const sum = (Number(time[1]) * 60 + Number(time[2]) + minutes) % (24 * 60);
  const two = (n: number) => String(n).padStart(2, "0");
  return `${two(Math.floor(sum / 60))}:${two(sum % 60)}`;
}
