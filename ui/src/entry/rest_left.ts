// How long somebody still sits before the reading is taken again, by the device's own clock. Pure. Not the words: those come with
// what is owed.
import type { OwedRow } from "../platform/api";
import { filled } from "../text/zh";
import { later } from "./resting";

/** `2026-11-30 09:58` in minutes; none where it is no time. */
function minutesOf(clock: string): number | null {
  const time = /^(\d+)-(\d\d)-(\d\d) (\d\d):(\d\d)$/.exec(clock);
  if (time === null) return null;
  const [year, month, day, hour, minute] = time.slice(1).map(Number) as [number, number, number, number, number];
  return Date.UTC(year, month - 1, day, hour, minute) / 60_000;
}

/** Whole minutes until the reading may be taken again, 0 = it may; none where the clocks do not say: a reading of later than now,
    or no time at all. */
export function minutesLeft(at: string, rest: number, now: string): number | null {
  const [from, to] = [minutesOf(at), minutesOf(now)];
  if (from === null || to === null || to < from) return null;
  return Math.max(0, rest - (to - from));
}

/** What stands beside the name in the list. */
export function restWords({ at, repeat }: OwedRow, now: string): string {
  const time = at.slice(-5);
  const left = minutesLeft(at, repeat.rest_min, now);
  if (time === "") return repeat.go;
  if (left === 0) return filled(repeat.ready, { at: time });
  const since = filled(repeat.since, { at: time, until: later(time, repeat.rest_min) });
  return left === null || repeat.left === "" ? since : `${since} · ${filled(repeat.left, { n: left })}`;
}
