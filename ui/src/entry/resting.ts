// Who sits and rests before a reading is taken again: kept while the app is open, so that the next person's turn does
// not hide them. Pure. What is owed for good stands in the store: 离场核对 and 收工 list it.
import type { LastSaved } from "../app";

/** Where the repeat is taken that a save speaks of. */
export const takenAt = (one: LastSaved): string => one.saved.recheck?.station ?? one.station;

/** After a save: what that person owed at that station is answered or begins anew. What is owed of another station began when it
    was measured there. */
export function resting(before: LastSaved[], saved: LastSaved): LastSaved[] {
  const owes = (station: string) => (one: LastSaved) => one.row.person === saved.row.person && takenAt(one) === station;
  const rest = before.filter((one) => !owes(saved.station)(one));
  return saved.saved.recheck === null || rest.some(owes(takenAt(saved))) ? rest : [...rest, saved];
}

/** `09:58` and five minutes are `10:03`, past midnight too; what is no time stays as it is. */
export function later(at: string, minutes: number): string {
  const time = /(\d\d):(\d\d)$/.exec(at);
  if (time === null) return at;
  const sum = (Number(time[1]) * 60 + Number(time[2]) + minutes) % (24 * 60);
  const two = (n: number) => String(n).padStart(2, "0");
  return `${two(Math.floor(sum / 60))}:${two(sum % 60)}`;
}
