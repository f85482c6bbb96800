// What holds on every screen, at every width, size of letters and theme: no clipped word, no accessibility fault, few
// nodes, a scanner anywhere. Not what people do on them (day.spec.ts).
import AxeBuilder from "@axe-core/playwright";
import { SCAN_REPEAT_MS } from "../src/entry/scan";
import { STATIONS, TWICE, URINE, VILLAGER } from "./fixture";
import { SCREENS, atForm, atVillage, looks, reach, scanIn } from "./steps";
import { expect, test, type Page } from "./test";

const NODES_MAX = 1_500;
const LOOKS = [
  { width: 1366, height: 768, theme: "day", size: 100 },
  { width: 1366, height: 768, theme: "sun", size: 150 },
  { width: 800, height: 1180, theme: "day", size: 100 },
  { width: 800, height: 1180, theme: "sun", size: 150 },
  { width: 360, height: 740, theme: "day", size: 150 },
  { width: 360, height: 740, theme: "sun", size: 100 },
] as const;

async function open(page: Page, name: string, hash: string): Promise<void> {
  await page.evaluate((to) => (location.hash = to), hash);
  await page.locator("main h1").first().waitFor();
  if (name === "find") {
    await page.locator("#scan").fill("龙");
    await page.locator("#found li").first().waitFor();
  }
  if (name === "class") await page.locator(".classes .row").first().click();
}

/** Words that do not fit their own box, and boxes wider than the page. */
function clipped(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const wrong: string[] = [];
    for (const one of document.querySelectorAll<HTMLElement>("button, label, h1, h2, th, .banner, .stand, .name, .says, .fact, .chip")) {
      if (one.classList.contains("unseen") || one.closest(".tablebox, .unseen") || one.offsetParent === null) continue;
      if (one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).display !== "inline") wrong.push(`${one.tagName}.${one.className}: ${one.textContent?.trim().slice(0, 24)}`);
    }
    const page = document.documentElement;
    if (page.scrollWidth > page.clientWidth) wrong.push(`the page is ${page.scrollWidth} wide`);
    return wrong;
  });
}

/** Things to press smaller than 56 by 44: the pad and rows are larger, tables' own buttons at least 56. */
function small(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>("button, a[href], select, input:not([type=radio]):not([type=checkbox]):not([type=file]), .chip, .pick, .option")]
      .filter((one) => one.offsetParent !== null && (one.offsetHeight < 55.5 || one.offsetWidth < 44))
      .map((one) => `${one.tagName}.${one.className} ${one.offsetWidth}x${one.offsetHeight}: ${one.textContent?.trim().slice(0, 20)}`),
  );
}

for (const { width, height, theme, size } of LOOKS) {
  test(`every screen at ${width}, ${theme}, ${size} %: nothing clipped, targets large, axe A and AA finds nothing, few nodes`, async ({ page }) => {
    await page.setViewportSize({ width, height });
    await looks(page, { theme, size });
    await atVillage(page);
    const wrong: string[] = [];
    for (const [name, hash] of SCREENS(await reach(page, TWICE.id))) {
      await open(page, name, hash);
      wrong.push(...(await clipped(page)).map((one) => `${name} clipped ${one}`), ...(await small(page)).map((one) => `${name} small ${one}`));
      const nodes = await page.evaluate(() => document.querySelectorAll("*").length);
      if (nodes > NODES_MAX) wrong.push(`${name}: ${nodes} nodes`);
      // Colours and names do not change with the width: the long check at one width, in both themes.
      if (width === 800) {
        const { violations } = await new AxeBuilder({ page }).withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]).analyze();
        wrong.push(...violations.flatMap((one) => one.nodes.map((node) => `${name} axe ${one.id}: ${node.html.slice(0, 120)} ${node.any[0]?.message ?? ""}`)));
      }
    }
    expect(wrong.join("\n")).toBe("");
  });
}

