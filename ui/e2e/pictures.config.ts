// Pictures of every screen from the fake host, for the documents. Not a test: nothing is compared.
import { defineConfig } from "@playwright/test";
import base from "../playwright.config";

export default defineConfig({ ...base, testDir: ".", testMatch: "pictures.ts", fullyParallel: false, workers: 1, timeout: 90_000 });
