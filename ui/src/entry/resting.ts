// Who sits and rests before a reading is taken again: kept while the app is open, so that the next person's turn does
// not hide them. Pure. What is owed for good stands in the store: 离场核对 and 收工 list it.
import type { LastSaved } from "../app";

/** After a save: that person's earlier wait is over, and a new one begins where a repeat is owed. */
export function resting(before: LastSaved[], saved: LastSaved): LastSaved[] {
  const others = before.filter((one) => one.row.person !== saved.row.person || one.station !== saved.station);
  return saved.saved.recheck === null ? others : [...others, saved];
}

/** `09:58` and five minutes are `10:03`, past midnight too; what is no time stays as it is. */
export function later(at: string, minutes: number): string {
  const time = /(\d\d):(\d\d)$/.exec(at);
  if (time === null) return at;
  const sum = (Number(time[1]) * 60 + Number(time[2]) + minutes) % (24 * 60);
  const two = (n: number) => String(n).padStart(2, "0");
  return `${two(Math.floor(sum / 60))}:${two(sum % 60)}`;
}