test("日间 has a contrast of 7 to 1 wherever words stand", async ({ page }) => {
  await atVillage(page);
  const wrong: string[] = [];
  for (const [name, hash] of SCREENS(await reach(page, TWICE.id))) {
    await open(page, name, hash);
    const { violations } = await new AxeBuilder({ page }).withRules(["color-contrast-enhanced"]).analyze();
    wrong.push(...violations.flatMap((one) => one.nodes.map((node) => `${name}: ${node.html.slice(0, 90)} ${node.any[0]?.message ?? ""}`)));
  }
  expect(wrong.join("\n")).toBe("");
});

test("the door and a new account pass axe too", async ({ page }) => {
  await page.goto("./");
  await page.locator(".slot").first().waitFor();
  const door = await new AxeBuilder({ page }).analyze();
  await page.goto("./#/account");
  await page.locator(".panel h1").waitFor();
  const account = await new AxeBuilder({ page }).analyze();
  expect([...door.violations, ...account.violations].map((one) => one.id)).toEqual([]);
});

test("a scanner finds its person from every screen, and no field keeps a piece of the code", async ({ page }) => {
  await atVillage(page);
  const kept: string[] = [];
  page.on("request", (asked) => {
    const body = asked.postData() ?? "";
    if (/"command":"(?:draft_put|save|register)"/.test(body) && body.includes(VILLAGER.id.slice(0, 6))) kept.push(body);
  });
  for (const [name, hash] of SCREENS(await reach(page, TWICE.id))) {
    await page.evaluate((to) => (location.hash = to), hash);
    await page.locator("main h1").first().waitFor();
    if (name === "class") await page.locator(".classes .row").first().click();
    // In a field of the screen where it has one; else wherever the cursor is.
    const field = page.locator('main input[type="text"]').first();
    if ((await field.count()) > 0) await field.focus();
    await scanIn(page, VILLAGER.id);
    await expect(page.locator(".strip h1"), `from ${name}`).toHaveText(VILLAGER.name);
    expect(kept, `from ${name}`).toEqual([]);
    await page.evaluate(() => (location.hash = "#/home"));
    await expect(page.locator("#scan")).toBeFocused();
    // The same code sooner than this is the scanner's echo and is rightly dropped.
    await page.waitForTimeout(SCAN_REPEAT_MS + 50);
  }
});

test("a scan on choices chooses nothing", async ({ page }) => {
  await atVillage(page);
  await atForm(page, URINE, TWICE.id);
  await expect(page.locator(".chip input:focus")).toHaveCount(1);
  await scanIn(page, VILLAGER.id);
  await expect(page.locator(".strip h1")).toHaveText(VILLAGER.name);
  await expect(page.locator(".chip.on")).toHaveCount(0);
});

test("Tab stops in every form are its questions and its actions, in the order of the paper", async ({ page }) => {
  await atVillage(page);
  for (const station of STATIONS) {
    await atForm(page, station, VILLAGER.id);
    const asked = await page.locator(".questions").evaluate((form) =>
      [...form.querySelectorAll("input[type=text], [role=radiogroup]")].map((one, at) => {
        one.setAttribute("data-stop", String(at));
        return one.getAttribute("aria-label") ?? String(at);
      }));
    const actions = await page.locator("main .rest button, main .finish button").count();
    await page.locator(".questions input").first().focus();
    const stops: string[] = [];
    for (let at = 0; at < asked.length + actions + 5; at += 1) {
      const here = await page.evaluate(() => {
        const one = document.activeElement;
        if (!one?.closest("main")) return null;
        return one.closest("[data-stop]")?.getAttribute("data-stop") ?? "action";
      });
      if (here === null) break;
      stops.push(here);
      await page.keyboard.press("Tab");
    }
    expect(asked.length, station.name).toBeGreaterThan(0);
    expect(stops, station.name).toEqual([...asked.map((_, at) => String(at)), ...Array.from({ length: actions }, () => "action")]);
  }
});
