// 检查者确认 on the real host: a recorder types what a doctor dictates, the doctor sits down and confirms under their own account, by keys
// alone; a value put right afterwards waits again. Not whose word is whose (tests/tests/app/confirm.rs).
import { COLLEAGUE, OPERATOR, VILLAGE, VILLAGER, HIGH, stationOf } from "./fixture";
import { answered, atForm, atVillage, confirmDay, openDoor } from "./steps";
import { expect, test, type Page } from "./test";

const ULTRASOUND = stationOf("ultrasound");
const NOTE = "腹部B超异常";
const picture = async (page: Page, name: string) => process.env.E2E_PICTURES && (await page.screenshot({ path: `${process.env.E2E_PICTURES}/${name}.png`, fullPage: true }));
const to = (page: Page, screen: string) => page.evaluate((hash) => (location.hash = hash), `#/${screen}`);
const rows = (page: Page, title: string) => page.locator(".confirm .card", { hasText: title }).locator("li.save");

async function type(page: Page, who: { id: string }, words: string): Promise<string> {
  const person = await atForm(page, ULTRASOUND, who.id);
  await page.getByRole("radio", { name: "异常" }).first().check();
  await page.getByRole("textbox", { name: NOTE }).fill(words);
  const saved = answered(page, "save");
  await page.keyboard.press("Control+Enter");
  expect((await saved).ok()).toBe(true);
  return person;
}

/** Another operator sits down: 锁屏, their name, their password. */
async function sitDown(page: Page, who: typeof OPERATOR): Promise<void> {
  await page.locator("button.who").click();
  await openDoor(page, who);
}

test("what was typed waits for the examiner, is confirmed as a list by keys, and waits again once it is put right", async ({ page }) => {
  await atVillage(page);
  const person = await type(page, VILLAGER, "肝右叶实性占位，大小23mm");
  await type(page, HIGH, "胆囊壁毛糙");
  // The recorder sees what waits, and confirms nothing.
  await to(page, `person/${person}`);
  await expect(page.locator(".banner", { hasText: "代录，检查者还没有确认" })).toContainText("B超");
  await picture(page, "confirm-person");
  await to(page, "confirm");
  await expect(rows(page, "等别的检查者确认")).toHaveCount(2);
  await expect(rows(page, "等您确认")).toHaveCount(0);
  await to(page, "end");
  await expect(page.locator(".checks", { hasText: "2 份代录的结果检查者还没有确认" })).toBeVisible();
  await picture(page, "confirm-end");

  await sitDown(page, COLLEAGUE);
  await to(page, `conclusion/${person}`);
  await expect(page.locator(".banner", { hasText: "代录，检查者还没有确认" })).toBeVisible();
  await to(page, "conclude");
  await page.getByRole("button", { name: "待确认 2 份" }).click();
  await expect(rows(page, "等您确认")).toHaveCount(2);
  await expect(rows(page, "等您确认").filter({ hasText: VILLAGER.name })).toContainText("肝右叶实性占位");
  await picture(page, "confirm-list");
  // Not looked through: the key confirms nothing.
  await page.keyboard.press("Control+Enter");
  await expect(page.locator(".finish .stand")).toContainText("看过后勾选");
  await page.getByRole("checkbox", { name: "我已逐份看过" }).focus();
  await page.keyboard.press("Space");
  const done = answered(page, "confirm", "saves");
  await page.keyboard.press("Control+Enter");
  expect(await (await done).json()).toMatchObject({ confirmed: 2, moved: 0 });
  await expect(page.locator(".toast")).toContainText("已确认 2 份");
  await expect(rows(page, "等您确认")).toHaveCount(0);

  // Put right by the recorder: another value.
  await sitDown(page, OPERATOR);
  await to(page, `person/${person}`);
  await expect(page.locator(".banner", { hasText: "代录，检查者还没有确认" })).toHaveCount(0);
  await page.getByRole("button", { name: new RegExp(NOTE) }).click();
  await expect(page.locator(".ever li", { hasText: "肝右叶" })).toContainText(`${COLLEAGUE.name} 已确认`);
  await page.locator(".ever .actions button").first().click();
  await page.getByRole("dialog").getByRole("textbox").first().fill("肝右叶实性占位，大小25mm");
  await page.getByRole("dialog").getByRole("textbox").last().fill("听错");
  const amended = answered(page, "amend");
  await page.getByRole("dialog").getByRole("button").last().click();
  expect((await amended).ok()).toBe(true);
  await expect(page.locator(".banner", { hasText: "代录，检查者还没有确认" })).toBeVisible();
});

test("one by one, and what is left for later stays", async ({ page }) => {
  await page.goto("./");
  await openDoor(page, OPERATOR);
  await confirmDay(page, VILLAGE.unit);
  await type(page, VILLAGER, "肝囊肿，位于右叶，大小9mm");
  await type(page, HIGH, "胆囊多发结石");
  await sitDown(page, COLLEAGUE);
  await to(page, "confirm");
  const mine = rows(page, "等您确认");
  await expect(mine.filter({ hasText: "胆囊多发结石" })).toHaveCount(1);
  const before = await mine.count();
  await mine.filter({ hasText: "胆囊多发结石" }).getByRole("button", { name: "确认这一份" }).click();
  await expect(mine).toHaveCount(before - 1);
  await mine.filter({ hasText: "肝囊肿" }).getByRole("checkbox", { name: "先不确认这一份" }).check();
  if (before > 2) {
    await page.getByRole("checkbox", { name: "我已逐份看过" }).check();
    await page.keyboard.press("Control+Enter");
  }
  await expect(mine).toHaveCount(1);
  await expect(mine).toContainText("肝囊肿");
  // On a phone nothing stands beyond the window.
  await page.setViewportSize({ width: 360, height: 740 });
  await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
  await picture(page, "confirm-360");
});
