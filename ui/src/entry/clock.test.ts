import { expect, test } from "vitest";
import { dayByClock } from "./clock";

test("a clock is believed from when the server last said a time, and never in 1970", () => {
  const check = (clock: string | undefined, synced: string | null, day: string) => expect(dayByClock(clock, synced)).toBe(day);
  check("2026-11-30 02:36", "2026-11-30 02:40", "2026-11-30");
  check("2026-12-01 00:01", "2026-11-30 02:40", "2026-12-01");
  check("2026-11-29 23:59", "2026-11-30 02:40", "");
  check("1970-01-02 08:00", null, "");
  check("1970-01-02 08:00", "2026-11-30 02:40", "");
  check("2026-11-30 02:36", null, "2026-11-30");
  check(undefined, null, "");
});
