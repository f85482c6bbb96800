// Long ways by keyboard alone, on the real host: a resident from the registration through every station there is to 总检, and a class of
// 40. Not how fast a key is (speed.spec.ts), not what a station's values mean (the rules' own tests).
import { readFileSync } from "node:fs";
import { COLLEAGUE, ELDER, GENERAL, LARGE_CLASS, OPERATOR, OTHERS, REGISTER, SCHOOL, STATIONS, VILLAGE, largeClass } from "./fixture";
import { HAND_MS, picture, saved } from "./steps";
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

/** The page as somebody finds it in the morning, opened by the keys alone. */
async function open(page: Page, who: { name: string; password: string }): Promise<void> {
  await expect(page.locator(".door .slot").first()).toBeVisible();
  await tabTo(page, ".door", who.name);
  await page.keyboard.press("Enter");
  await expect(page.getByLabel("密码")).toBeFocused();
  await page.keyboard.type(who.password, { delay: HAND_MS });
  await page.keyboard.press("Enter");
  await expect(page.locator(".frame")).toBeVisible({ timeout: 40_000 });
}

/** The day with every station on this one device, and what else is named. */
async function begin(page: Page, unit: string, ...more: string[]): Promise<void> {
  await page.goto("./");
  await open(page, OPERATOR);
  await page.getByRole("heading", { level: 1 }).waitFor();
  const units = page.locator("select#unit-filter");
  for (let at = 0; at < 20 && !(await units.evaluate((one) => one === document.activeElement)); at += 1) await page.keyboard.press("Tab");
  await expect(units).toBeFocused();
  await page.keyboard.press("Home");
  const chosen = () => units.evaluate((one) => (one as HTMLSelectElement).selectedOptions[0]?.textContent ?? "");
  for (let at = 0; at < 20 && !(await chosen()).startsWith(unit); at += 1) await page.keyboard.press("ArrowDown");
  for (const place of more) {
    await tabTo(page, "label.pick", place);
    await page.keyboard.press("Space");
  }
  await page.keyboard.press("Control+Enter");
  // Whether to leave is seen before anybody goes on.
  await expect(page.getByText("今天已设好，可以开始")).toBeVisible();
  await page.keyboard.press("Control+Enter");
  await expect(page.locator(".next-person")).toBeVisible();
  await expect(page.locator("#scan")).toBeFocused();
}

