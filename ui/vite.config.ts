// How the screens are built: one bundle for every host, and a second one with the fake host for tests and pictures.
// Not where tests are listed (that is vitest's and Playwright's own part below and beside this file).
/// <reference types="vitest/config" />
import { fileURLToPath } from "node:url";
import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vite";

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig(({ mode }) => ({
  base: "./",
  plugins: [vue({ features: { optionsAPI: false } })],
  resolve: {
    alias: {
      // The production bundle never contains the made-up people.
      "@host": at(mode === "fake" ? "src/platform/fake/entry.ts" : "src/platform/real.ts"),
      "@catalogue": at("../schema/catalogue"),
    },
  },
  define: { __VUE_OPTIONS_API__: false, __VUE_PROD_DEVTOOLS__: false },
  build: {
    target: "chrome87",
    cssTarget: "chrome87",
    outDir: mode === "fake" ? "dist-fake" : "dist",
    emptyOutDir: true,
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    reportCompressedSize: true,
  },
  server: { port: 4173, fs: { allow: [at(".."), at(".")] } },
  preview: { port: 4173 },
  test: { include: ["src/**/*.test.ts", "tests/**/*.test.ts"], environment: "node" },
}));
