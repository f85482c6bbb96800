// Long ways by keyboard alone, on the real host: a resident through every station there is, and a class of 40. Not how fast a key
// is (speed.spec.ts), not what a station's values mean (the rules' own tests).
import { readFileSync } from "node:fs";
import { GENERAL, LARGE_CLASS, OTHERS, SCHOOL, STATIONS, VILLAGE, VILLAGER, largeClass } from "./fixture";
import { chooseUnit, reach, unlock } from "./steps";
import { expect, test, type Page } from "./test";

/** A resident whom nothing is wrong with, as typed. What is not here is 未测 by its key. */
const VALUES: Record<string, string> = {
  height_cm: "157.4", weight_kg: "64.2", waist_cm: "84", temperature_cel: "36.5", pulse_per_min: "72", respiration_per_min: "18",
  sbp1_mmhg: "128", dbp1_mmhg: "78", sbp2_mmhg: "126", dbp2_mmhg: "76", glucose_mmol_l: "5.2", tc_mmol_l: "4.6", tg_mmol_l: "1.2", hdl_mmol_l: "1.3", ldl_mmol_l: "2.6", hb_g_l: "131",
};
interface Item {
  key: string;
  name_zh: string;
}
const ITEMS = (JSON.parse(readFileSync(new URL("../../schema/catalogue/items.json", import.meta.url), "utf8")) as { items: Item[] }).items;
const valueOf = (label: string) => VALUES[ITEMS.find((one) => one.name_zh === label)?.key ?? ""];
const saved = (page: Page) => page.locator(".banner .title", { hasText: "已保存" });

/** The day with every station on this one device: nothing but the first screen's own choice. */
async function begin(page: Page, unit: string): Promise<void> {
  await unlock(page);
  await page.evaluate(() => (location.hash = "#/day"));
  await chooseUnit(page, unit);
  await page.keyboard.press("Control+Enter");
  await expect(page.getByText("今天已设好，可以开始")).toBeVisible();
  await page.keyboard.press("Control+Enter");
  await expect(page.locator("#scan")).toBeFocused();
}

/** Tab by Tab to a button of these words. */
async function tabTo(page: Page, within: string, words: string): Promise<void> {
  for (let at = 0; at < 80; at += 1) {
    await page.keyboard.press("Tab");
    const here = await page.evaluate((area) => (document.activeElement?.closest(area) ? (document.activeElement as HTMLElement).innerText : null), within);
    if (here?.includes(words)) return;
  }
  throw new Error(`no Tab leads to ${words}`);
}

/** What has the cursor: a question's label and kind, the first sign that chooses, and whether another station has chosen already. Null where it is no question. */
function here(page: Page): Promise<{ label: string; kind: string; sign: string; isChosen: boolean } | null> {
  return page.evaluate(() => {
    const at = document.activeElement as HTMLElement | null;
    const question = at?.closest<HTMLElement>(".question");
    if (!at || !question) return null;
    const kind = at.closest(".teeth") ? "teeth" : at.matches("[type=radio]") ? "choice" : at.matches("[type=checkbox]") ? "several" : at.closest(".number") ? "number" : at.matches(".words") && at.matches("input") ? "words" : "phrases";
    const label = at.getAttribute("aria-label") ?? question.querySelector(".name")?.childNodes[0]?.textContent ?? "";
    return { label, kind, sign: at.closest(".chips")?.querySelector("kbd")?.textContent ?? "", isChosen: question.querySelector(":checked") !== null };
  });
}

/** Answers what has the cursor and goes on; false when the cursor has left the questions. */
async function answerOne(page: Page, count: { answered: number }): Promise<boolean> {
  const at = await here(page);
  if (at === null) return false;
  const keys = { number: valueOf(at.label) ?? "w", choice: at.sign, several: at.isChosen ? "" : at.sign, teeth: "s", phrases: "=", words: "" }[at.kind] ?? "";
  await page.keyboard.type(keys, { delay: 45 });
  count.answered += keys === "" ? 0 : 1;
  for (let press = 0; press < 3; press += 1) {
    const now = await here(page);
    if (now?.label !== at.label || now.kind !== at.kind) return true;
    // At a hand's pace: an Enter sooner than this is a scanner's.
    await page.waitForTimeout(60);
    await page.keyboard.press("Enter");
  }
  return true;
}

test("a resident through every station by keyboard only", async ({ page }) => {
  await begin(page, VILLAGE.unit);
  const count = { answered: 0 };
  const stations = [...STATIONS, ...OTHERS];
  for (const station of stations) {
    await tabTo(page, ".stations", station.name);
    await page.keyboard.press("Enter");
    await expect(page.getByRole("button", { name: station.name, pressed: true })).toBeVisible();
    await expect(page.locator("#scan")).toBeFocused();
    await page.keyboard.type(VILLAGER.name, { delay: 45 });
    await expect(page.locator("#found .selected")).toContainText(VILLAGER.name);
    await page.keyboard.press("Enter");
    await expect(page.locator("main h2", { hasText: station.name }).first()).toBeVisible();
    await expect(page.locator(".question :focus").first()).toBeVisible();
    for (let at = 0; at < 400 && (await answerOne(page, count)); at += 1);
    await page.keyboard.press("Control+Enter");
    await expect(saved(page)).toContainText(station.name);
    await expect(page.locator("#scan")).toBeFocused();
  }
  // The control: questions were really answered, not passed.
  expect(count.answered).toBeGreaterThan(100);
  const person = await reach(page, VILLAGER.id);
  for (const station of stations) await expect(page.locator(".steps").getByText(station.name, { exact: true }).locator("xpath=..")).not.toContainText(/未做|选做/);
  await page.evaluate((to) => (location.hash = to), `#/person/${person}`);
  for (const value of ["157.4", "64.2", "128", "5.2", "131"]) await expect(page.locator("main")).toContainText(value);
});

test(`a class of ${LARGE_CLASS.pupils} by keyboard only, three keys beyond the digits of each`, async ({ page }) => {
  await begin(page, SCHOOL.unit);
  await page.evaluate((to) => (location.hash = to), `#/class/${GENERAL.key}`);
  await expect(page.locator("ul.classes")).toBeVisible();
  await tabTo(page, "ul.classes", LARGE_CLASS.name);
  await page.keyboard.press("Enter");
  await expect(page.locator(".walk")).toBeFocused();
  const typed = new Map<string, string[]>();
  for (let at = 0; at < LARGE_CLASS.pupils; at += 1) {
    const name = await page.locator(".walkrow.here b").first().innerText();
    const values = [(130 + at * 0.5).toFixed(1), (28 + at * 0.3).toFixed(1)];
    typed.set(name, values);
    await page.keyboard.press("Enter");
    await expect(page.locator(".personstrip, .form").first()).toContainText(name);
    await expect(page.getByRole("textbox", { name: "身高", exact: true })).toBeFocused();
    await page.keyboard.type(values[0] ?? "", { delay: 45 });
    await page.keyboard.press("Enter");
    await page.keyboard.type(values[1] ?? "", { delay: 45 });
    await page.keyboard.press("Control+Enter");
    await expect(page.locator(".walk")).toBeFocused();
    await expect(page.locator(".walkrow.done", { hasText: name })).toContainText(values[0] ?? "");
  }
  expect([...typed.keys()].sort()).toEqual(largeClass().map((one) => one.name).sort());
  await expect(page.locator(".sheethead")).toContainText(`${LARGE_CLASS.pupils}`);
  for (const [name, values] of typed) for (const value of values) await expect(page.locator(".walkrow", { hasText: name })).toContainText(value);
});