/** Tab by Tab to a button of these words. */
async function tabTo(page: Page, within: string, words: string): Promise<void> {
  for (let at = 0; at < 80; at += 1) {
    await page.keyboard.press("Tab");
    const here = await page.evaluate((area) => {
      const around = document.activeElement?.closest<HTMLElement>(area);
      return around ? (document.activeElement instanceof HTMLInputElement ? around.innerText : (document.activeElement as HTMLElement).innerText) : null;
    }, within);
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
  await page.keyboard.type(keys, { delay: HAND_MS });
  count.answered += keys === "" ? 0 : 1;
  for (let press = 0; press < 3; press += 1) {
    // At a hand's pace, and only where the cursor still is by then: it may go on late.
    const isHere = async () => [at.label, at.kind].join() === (await here(page).then((now) => [now?.label, now?.kind].join()));
    if (!(await isHere())) return true;
    await page.waitForTimeout(HAND_MS);
    if (!(await isHere())) return true;
    await page.keyboard.press("Enter");
  }
  return true;
}

test("a resident by keyboard only: registered, through every station, and concluded by the doctor", async ({ page }) => {
  await begin(page, VILLAGE.unit, "总检");
  // 登记: on nobody's list.
  await page.keyboard.type(ELDER.id, { delay: HAND_MS });
  await expect(page.getByText(`没有找到“${ELDER.id}”`)).toBeVisible();
  await tabTo(page, "main", "登记这个人");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("textbox", { name: "姓名", exact: true })).toBeFocused();
  await page.keyboard.type(ELDER.name);
  await page.keyboard.press("Control+Enter");
  await expect(page.locator(".strip h1")).toHaveText(ELDER.name);
  const count = { answered: 0 };
  const stations = [REGISTER, ...STATIONS, ...OTHERS];
  await page.keyboard.press("F9");
  for (const station of stations) {
    // From wherever one is the field is one key away, and from there the first page.
    await page.keyboard.press("Escape");
    await expect(page.locator(".next-person")).toBeVisible();
    await tabTo(page, ".stations", station.name);
    await page.keyboard.press("Enter");
    await expect(page.getByRole("button", { name: station.name, pressed: true })).toBeVisible();
    await expect(page.locator("#scan")).toBeFocused();
    await page.keyboard.type(ELDER.name);
    await expect(page.locator("#found .selected")).toContainText(ELDER.name);
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
  // 总检: the doctor takes the device over, and goes in by its door.
  await tabTo(page, ".top", "锁屏");
  await page.keyboard.press("Enter");
  await open(page, COLLEAGUE);
  await page.keyboard.press("F9");
  await tabTo(page, ".stations", "总检");
  await page.keyboard.press("Enter");
  await expect(page.locator(".concludelist")).toBeVisible();
  await page.keyboard.press("F9");
  await page.keyboard.type(ELDER.name);
  await expect(page.locator("#found .selected")).toContainText(ELDER.name);
  await page.keyboard.press("Enter");
  await expect(page.locator(".conclude .strip h1")).toHaveText(ELDER.name);
  for (const value of ["157.4", "64.2", "128", "5.2", "131"]) await expect(page.locator(".conclude")).toContainText(value);
  const findings = await page.locator(".proposed > li").count();
  if (findings > 0) await expect(page.locator(".proposed")).toBeFocused();
  for (let at = 0; at < findings; at += 1) await page.keyboard.press("Enter");
  await picture(page, "by-keys-concluded");
  await page.keyboard.press("Control+Enter");
  await expect(page.locator(".toast")).toContainText("总检第 1 版已签发");
  await expect(page.locator(".concludelist")).toBeVisible();
  // Every station was done, and the card says that all is.
  await tabTo(page, ".ways", "找人");
  await page.keyboard.press("Enter");
  await expect(page.locator(".next-person")).toBeVisible();
  await tabTo(page, ".stations", "先看资料卡");
  await page.keyboard.press("Enter");
  await expect(page.locator("#scan")).toBeFocused();
  await page.keyboard.type(ELDER.name);
  await expect(page.locator("#found .selected")).toContainText(ELDER.name);
  await page.keyboard.press("Enter");
  await expect(page.locator(".personcard")).toContainText("已总检");
  for (const station of stations) await expect(page.locator(".steps").getByText(station.name, { exact: true }).locator("xpath=..")).not.toContainText(/未做|选做/);
});

test(`a class of ${LARGE_CLASS.pupils} by keyboard only, three keys beyond the digits of each`, async ({ page }) => {
  await begin(page, SCHOOL.unit);
  await tabTo(page, ".stations", GENERAL.name);
  await page.keyboard.press("Enter");
  await tabTo(page, ".ways", "班级");
  await page.keyboard.press("Enter");
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
    await page.keyboard.type(values[0] ?? "", { delay: HAND_MS });
    await page.keyboard.press("Enter");
    await expect(page.getByRole("textbox", { name: "体重", exact: true })).toBeFocused();
    await page.keyboard.type(values[1] ?? "", { delay: HAND_MS });
    await page.keyboard.press("Control+Enter");
    await expect(page.locator(".walk")).toBeFocused();
    await expect(page.locator(".walkrow.done", { hasText: name })).toContainText(values[0] ?? "");
  }
  expect([...typed.keys()].sort()).toEqual(largeClass().map((one) => one.name).sort());
  await expect(page.locator(".sheethead")).toContainText(`${LARGE_CLASS.pupils}`);
  for (const [name, values] of typed) for (const value of values) await expect(page.locator(".walkrow", { hasText: name })).toContainText(value);
});
