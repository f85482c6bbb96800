// One resident by touch alone on the real host: the door, the day, found, through every station that check-out names, until check-out
// lets them go. Words come from the tablet's own keyboard, which sends no keys; digits from the app's pad. Not other windows (day.spec.ts).
import { OPERATOR, VILLAGE, VILLAGER } from "./fixture";
import { picture, looks } from "./steps";
import { expect, test, type Page } from "./test";

/** What is measured of somebody whom nothing is wrong with, by what the question is called. What is not here is 未测. */
const VALUES: Record<string, string> = {
  "身高": "157.4", "体重": "64.2", "腰围": "84", "体温": "36.5", "脉率": "72", "呼吸频率": "18", "收缩压（第一次）": "128", "舒张压（第一次）": "78", "收缩压（第二次）": "126", "舒张压（第二次）": "76",
};
const pad = (page: Page) => page.getByRole("group", { name: "数字键盘" });
const press = (page: Page, name: string) => page.getByRole("button", { name, exact: true }).tap();

/** Every key that goes down from now on, on any page. */
async function hearKeys(page: Page): Promise<() => Promise<string[]>> {
  await page.addInitScript(() => window.addEventListener("keydown", (event) => sessionStorage.setItem("keys", `${sessionStorage.getItem("keys") ?? ""} ${event.key}`), true));
  return () => page.evaluate(() => (sessionStorage.getItem("keys") ?? "").split(" ").filter(Boolean));
}

/** Into the one field, and a tap on whom it finds. */
async function find(page: Page, name: string): Promise<void> {
  await page.locator("#scan").tap();
  await page.keyboard.insertText(name);
  await page.locator("#found button", { hasText: name }).first().tap();
}

/** Answers what a finger can: numbers on the pad, one choice each, 未测 for all that is left; how many were answered. */
async function answer(page: Page): Promise<number> {
  let answered = 0;
  for (const [label, value] of Object.entries(VALUES)) {
    const field = page.getByRole("textbox", { name: label, exact: true });
    if ((await field.count()) === 0 || (await field.inputValue()) !== "") continue;
    await field.tap();
    await expect(field).toHaveAttribute("inputmode", "none");
    for (const digit of value) await pad(page).getByRole("button", { name: digit, exact: true }).tap();
    await expect(field).toHaveValue(value);
    answered += 1;
  }
  const rest = page.locator(".rest button", { hasText: "未测" });
  if (await rest.count()) await rest.tap();
  return answered;
}

test.describe("by touch only", () => {
  test.use({ hasTouch: true, isMobile: true, viewport: { width: 800, height: 1180 } });

  test("a resident from the door through every station check-out names, until it lets them go; no key goes down", async ({ page }) => {
    const keys = await hearKeys(page);
    await looks(page, { padShown: "touch" });
    await page.goto("./");
    await page.getByRole("button", { name: new RegExp(`^${OPERATOR.name}`) }).tap();
    await page.getByLabel("密码").tap();
    await page.keyboard.insertText(OPERATOR.password);
    await press(page, "打开");
    await expect(page.locator(".frame")).toBeVisible({ timeout: 40_000 });
    const units = page.locator("select#unit-filter");
    await units.selectOption((await units.locator("option", { hasText: VILLAGE.unit }).getAttribute("value")) ?? "");
    await page.locator(".finish .button.primary").tap();
    await expect(page.locator("main")).toContainText(/今天已设好|下一位/);
    if ((await page.locator(".next-person").count()) === 0) await page.locator(".finish .button.primary").tap();
    await expect(page.locator(".next-person")).toBeVisible();

    let [stations, answered] = [0, 0];
    for (let turn = 0; turn < 20; turn += 1) {
      await page.locator("nav").getByRole("button", { name: "找人" }).tap();
      await page.getByRole("button", { name: "先看资料卡" }).tap();
      await find(page, VILLAGER.name);
      await expect(page.locator(".personcard .strip h1")).toHaveText(VILLAGER.name);
      await press(page, "离场核对");
      await expect(page.locator(".checkout .stand")).toBeVisible();
      const missing = page.locator(".checkout .rows button.row");
      if ((await missing.count()) === 0) break;
      const station = (await missing.first().locator(".name").innerText()).trim();
      await missing.first().tap();
      await expect(page.locator(".sheethead h2")).toHaveText(station);
      await expect(page.locator(".question").first()).toBeVisible();
      answered += await answer(page);
      await press(page, "保存");
      await expect(page.locator(".banner .title", { hasText: "已保存" })).toContainText(station);
      stations += 1;
    }
    await picture(page, "touch-checkout");
    await expect(page.locator(".checkout .banner.good")).toContainText("可以离场");
    // The control: there was something to do at more than one station, and digits were really tapped.
    expect(stations).toBeGreaterThan(2);
    expect(answered).toBeGreaterThanOrEqual(Object.keys(VALUES).length - 2);
    expect(await keys()).toEqual([]);
    // The control: a key that goes down is heard.
    await page.keyboard.press("Shift");
    expect(await keys()).toEqual(["Shift"]);
  });
});
