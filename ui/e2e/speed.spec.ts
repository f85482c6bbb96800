// How fast it feels on a slow tablet: measured at 6 times slowdown. The figure aimed at is printed; the test's own limit
// stands in its name, wide enough for a busy machine.
import { expect, test } from "@playwright/test";
import { unlock, confirmDay } from "./steps";
import { VILLAGE } from "./fixture";

test.describe.configure({ mode: "serial" });

test("at 6x slowdown the form is there within 1.2 s of the start (limit here 3.6 s)", async ({ page }) => {
  await unlock(page);
  await confirmDay(page, VILLAGE.unit);
  await page.evaluate(() => (location.hash = "#/form/general/villager-a"));
  await page.locator(".question").first().waitFor();
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("Emulation.setCPUThrottlingRate", { rate: 6 });
  const times: number[] = [];
  for (let run = 0; run < 5; run += 1) {
    await page.reload();
    await page.locator(".question").first().waitFor();
    times.push(await page.evaluate(() => new Promise<number>((done) => requestAnimationFrame(() => setTimeout(() => done(performance.now()), 0)))));
  }
  const median = times.sort((a, b) => a - b)[2] ?? Infinity;
  console.log(`start to a painted form at 6x: ${median.toFixed(0)} ms (aim 1200)`);
  expect(median).toBeLessThan(3_600);
});

test("at 6x slowdown a key press takes under 8 ms (limit here 24 ms)", async ({ page }) => {
  await unlock(page);
  await confirmDay(page, VILLAGE.unit);
  await page.evaluate(() => (location.hash = "#/form/blood/villager-a"));
  await page.getByLabel("血糖", { exact: true }).focus();
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("Performance.enable");
  await cdp.send("Emulation.setCPUThrottlingRate", { rate: 6 });
  const spent = async () => {
    const { metrics } = await cdp.send("Performance.getMetrics");
    const of = (name: string) => metrics.find((one) => one.name === name)?.value ?? 0;
    return of("ScriptDuration") + of("LayoutDuration") + of("RecalcStyleDuration");
  };
  const each: number[] = [];
  for (const key of ["6", ".", "1", "Backspace", "2", "Backspace", "3", "Backspace", "4", "Backspace", "5"]) {
    const before = await spent();
    await page.keyboard.press(key);
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0))));
    each.push((await spent() - before) * 1000);
  }
  const median = each.sort((a, b) => a - b)[5] ?? Infinity;
  console.log(`a key press at 6x: ${median.toFixed(1)} ms of script, style and layout, the host's answer included (aim 8)`);
  expect(median).toBeLessThan(24);
});
