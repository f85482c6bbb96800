// The screens in a real engine. Without E2E_BASE the built app with the fake host is served here; with it, the same
// specs run against a host that is already there. Not the unit tests (vitest, in vite.config.ts).
import { fileURLToPath } from "node:url";
import { defineConfig } from "@playwright/test";
import { chromium } from "./e2e/engine";

const base = process.env.E2E_BASE ?? "http://127.0.0.1:4173/";

export default defineConfig({
  testDir: "e2e",
  testMatch: "*.spec.ts",
  timeout: 30_000,
  expect: { timeout: 5_000 },
  // A browser on a busy machine may miss its moment once; what fails twice is wrong.
  retries: 1,
  workers: Number(process.env.E2E_WORKERS ?? 2),
  fullyParallel: process.env.E2E_BASE === undefined,
  reporter: [["list"]],
  use: { baseURL: base, actionTimeout: 6_000, locale: "zh-CN", viewport: { width: 1366, height: 768 }, launchOptions: chromium },
  webServer: process.env.E2E_BASE ? undefined : { command: "node serve.mjs dist-fake 4173", cwd: fileURLToPath(new URL("./e2e", import.meta.url)), url: base, reuseExistingServer: true },
});
