// Which day it is by this device's clock, where that can be believed. Pure. Not what the day's results are of: that is the
// stop's day, which a person confirms.

/** Older than the program: such a clock lost its battery. */
const EARLIEST = "2026-01-01";

/** `2026-11-30`; empty where the clock is behind what the server last said, or stands in 1970: then nothing is told by it. */
export function dayByClock(clock: string | undefined, syncedAt: string | null | undefined): string {
  if (clock === undefined || clock < EARLIEST) return "";
  return clock.slice(0, 10) < (syncedAt ?? "").slice(0, 10) ? "" : clock.slice(0, 10);
}
