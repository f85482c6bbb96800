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

/** Newer than Chromium 87: what it is called, how it is told, and a made-up line in which it has to be found. */
type Rule = [name: string, told: RegExp, sample: string];
const NEWER_CSS: Rule[] = [
  [":is()", /:is\(/, ".a :is(b,c){}"], [":where()", /:where\(/, ":where(b){}"], [":has()", /:has\(/, "a:has(b){}"], [":user-invalid", /:user-(?:in)?valid/, "a:user-invalid{}"], [":modal", /:modal/, "dialog:modal{}"],
  ["@layer", /@layer/, "@layer x;"], ["@container", /@container|container-type/, "@container (a){}"], ["@property", /@property/, "@property --x{}"], ["@scope", /@scope/, "@scope (a){}"],
  ["range of a width", /@media[^{]*[<>]/, "@media (width<=700px){}"], ["color-mix", /color-mix\(/, "i{color:color-mix(in srgb,red,blue)}"], ["oklch", /oklch\(/, "j{color:oklch(1 0 0)}"], ["light-dark", /light-dark\(/, "j{color:light-dark(red,blue)}"],
  ["dvh", /\d[dls]v[hw]\b/, "k{height:100dvh}"], ["lh", /\dr?lh\b/, "k{height:2lh}"], ["nesting", /\{[^{}]*&[^{}]*\{/, "l{x:y;&:focus{z:1}}"], ["aspect-ratio", /aspect-ratio\s*:/, "m{aspect-ratio:1}"], ["accent-color", /accent-color\s*:/, "n{accent-color:red}"],
  ["overflow: clip", /overflow(?:-[xy])?\s*:[^;}]*\bclip\b/, "n{overflow:hidden clip}"], ["scrollbar-gutter", /scrollbar-gutter\s*:/, "n{scrollbar-gutter:stable}"], ["subgrid", /subgrid/, "o{grid:subgrid}"], ["text-wrap", /text-wrap\s*:/, "p{text-wrap:balance}"],
  ["individual transforms", /[;{\s](?:translate|rotate|scale)\s*:/, "q{translate:1px}"], ["web font", /@font-face/, "@font-face{}"], ["hover", /:hover/, "r:hover{}"],
];
const NEWER_SCRIPT: Rule[] = [
  [".at()", /\.at\((?!\))/, "a.at(n)"], ["structuredClone", /structuredClone\(/, "structuredClone(a)"], ["Object.hasOwn", /\bObject\.hasOwn\(/, "Object.hasOwn(a,'b')"], ["randomUUID", /randomUUID\(/, "crypto.randomUUID()"],
  ["findLast", /\.findLast(?:Index)?\(/, "a.findLastIndex(b)"], ["groupBy", /\b(?:Object|Map)\.groupBy\(/, "Map.groupBy(a,b)"], ["withResolvers", /\bPromise\.withResolvers\(/, "Promise.withResolvers()"],
  ["fromAsync", /\bArray\.fromAsync\(/, "Array.fromAsync(a)"], ["AbortSignal.timeout", /\bAbortSignal\.(?:timeout|any)\(/, "AbortSignal.timeout(9)"], ["throwIfAborted", /\.throwIfAborted\(/, "a.signal.throwIfAborted()"], ["URL.canParse", /\bURL\.canParse\(/, "URL.canParse(a)"],
  ["cause of an error", /,\s*\{\s*cause\s*:/, "new Error('a',{cause:b})"], ["inert", /\.inert\b|\binert\s*[:=]|["'`]inert["'`]/, "a('div',{inert:!0})"], ["popover", /\.(?:show|hide|toggle)Popover\(|\bpopover\s*:/, "a('div',{popover:'auto'})"], ["showPicker", /\.showPicker\(/, "a.showPicker()"],
  ["checkVisibility", /\.checkVisibility\(/, "a.checkVisibility()"], ["a selector newer than the engine", /(?:querySelector(?:All)?|matches|closest)\(\s*["'`][^"'`]*:(?:is|where|has)\(|:modal\b/, "document.querySelector('p :is(a, b)')"], ["class static block", /\bstatic\s*\{/, "class A{static{b()}}"], ["private in", /#\w+ in /, "#a in b"],
  ["||=", /\|\|=|&&=/, "a||=b"], ["d flag", /\.hasIndices/, "a.hasIndices"], ["type=number", /type:\s*"(?:number|date)"/, 'a("input",{type:"number"})'],
];

/** Told where we write: some Vue wraps, for engines that have them, and a short name that the bundle gives a function may look like a selector. */
const NEWER_IN_SOURCES: Rule[] = [["a selector that is kept", /:(?:is|where|has)\(/, "const A = 'p :is(a, b)'"], ["toSorted and its like", /\.to(?:Sorted|Reversed|Spliced)\(/, "a.toSorted()"]];

interface Source {
  path: string;
  text: string;
}

function found(files: Source[], rules: (Rule | [string, RegExp])[]): string[] {
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

test.each([...NEWER_CSS, ...NEWER_SCRIPT, ...NEWER_IN_SOURCES])("control: %s in a file is found", (name, told, sample) => {
  expect(found([{ path: "x", text: sample }], [[name, told, sample]])).toEqual([`x: ${name}`]);
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

test("the sources call nothing newer that Vue also names", () => expect(found(sources, NEWER_IN_SOURCES)).toEqual([]));

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
