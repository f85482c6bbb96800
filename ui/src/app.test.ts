import { expect, test } from "vitest";
import { app, clockNow } from "./app";
import { dayByClock } from "./entry/clock";
import type { AppState } from "./platform/api";

test("a page that stays open over midnight knows the new day from the host's next answer", () => {
  app.state = { clock: "2026-09-14 23:58" } as AppState;
  const today = () => dayByClock(clockNow(), "2026-09-14 20:00");
  expect(today()).toBe("2026-09-14");
  app.clock = "2026-09-15 00:01";
  expect(today()).toBe("2026-09-15");
  // Control: what was told at the unlock alone is yesterday.
  app.clock = null;
  expect(today()).toBe("2026-09-14");
});
