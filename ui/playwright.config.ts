// The screens in a real engine: the days, every screen and the bad days against the real host (`jkkc field serve` over a
// seeded device, e2e/hall.ts), and against the fake host what needs one that is told to fail. Not the unit tests (vitest).
import { fileURLToPath } from "node:url";
import { defineConfig } from "@playwright/test";
import { chromium } from "./e2e/engine";
import type { Options } from "./e2e/test";

const FAKE = "http://127.0.0.1:4173/";

export default defineConfig<object, Options>({
  testDir: "e2e",
  globalSetup: fileURLToPath(new URL("./e2e/setup.ts", import.meta.url)),
  // A busy machine is slow: what is waited for is a state, and how long that may take is no claim.
  timeout: 480_000,
  expect: { timeout: 30_000 },
  // Of a run one story may be told twice, by its name (once.ts).
  retries: 1,
  forbidOnly: true,
  workers: Number(process.env.E2E_WORKERS ?? 2),
  fullyParallel: true,
  reporter: [["list"], [fileURLToPath(new URL("./e2e/once.ts", import.meta.url))]],
  use: { actionTimeout: 30_000, locale: "zh-CN", viewport: { width: 1366, height: 768 }, launchOptions: chromium, ignoreHTTPSErrors: true },
  projects: [
    { name: "real", testMatch: ["day.spec.ts", "find.spec.ts", "card.spec.ts", "values.spec.ts", "stop.spec.ts", "door.spec.ts", "save.spec.ts", "hasty.spec.ts", "screens.spec.ts", "bad.spec.ts", "live.spec.ts", "conclude.spec.ts", "consent.spec.ts", "tasks.spec.ts", "tubes.spec.ts", "browsers.spec.ts", "hub.spec.ts", "phrases.spec.ts", "handouts.spec.ts", "contacts.spec.ts", "stations.spec.ts", "confirm.spec.ts", "owed.spec.ts", "touch.spec.ts", "pad.spec.ts", "urgent.spec.ts"], use: { host: "real" } },
    { name: "fake", testMatch: ["told.spec.ts"], use: { host: "fake", baseURL: FAKE } },
    { name: "figures", testMatch: ["figures.spec.ts"], timeout: 3_600_000, use: { host: "real" } },
    { name: "speed", testMatch: ["speed.spec.ts"], use: { host: "real" } },
  ],
  webServer: { command: "node serve.mjs dist-fake 4173", cwd: fileURLToPath(new URL("./e2e", import.meta.url)), url: FAKE, reuseExistingServer: true },
});
