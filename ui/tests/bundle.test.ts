// What is shipped: small enough, only what Chromium 87 knows, nobody made up in it, one door to Tauri, sentences in one
// place. Each rule has a control: a made-up file in which it must find the fault. Not the build itself.
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "vite";
import { afterAll, beforeAll, expect, test } from "vitest";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const ENTRY_SCRIPT_MAX = 60 * 1024;
const ENTRY_STYLE_MAX = 12 * 1024;

/** Newer than Chromium 87, by where they came. */
const NEWER_CSS: [string, RegExp][] = [
  [":has()", /:has\(/], ["@layer", /@layer/], ["@container", /@container|container-type/], ["color-mix", /color-mix\(/], ["oklch", /oklch\(/], ["dvh", /\d[dls]v[hw]\b/],
  ["nesting", /\{[^{}]*&[^{}]*\{/], ["aspect-ratio", /aspect-ratio\s*:/], ["accent-color", /accent-color\s*:/], ["subgrid", /subgrid/], ["text-wrap", /text-wrap\s*:/],
  ["individual transforms", /[;{\s](?:translate|rotate|scale)\s*:/], ["@property", /@property/], ["web font", /@font-face/], ["hover", /:hover/],
];
const NEWER_SCRIPT: [string, RegExp][] = [
  [".at()", /\.at\(-?\d/], ["structuredClone", /structuredClone\(/], ["Object.hasOwn", /Object\.hasOwn\(/], ["randomUUID", /randomUUID\(/], ["findLast", /\.findLast(?:Index)?\(/],
  ["class static block", /\bstatic\s*\{/], ["private in", /#\w+ in /], ["||=", /\|\|=|&&=/], ["d flag", /\.hasIndices/], ["type=number", /type:\s*"(?:number|date)"/],
];

interface Source {
  path: string;
  text: string;
}

function found(files: Source[], rules: [string, RegExp][]): string[] {
  return files.flatMap(({ path, text }) => rules.filter(([, rule]) => rule.test(text)).map(([name]) => `${path}: ${name}`));
}

function read(folder: string, keep: RegExp): Source[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => keep.test(path))
    .map((path) => ({ path, text: readFileSync(join(folder, path), "utf8") }));
}

let dist = "";
beforeAll(async () => {
  dist = mkdtempSync(join(tmpdir(), "jkkc-ui-"));
  // Vitest says "test" here; what ships is built for production.
  process.env.NODE_ENV = "production";
  await build({ root: ROOT, configFile: join(ROOT, "vite.config.ts"), mode: "production", logLevel: "error", build: { outDir: dist, emptyOutDir: true } });
}, 120_000);
afterAll(() => rmSync(dist, { recursive: true, force: true }));

/** The files the first page names. */
function entry(kind: "js" | "css"): Buffer {
  const page = readFileSync(join(dist, "index.html"), "utf8");
  const name = new RegExp(`assets/[^"]+\\.${kind}`).exec(page)?.[0];
  expect(name, `the page names a ${kind} file`).toBeDefined();
  return readFileSync(join(dist, name ?? ""));
}

test("the entry chunk is at most 60 KB gzipped, the style 12 KB", () => {
  expect(gzipSync(entry("js")).length).toBeLessThanOrEqual(ENTRY_SCRIPT_MAX);
  expect(gzipSync(entry("css")).length).toBeLessThanOrEqual(ENTRY_STYLE_MAX);
});

test("the style holds nothing newer than Chromium 87, no web font and no hover", () => expect(found(read(dist, /\.css$/), NEWER_CSS)).toEqual([]));

/** A question and a column share the word: a narrow screen leaves out columns, never a question. */
const HIDES_QUESTIONS: [string, RegExp][] = [["every .wide is hidden", /[{},]\s*\.wide\s*\{[^}]*display:\s*none/]];
test("no width hides a wide question", () => {
  expect(found(read(dist, /\.css$/), HIDES_QUESTIONS)).toEqual([]);
  expect(found([{ path: "x.css", text: "@media (max-width:700px){.a{b:c}.wide{display:none}}" }], HIDES_QUESTIONS)).toHaveLength(1);
});

test("the scripts call nothing newer than Chromium 87", () => expect(found(read(dist, /\.js$/), NEWER_SCRIPT)).toEqual([]));

test.each(NEWER_CSS.map(([name]) => name))("control: %s in a style is found", (name) => {
  const samples = "a:has(b){} @layer x; @container (a){} i{color:color-mix(in srgb,red,blue)} j{color:oklch(1 0 0)} k{height:100dvh} l{x:y;&:focus{z:1}} m{aspect-ratio:1} n{accent-color:red} o{grid:subgrid} p{text-wrap:balance} q{translate:1px} @property --x{} @font-face{} r:hover{}";
  expect(found([{ path: "x.css", text: samples }], NEWER_CSS)).toContain(`x.css: ${name}`);
});

test("the made-up people are not in what is shipped", () => {
  const all = read(dist, /\.(js|html|css)$/).map((one) => one.text).join("\n");
  expect(all).not.toContain("431399");
  expect(all).not.toContain("jkkc-fake");
});

test("the page allows a strict policy: no script in it, none from elsewhere", () => {
  const page = readFileSync(join(dist, "index.html"), "utf8");
  expect(page).not.toMatch(/<script(?![^>]*\bsrc=)[^>]*>/);
  expect(page).not.toMatch(/(?:src|href)="https?:/);
  expect(page).not.toMatch(/\sstyle=/);
});

test("the engine check is plain ES5", () => expect(readFileSync(join(dist, "engine.js"), "utf8").replace(/\/\/.*/g, "")).not.toMatch(/=>|\b(?:let|const|class)\b|`/));

const sources = read(join(ROOT, "src"), /\.(ts|vue)$/).filter(({ path }) => !path.endsWith(".test.ts"));

test("only platform/tauri.ts imports Tauri", () => {
  expect(sources.filter(({ text }) => text.includes("@tauri-apps")).map(({ path }) => path.replace(/\\/g, "/"))).toEqual(["platform/tauri.ts"]);
});

test("the sentences of screens and kit stand in text", () => {
  const own = /[\u4e00-\u9fff]/;
  // What the boundary itself says in Chinese, and the story page.
  const known = /名单内|"[男女高低]"/g;
  const wrong = sources
    .filter(({ path }) => /^(?:screens|kit)\//.test(path.replace(/\\/g, "/")) && !path.endsWith("Kit.vue"))
    .filter(({ text }) => own.test(text.replace(/<!--[^]*?-->|\/\*[^]*?\*\/|\/\/.*/g, "").replace(known, "").replace(/'[男女高低名单内]+'/g, "")))
    .map(({ path }) => path);
  expect(wrong).toEqual([]);
});

/** What a key press changes: read in the form's own template, it would draw the whole form at every key. */
const DRAWS_ALL: [string, RegExp][] = [["the model in the form's template", /[^\w"]now\(\)|\bmodel\b|="now\(/]];
test("around the questions nothing is drawn from the model itself", () => {
  const of = (text: string) => [{ path: "x.vue", text: text.slice(text.indexOf("\n<template>")) }];
  const form = sources.find(({ path }) => path.endsWith("StationForm.vue"))?.text ?? "";
  expect(form).toContain("\n<template>");
  expect(found(of(form), DRAWS_ALL)).toEqual([]);
  expect(found(of("\n<template><div v-if=\"hasOpen || now().rested.length > 0\" /></template>"), DRAWS_ALL)).toHaveLength(1);
  expect(found(of("\n<template><Proposed :model=\"now()\" /></template>"), DRAWS_ALL)).toHaveLength(1);
});

test("every file says first what it is", () => {
  const wrong = sources.filter(({ path, text }) => !/(?:api|failures)\.ts$/.test(path) && !/^(?:\/\/ |<!-- )/.test(text)).map(({ path }) => path);
  expect(wrong).toEqual([]);
  expect(sources.filter(({ path, text }) => !path.endsWith("api.ts") && text.split("\n").length > 460).map(({ path }) => path)).toEqual([]);
});

test("every failure the host can say ends in a sentence", async () => {
  const { FAILURES } = await import("../src/platform/failures");
  const { asFailure } = await import("../src/platform/platform");
  expect(Object.values(FAILURES).every((text) => text.endsWith("。"))).toBe(true);
  expect(asFailure({ code: "disk_full" }).code).toBe("disk_full");
  expect(asFailure("disk_full").code).toBe("disk_full");
  for (const odd of [null, undefined, 3, {}, { code: "toString" }, new Error("x")]) expect(asFailure(odd).code).toBe("internal");
});
