// When the host is asked for what stands in the one field. Not what becomes of an answer (entry/find.ts).
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { app, attach } from "./app";
import { found, scanned, toFinder } from "./finder";
import type { Platform } from "./platform/platform";

const asked: string[] = [];
const answers: (() => void)[] = [];
const page = { hash: "" };

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("window", globalThis);
  vi.stubGlobal("location", page);
  page.hash = "#/home";
  app.route = { name: "home", args: [] };
  [asked.length, answers.length] = [0, 0];
  attach({
    call: (_: string, { text }: { text: string }) => {
      asked.push(text);
      return new Promise((done) => answers.push(() => done({ rows: [], more: false, exact: false })));
    },
  } as unknown as Platform);
});
afterEach(async () => {
  toFinder({ kind: "cleared" });
  await answerAll();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

async function answerAll(): Promise<void> {
  for (const answer of answers.splice(0)) answer();
  await vi.advanceTimersByTimeAsync(0);
}
async function typed(text: string): Promise<void> {
  toFinder({ kind: "typed", text });
  await vi.advanceTimersByTimeAsync(0);
}

test("at home the host is asked at once, one question at a time, and then the newest of what was typed meanwhile", async () => {
  for (const text of ["l", "lx", "lxy"]) await typed(text);
  expect(asked).toEqual(["l"]);
  await answerAll();
  expect(asked).toEqual(["l", "lxy"]);
  await answerAll();
  expect(asked).toHaveLength(2);
});

test("what was cleared while the host looked is not asked, and leads nowhere", async () => {
  await typed("l");
  await typed("lx");
  page.hash = "#/form/general/7";
  toFinder({ kind: "cleared" });
  await answerAll();
  expect([asked, page.hash]).toEqual([["l"], "#/form/general/7"]);
});

test("on another screen a piece of a scan that is taken back asks nothing and leads nowhere; a hand's letter leads home", async () => {
  app.route = { name: "form", args: [] };
  page.hash = "#/form/general/7";
  await typed("4");
  await vi.advanceTimersByTimeAsync(20);
  await typed("");
  await vi.advanceTimersByTimeAsync(200);
  expect([asked, page.hash]).toEqual([[], "#/form/general/7"]);
  await typed("l");
  await vi.advanceTimersByTimeAsync(200);
  expect([asked, page.hash]).toEqual([["l"], "#/home"]);
});

test("a scan does not wait for what is being typed", async () => {
  await typed("l");
  toFinder({ kind: "scanned", code: "JKVILLAGER.A" });
  await vi.advanceTimersByTimeAsync(0);
  expect(asked).toEqual(["l", "JKVILLAGER.A"]);
});

async function tube(code: string): Promise<void> {
  app.state = { phase: "open" } as typeof app.state;
  app.day = { choice: {} } as typeof app.day;
  scanned(code);
  await vi.advanceTimersByTimeAsync(0);
}

test("a tube goes to the person it was scanned at, and to nobody else who is there when the answer comes", async () => {
  const bound: string[] = [];
  app.route = { name: "form", args: ["blood", "7"] };
  app.tube = (code) => bound.push(`a ${code}`);
  await tube("B0001234");
  app.tube = (code) => bound.push(`b ${code}`);
  await answerAll();
  expect(bound).toEqual([]);
  await vi.dynamicImportSettled();
  expect(app.toast).toContain("B0001234");
  await tube("B0001235");
  await answerAll();
  expect(bound).toEqual(["b B0001235"]);
  app.tube = null;
});

test("two tubes scanned at one go are both bound, in their order, whichever answer comes first; and what is typed since stays", async () => {
  const bound: string[] = [];
  app.tube = (code) => bound.push(code);
  await tube("B0001234");
  await tube("B0001235");
  answers.pop()?.();
  await vi.advanceTimersByTimeAsync(0);
  expect(bound).toEqual([]);
  await typed("lx");
  await answerAll();
  expect(bound).toEqual(["B0001234", "B0001235"]);
  expect(found.value.text).toBe("lx");
  app.tube = null;
});
