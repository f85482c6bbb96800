// Every screen with a state of its own names the pure machine that decides about it, and what else it holds, with why. Told by rule: a
// ref, reactive, variable or list of a screen that is written other than by an answer in the same statement is held by a machine or listed.
// Not what the machines do (src/entry/*.test.ts).
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const SRC = fileURLToPath(new URL("../src/", import.meta.url));

interface Held {
  name: string;
  /** The module of `entry` whose model it holds; none = no machine's. */
  machine: string | null;
}

/** What a screen holds that changes by anything but an answer it asked for. */
function heldBy(source: string): Held[] {
  const cut = source.lastIndexOf("</script>");
  const script = source.slice(0, cut).replace(/\/\*[^]*?\*\/|^\s*\/\/.*$/gm, "");
  const template = source.slice(cut).replace(/<!--[^]*?-->/g, "");
  const spaces = new Map([...script.matchAll(/import \* as (\w+) from "\.\.\/entry\/(\w+)"/g)].map(([, name = "", file = ""]) => [name, file]));
  const declared = [...script.matchAll(/^(?:const (\w+) = (ref|shallowRef|reactive|shallowReactive)\b([^\n]*)|let (\w+)\b|const (\w+)(?:: [^=\n]+)? = (?:\[\]|\{\}|new (?:Map|Set)\b))/gm)];
  return declared.flatMap(([, ref = "", how = "", rest = "", variable = "", list = ""]): Held[] => {
    const name = ref || variable || list;
    const first = /^<(\w+)\.Model\b/.exec(rest)?.[1] ?? /^(?:<[^(]*>)?\(\s*(\w+)\.\w+/.exec(rest)?.[1] ?? "";
    const machine = spaces.get(first) ?? null;
    if (machine !== null) return [{ name, machine }];
    return isWritten(name, list === "" ? how : "list", script, template) ? [{ name, machine: null }] : [];
  });
}

/** Written by a key, a press, a clock or anything else than an answer awaited in the same statement. */
function isWritten(name: string, how: string, script: string, template: string): boolean {
  const to = how.startsWith("ref") || how.startsWith("shallowRef") ? `${name}\\.value` : name;
  const assigned = "(?:\\.\\w+|\\[[^\\]]*\\])*\\s*(?:=(?![=>])|\\+=|-=|\\?\\?=|\\+\\+|--)";
  const parts = "(?:\\.\\w+|\\[[^\\]]*\\])";
  // A variable is written itself, a list by its parts, all else by either.
  const own = how === "" ? assigned.replace(`${parts}*`, "") : how === "list" ? assigned.replace(`${parts}*`, `${parts}+`) : assigned;
  const changed = "\\.(?:push|splice|pop|shift|unshift|sort|reverse|set|delete|clear|add)\\(";
  const writes = new RegExp(`(?<![\\w.])(?:${to}${own}|${to}${changed}|\\[[^\\]=]*${to}[^\\]=]*\\]\\s*=(?!=))`);
  const isAnswer = (line: string) => /await [^;]*\b(?:call|tryCall)\(/.test(line) || new RegExp(`^\\s*let ${name}\\b`).test(line);
  if (script.split("\n").some((line) => writes.test(line) && !isAnswer(line))) return true;
  const inTemplate = new RegExp(`v-model(?:[.:][\\w.-]+)?="${name}\\b|@[\\w:.-]+="[^"]*(?<![\\w.])${name}${assigned}|@[\\w:.-]+="[^"]*(?<![\\w.])${name}${changed}`);
  return inTemplate.test(template);
}

interface Entry {
  /** Modules of `entry` whose models it holds. */
  machine?: string[];
  /** What else changes on it: its name, and why no machine holds it. */
  keeps?: Record<string, string>;
}

const LOOKS = "how the page looks, of nothing that is recorded";
const CURSOR = "where the cursor is to go, or a field of the page";
const TIMER = "a timer or what it will do";
const FILE = "the file that was dropped, until it is read";
const ANSWER = "an answer, awaited one line above";
const ONCE = "one at a time: set at the press, cleared at the answer";
const SURE = "what takes away is done by a second press: set by the first, cleared by anything else";

/** A screen that is not here is found missing; {} = it only asks and shows. */
const SCREENS: Record<string, Entry> = {
  Account: { machine: ["new_password"] },
  App: {},
  Arrivals: { machine: ["arrivals"] },
  Card: { keeps: { isGone: "the answer that there is nobody" } },
  Chains: { machine: ["chains"], keeps: { row: CURSOR, reason: CURSOR } },
  CardButton: { keeps: { isReading: ONCE } },
  CheckOut: { machine: ["check_out"] },
  ClassList: { machine: ["class_list"], keeps: { chosen: "the class that was asked for", classes: ANSWER, items: ANSWER, undoable: "what the last absence may be taken back by, of the host's answer", isUndoing: ONCE } },
  Conclude: { machine: ["conclude"], keeps: { isMoved: "whether the answer just got is of another mark", owed: ANSWER, keptAt: ANSWER, hasDraft: "whether a draft that is put away is this page's", isSure: SURE } },
  ConcludeList: { machine: ["conclude_list"] },
  Confirm: { machine: ["confirm"] },
  Consent: { machine: ["consent"], keeps: { view: ANSWER, chosen: "the class that was asked for", isReading: ONCE, isSure: SURE } },
  Contacts: { machine: ["contacts"] },
  Correct: {},
  Coverage: { machine: ["coverage"] },
  Day: { machine: ["day"], keeps: { roster: ANSWER, sent: FILE, right: "what was put right of a file, until it is read again", isReading: ONCE, isTried: LOOKS } },
  DayEnd: { machine: ["day_end"] },
  DayEndList: { keeps: { turned: "the page of a list; entry/day_end.ts says which there is" } },
  Enrol: { machine: ["new_password"] },
  // Its machine is entry/find.ts, which finder.ts holds for every screen.
  Find: { keeps: { drafts: ANSWER, whose: ANSWER, isTold: ANSWER } },
  Hall: { machine: ["hall"], keeps: { isHere: TIMER, timer: TIMER } },
  Handouts: { machine: ["handouts"] },
  // The kit's own page of examples; only in the fake host's bundle.
  Kit: { keeps: { text: LOOKS, date: LOOKS, id: LOOKS, chip: LOOKS, several: LOOKS, teeth: LOOKS, isOpen: LOOKS } },
  Lab: { machine: ["lab"], keeps: { dropped: FILE } },
  LabColumns: { machine: ["columns"], keeps: { isTried: LOOKS } },
  LineOrder: {},
  Navigation: {},
  OtherStop: { keeps: { isSure: SURE } },
  Person: { machine: ["correct"], keeps: { opened: LOOKS } },
  PersonPaper: { keeps: { isMaking: ONCE } },
  PersonStrip: {},
  // Pure functions of entry/phrases.ts decide; what is held is how the field stands.
  Phrases: { keeps: { book: ANSWER, seen: CURSOR, isHere: CURSOR } },
  Print: { machine: ["print"] },
  Proposed: {},
  Question: {},
  Questions: { keeps: { slices: LOOKS, most: LOOKS, isGone: TIMER } },
  Register: { machine: ["register"], keeps: { controls: CURSOR, token: "what its draft is kept under", kept: ANSWER, isSure: SURE, hasDraft: "whether a draft that is put away is this page's" } },
  Resting: {},
  Settings: { machine: ["new_password"] },
  StartFailed: {},
  StationForm: { machine: ["station"], keeps: { judgeTimer: TIMER, judgeDue: TIMER, due: CURSOR, isLate: "whether an answer came after the page was left", controls: CURSOR, tubesSay: "what Tubes says of its own", hasDraft: "whether a draft that is put away is this page's", isSure: SURE } },
  Summary: { machine: ["summary"] },
  Sync: { machine: ["sync"] },
  TaskRow: { machine: ["task_row"], keeps: { fields: CURSOR } },
  Tasks: { machine: ["task_list"], keeps: { dropped: FILE } },
  TopBar: {},
  TubeStates: {},
  Tubes: { machine: ["tubes"], keeps: { typed: "a code typed by hand, until it is a scan's" } },
  TubesHere: {},
  Unlock: { machine: ["unlock"] },
  Urgent: {},
};

const names = readdirSync(`${SRC}screens`).filter((name) => name.endsWith(".vue")).map((name) => name.replace(".vue", "")).sort();
const held = Object.fromEntries(names.map((name) => [name, heldBy(readFileSync(`${SRC}screens/${name}.vue`, "utf8"))]));

test("every screen names its machine", () => {
  if (process.env.DUMP) console.log(JSON.stringify(held, null, 0).replace(/\],/g, "],\n"));
  expect(names).toEqual(Object.keys(SCREENS).sort());
  const found = Object.fromEntries(names.map((name) => [name, { machine: [...new Set(held[name]?.flatMap((one) => one.machine ?? []))].sort(), keeps: (held[name] ?? []).filter((one) => one.machine === null).map((one) => one.name).sort() }]));
  const said = Object.fromEntries(Object.entries(SCREENS).map(([name, { machine = [], keeps = {} }]) => [name, { machine: [...machine].sort(), keeps: Object.keys(keeps).sort() }]));
  expect(found).toEqual(said);
});

test("every machine has its vitest beside it", () => {
  const all = new Set(Object.values(SCREENS).flatMap((one) => one.machine ?? []));
  expect([...all].filter((name) => !existsSync(`${SRC}entry/${name}.test.ts`))).toEqual([]);
  expect(all.size).toBeGreaterThan(20);
});

test("a machine is pure: it asks no host, no page, no clock", () => {
  const files = readdirSync(`${SRC}entry`).filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"));
  const impure = /from "vue"|^import (?!type).*from "\.\.\/(?:app|news|saving|finder)"|\b(?:await|document|window|setTimeout|setInterval|localStorage|fetch)\b(?=[ .(])|Date\.now\(|Math\.random\(/m;
  const wordless = (text: string) => text.replace(/\/\*[^]*?\*\/|\/\/.*/g, "");
  expect(files.filter((name) => impure.test(wordless(readFileSync(`${SRC}entry/${name}`, "utf8"))))).toEqual([]);
  // Control.
  for (const line of ['import { app } from "../app";', "setTimeout(() => undefined);", "const now = Date.now();", "const a = await call();"]) expect(impure.test(line), line).toBe(true);
});

const made = (script: string, template = "") => heldBy(`<!-- x -->\n<script setup lang="ts">\n${script}\n</script>\n<template>${template}</template>`).map((one) => one.name);
test.each<[string, string, string]>([
  ["a ref that a press turns", "const isOpen = ref(false);", '<Button @press="isOpen = !isOpen">x</Button>'],
  ["a ref behind a field", 'const text = ref("");', '<Field v-model="text" />'],
  ["a ref behind a field, by its part", 'const ask = ref({ name: "" });', '<Field v-model="ask.name" />'],
  ["a ref that a key counts up", "const at = ref(0);\nfunction key() {\n  at.value += 1;\n}", ""],
  ["a ref that a press fills", "const chosen = shallowRef<string[]>([]);\nfunction choose(one: string) {\n  chosen.value = [...chosen.value, one];\n}", ""],
  ["a list that a press makes longer", "const chosen = ref<string[]>([]);\nfunction choose(one: string) {\n  chosen.value.push(one);\n}", ""],
  ["a part of a reactive", "const typed = reactive({ on: '' });\nfunction choose() {\n  typed.on = 'x';\n}", ""],
  ["two refs at once", "const a = ref(0);\nfunction choose() {\n  [a.value] = [1];\n}", ""],
  ["a variable", "let isGone = false;\nfunction choose() {\n  isGone = true;\n}", ""],
  ["a list that is no ref", "const dropped: File[] = [];\nfunction take(one: File) {\n  dropped.push(one);\n}", ""],
  ["a ref that waits for an answer elsewhere", "const isBusy = ref(false);\nasync function save() {\n  isBusy.value = true;\n  await call('x', {});\n}", ""],
])("control: %s is found", (_, script, template) => expect(made(script, template)).toHaveLength(1));

test.each<[string, string, string]>([
  ["what it asked and got", 'const view = shallowRef<View | null>(null);\nasync function load() {\n  view.value = await call("x", {});\n}', "<p>{{ view }}</p>"],
  ["what it asked and got, or what was there", 'const view = shallowRef<View | null>(null);\nasync function load() {\n  view.value = (await tryCall("x", {})) ?? view.value;\n}', ""],
  ["a part of the page", "const top = ref<HTMLElement | null>(null);\nfunction show() {\n  top.value?.scrollIntoView();\n}", '<ul ref="top" />'],
  ["a comparison", "const at = ref(0);\nconst is = () => at.value === 1 || at.value >= 2;", '<p v-if="at === 1" @click="go(at === 1)" />'],
])("control: %s is no state of the screen's own", (_, script, template) => expect(made(script, template)).toEqual([]));
