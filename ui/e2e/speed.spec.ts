// How fast it feels on a slow tablet: measured at 6 times slowdown. A machine that does other things meanwhile is slower
// by as much as it is with an empty page, measured in the same run: the limits grow with that and with nothing else.
import type { CDPSession } from "@playwright/test";
import { BLOOD, GENERAL, VILLAGER, stationOf } from "./fixture";
import { atForm, atVillage, reach } from "./steps";
import { expect, test, type Page } from "./test";

test.describe.configure({ mode: "serial", retries: 2 });

/** An empty page at 6x where nothing else runs, milliseconds: measured on the machine the aims come from. */
const EMPTY_MS = 287;

function painted(page: Page): Promise<number> {
  return page.evaluate(() => new Promise<number>((done) => requestAnimationFrame(() => setTimeout(() => done(performance.now()), 0))));
}

/** How much slower than that an empty page is just now, at least 1. */
async function busy(page: Page, cdp: CDPSession): Promise<number> {
  await cdp.send("Emulation.setCPUThrottlingRate", { rate: 6 });
  const times: number[] = [];
  for (let run = 0; run < 5; run += 1) {
    await page.goto("./icon.svg");
    times.push(await painted(page));
  }
  return Math.max(1, (times.sort((a, b) => a - b)[2] ?? 0) / EMPTY_MS);
}

test("at 6x slowdown the form is there within 1.2 s of the start (times how busy the machine is)", async ({ page }) => {
  const cdp = await page.context().newCDPSession(page);
  const factor = await busy(page, cdp);
  await cdp.send("Emulation.setCPUThrottlingRate", { rate: 1 });
  await atVillage(page);
  await atForm(page, GENERAL, VILLAGER.id);
  await cdp.send("Emulation.setCPUThrottlingRate", { rate: 6 });
  const times: number[] = [];
  for (let run = 0; run < 5; run += 1) {
    await page.reload();
    await page.locator(".question").first().waitFor();
    times.push(await painted(page));
  }
  const median = times.sort((a, b) => a - b)[2] ?? Infinity;
  console.log(`start to a painted form at 6x: ${median.toFixed(0)} ms (aim 1200; the machine is ${factor.toFixed(1)} times slower than quiet)`);
  expect(median).toBeLessThan(1_200 * factor);
});

test("at 6x slowdown a key press takes under 8 ms (times how busy the machine is)", async ({ page }) => {
  const cdp = await page.context().newCDPSession(page);
  const factor = await busy(page, cdp);
  await cdp.send("Emulation.setCPUThrottlingRate", { rate: 1 });
  await atVillage(page);
  await atForm(page, BLOOD, VILLAGER.id);
  await page.getByLabel("血糖", { exact: true }).focus();
  await cdp.send("Performance.enable");
  await cdp.send("Emulation.setCPUThrottlingRate", { rate: 6 });
  const spent = async () => {
    const { metrics } = await cdp.send("Performance.getMetrics");
    const of = (name: string) => metrics.find((one) => one.name === name)?.value ?? 0;
    return of("ScriptDuration") + of("LayoutDuration") + of("RecalcStyleDuration");
  };
  const each: number[] = [];
  // At a hand's pace: keys that come at once may be a scanner's, and wait.
  const HAND_MS = 80;
  for (const key of ["6", ".", "1", "Backspace", "2", "Backspace", "3", "Backspace", "4", "Backspace", "5"]) {
    const before = await spent();
    await page.keyboard.press(key);
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0))));
    each.push((await spent() - before) * 1000);
    await page.waitForTimeout(HAND_MS);
  }
  // The quicker quarter: the slower ones are other programs on the machine, not the key.
  const usual = each.sort((a, b) => a - b)[2] ?? Infinity;
  console.log(`a key press at 6x: ${usual.toFixed(1)} ms of script, style and layout, until it is painted (aim 8; the machine is ${factor.toFixed(1)} times slower than quiet)`);
  expect(usual).toBeLessThan(8 * factor);
});

test("a page that comes back asks all at once before its form is there, and nothing twice", async ({ page }) => {
  await atVillage(page);
  await atForm(page, GENERAL, VILLAGER.id);
  const asked: string[] = [];
  let answers = 0;
  const seen: number[] = [];
  page.on("request", (request) => {
    if (!request.url().endsWith("/rpc")) return;
    asked.push((JSON.parse(request.postData() ?? "{}") as { command: string }).command);
    seen.push(answers);
  });
  page.on("response", (answer) => answer.url().endsWith("/rpc") && (answers += 1));
  await page.reload();
  await page.locator(".question").first().waitFor();
  expect(asked.slice(0, 5).sort()).toEqual(["day", "form", "forms", "state", "sync_state"]);
  // None of them waited for the answer to another.
  expect(seen.slice(0, 5)).toEqual([0, 0, 0, 0, 0]);
  expect(asked.filter((one) => asked.indexOf(one) !== asked.lastIndexOf(one))).toEqual([]);
});

/** What a question is answered in. */
const CONTROLS = ".question input[type=text], .question [role]";
/** The most questions at once (34), and the most items, of which the answers so far open some (133). No form asks 40 at once. */
for (const { key, name } of [stationOf("tcm_q01"), stationOf("symptoms")]) {
  test(`at 6x slowdown the longest forms open within 300 ms: ${name} (times how busy the machine is)`, async ({ page }) => {
    const cdp = await page.context().newCDPSession(page);
    const factor = await busy(page, cdp);
    await cdp.send("Emulation.setCPUThrottlingRate", { rate: 1 });
    await atVillage(page);
    const person = await reach(page, VILLAGER.id);
    await page.evaluate((to) => (location.hash = to), `#/form/${key}/${person}`);
    await expect(page.locator("main h2", { hasText: name }).first()).toBeVisible();
    await expect(page.locator(".question :focus").first()).toBeVisible();
    const questions = await page.locator(CONTROLS).count();
    expect(questions).toBeGreaterThanOrEqual(25);
    const times: number[] = [];
    for (let run = 0; run < 6; run += 1) {
      await page.evaluate((to) => (location.hash = to), `#/card/${person}`);
      await expect(page.locator(".personcard")).toBeVisible();
      await cdp.send("Emulation.setCPUThrottlingRate", { rate: 6 });
      const opened = page.evaluate(async ([to, count, controls]) => {
        const begun = performance.now();
        location.hash = to;
        while (document.querySelectorAll(controls).length < count || !document.activeElement?.closest(".question")) await new Promise((next) => requestAnimationFrame(next));
        await new Promise((next) => requestAnimationFrame(() => setTimeout(next, 0)));
        return performance.now() - begun;
      }, [`#/form/${key}/${person}`, questions, CONTROLS] as [string, number, string]);
      times.push(await opened);
      await cdp.send("Emulation.setCPUThrottlingRate", { rate: 1 });
    }
    // The first has its code compiled.
    const median = times.slice(1).sort((a, b) => a - b)[2] ?? Infinity;
    console.log(`${questions} questions open at 6x (${key}): ${median.toFixed(0)} ms (aim 300; the machine is ${factor.toFixed(1)} times slower than quiet)`);
    expect(median).toBeLessThan(300 * factor);
  });
}
