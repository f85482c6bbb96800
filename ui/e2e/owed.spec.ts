// Who waits for another reading, on the real host: the store tells them again after the lock and after a program that was killed,
// until the reading is taken or answered. Not what a repeat means (values.spec.ts).
import { BLOOD, BP, HIGH, VILLAGER } from "./fixture";
import { answered, atForm, atVillage, box, openDoor, picture } from "./steps";
import { enterBy, expect, test, type Page } from "./test";

const waits = (page: Page, name: string) => page.locator("button.row", { hasText: name }).filter({ hasText: /量的/ });

test("who owes a repeat is listed again after the lock and after a restart, and goes when it is taken or answered", async ({ page, device }) => {
  await atVillage(page);
  await atForm(page, BP, VILLAGER.id);
  await box(page, "收缩压（第一次）").fill("184");
  await box(page, "舒张压（第一次）").fill("112");
  await page.keyboard.press("Control+Enter");
  await expect(waits(page, VILLAGER.name)).toContainText(/\d\d:\d\d 量的，\d\d:\d\d 以后再量 · 还要坐 [1-5] 分钟/);
  await atForm(page, BLOOD, HIGH.id);
  await box(page, "血糖").fill("2.6");
  await page.keyboard.press("Control+Enter");
  await expect(waits(page, HIGH.name)).toContainText(/\d\d:\d\d 量的，现在就再测/);

  await page.getByRole("button", { name: /锁屏/ }).first().click();
  await expect(page.locator(".door")).toBeVisible();
  await expect(page.getByText(/量的/)).toHaveCount(0);
  await openDoor(page);
  await expect(page.getByRole("heading", { name: "还没走，等着再量" })).toBeVisible();
  await expect(waits(page, VILLAGER.name)).toContainText(/量的，.*(还要坐 [1-5] 分钟|可以再量了)/);
  await expect(waits(page, HIGH.name)).toHaveCount(1);
  await picture(page, "owed-after-lock");

  await device.kill();
  await device.start();
  await enterBy(page.context(), device.url);
  await page.goto(device.url);
  await openDoor(page);
  await expect(waits(page, VILLAGER.name)).toHaveCount(1);
  await expect(waits(page, HIGH.name)).toHaveCount(1);
  // A reason in its place is an answer.
  await waits(page, HIGH.name).click();
  await expect(page.locator(".form .banner", { hasText: /现在就复测/ })).toBeVisible();
  await box(page, "血糖（复测）").focus();
  await page.keyboard.press("j");
  await page.keyboard.press("Control+Enter");
  await expect(page.locator(".next-person")).toBeVisible();
  await expect(waits(page, HIGH.name)).toHaveCount(0);
  // The control: the other one waits on.
  await expect(waits(page, VILLAGER.name)).toHaveCount(1);
  await waits(page, VILLAGER.name).click();
  await box(page, "收缩压（第二次）").fill("150");
  await box(page, "舒张压（第二次）").fill("88");
  await page.keyboard.press("Control+Enter");
  await expect(page.locator(".next-person")).toBeVisible();
  await expect(page.getByRole("heading", { name: "还没走，等着再量" })).toHaveCount(0);
  // And the store says so too.
  await page.getByRole("button", { name: /锁屏/ }).first().click();
  const told = answered(page, "drafts");
  await openDoor(page);
  await told;
  await expect(page.locator(".next-person")).toBeVisible();
  await expect(page.getByText(/量的/)).toHaveCount(0);
});
