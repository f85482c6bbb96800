// The users' guide says what the screens say: whatever it puts in quotation marks is a sentence of the screens, of a
// failure, or of the host, and every picture it shows is there. Not whether the advice is good.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { FAILURES } from "../src/platform/failures";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const GUIDE = join(ROOT, "docs/用户手册");

function textsUnder(folder: string, ending: string): string {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(ending))
    .map((name) => readFileSync(join(folder, name), "utf8"))
    .join("\n");
}

/** A screen's sentence as a pattern: its places take anything, and a part of it may be quoted. */
function pattern(sentence: string): string {
  return sentence.replace(/\{\w+\}/g, "\u0000");
}
/** Every screen's sentences, in whichever file of texts they stand. */
const TEXTS: Record<string, unknown>[] = await Promise.all(readdirSync(join(ROOT, "ui/src/text")).map((name) => import(join(ROOT, "ui/src/text", name)) as Promise<Record<string, unknown>>));
const SAID = TEXTS.flatMap((texts) => Object.values(texts).filter((one) => typeof one === "object").flatMap((one) => Object.values(one as Record<string, string>)));
const SCREENS = [...SAID, ...Object.values(FAILURES)].map(pattern);
const HOST = ["field", "protocol", "office", "domain", "report", "server"].map((name) => textsUnder(join(ROOT, "crates", name, "src"), ".rs")).join("\n") + textsUnder(join(ROOT, "schema/catalogue"), ".json") + readFileSync(join(ROOT, "ui/public/pair.html"), "utf8");

/** Quoted words that are not a screen's: of a file, a name, a sign. */
const OTHERS = new Set(["·", "原名-问题清单.xlsx"]);

function isSaid(quoted: string): boolean {
  if (OTHERS.has(quoted) || HOST.includes(quoted)) return true;
  return SCREENS.some((sentence) => {
    if (sentence.includes(quoted)) return true;
    if (!sentence.includes("\u0000")) return false;
    const parts = sentence.split("\u0000").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
    return new RegExp(`^${parts.join(".+?")}$`).test(quoted);
  });
}

function pages(): [string, string][] {
  return readdirSync(GUIDE).filter((name) => name.endsWith(".md")).map((name) => [name, readFileSync(join(GUIDE, name), "utf8")]);
}

test("what the guide quotes is what the screens say", () => {
  const unsaid = pages().flatMap(([name, text]) => [...text.matchAll(/“([^”]+)”/g)].map((found) => found[1] ?? "").filter((quoted) => !isSaid(quoted)).map((quoted) => `${name}: ${quoted}`));
  expect(unsaid).toEqual([]);
  expect(isSaid("这句话没有一个屏幕会说"), "a control: a sentence of no screen is noticed").toBe(false);
});

/** What a next step may quote that is no label: a mark to be typed. */
const MARKS = new Set(["、"]);
const LABELS = new Set(SAID);
const isLabel = (quoted: string) => MARKS.has(quoted) || LABELS.has(quoted);

test("a next step of a check or a failure names whole labels of a screen", () => {
  const told = ["crates/field/src/app/day.rs", "crates/field/src/app/day_end.rs", "crates/protocol/src/failure.rs"].map((path) => [path, readFileSync(join(ROOT, path), "utf8")] as const);
  const quoted = told.flatMap(([path, text]) => [...text.matchAll(/“([^”]+)”/g)].map((found) => [path, found[1] ?? ""] as const));
  expect(quoted.filter(([, one]) => !isLabel(one))).toEqual([]);
  expect(new Set(quoted.map(([path]) => path)).size, "each of them names some").toBe(told.length);
  for (const gone of ["今日", "确认今日", "立即同步", "同步"]) expect(isLabel(gone), `a control: ${gone} is on no screen`).toBe(false);
});

test("every picture and page the guide leads to is there", () => {
  const missing = pages().flatMap(([name, text]) => [...text.matchAll(/\]\(([^)#:]+)\)/g)].map((found) => found[1] ?? "").filter((path) => !existsSync(join(GUIDE, path))).map((path) => `${name}: ${path}`));
  expect(missing).toEqual([]);
  expect(pages().length).toBeGreaterThan(10);
});
