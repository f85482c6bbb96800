// What needs a host that does as it is told: the fake one. Held records and failures that cannot be brought about at will.
import { GENERAL, OPERATOR, VILLAGE, VILLAGER } from "./fixture";
import { atForm, atVillage, confirmDay, unlock } from "./steps";
import { expect, test, type Page } from "./test";

const knob = (page: Page, knobs: Record<string, unknown>) => page.evaluate((set) => void Object.assign((window as never as { jkkcFake: object }).jkkcFake, set), knobs);

test("every failure of a save leaves the values and says what to do", async ({ page }) => {
  await atVillage(page);
  await atForm(page, GENERAL, VILLAGER.id);
  const height = page.getByRole("textbox", { name: "身高", exact: true });
  await height.fill("157");
  for (const [code, words] of [["disk_full", /磁盘空间不足，这次没有保存/], ["storage_failed", /读写磁盘出错，这次没有保存/], ["database_busy", /数据正被其他程序占用/], ["stop_closed", /站点已结束/], ["internal", /程序内部出错/]] as const) {
    await knob(page, { failNext: { save: code } });
    await page.keyboard.press("Control+Enter");
    await expect(page.getByText(words)).toBeVisible();
    await expect(page.locator(".finish .stand")).toContainText("没有保存成功，内容还在");
    await expect(height).toHaveValue("157");
  }
  await page.keyboard.press("Control+Enter");
  await expect(page.locator(".banner .title", { hasText: "已保存" })).toBeVisible();
});

test("a slow host: a double press saves once, and saved is said only at the answer", async ({ page }) => {
  await atVillage(page);
  await atForm(page, GENERAL, VILLAGER.id);
  await page.getByRole("textbox", { name: "身高", exact: true }).fill("157");
  await knob(page, { delayMs: 400, calls: [] });
  await page.getByRole("button", { name: "保存", exact: true }).dblclick();
  await expect(page.getByRole("button", { name: "正在保存…" })).toBeVisible();
  await expect(page.getByText("已保存")).toHaveCount(0);
  await expect(page.locator(".banner .title", { hasText: "已保存" })).toBeVisible();
  expect(await page.evaluate(() => (window as never as { jkkcFake: { calls: { command: string }[] } }).jkkcFake.calls.filter((one) => one.command === "save").length)).toBe(1);
});

test("a healed copy is told once in plain words, and what is held has its reason and what to do", async ({ page }) => {
  await unlock(page);
  await expect(page.locator(".banner.good")).toBeVisible();
  await confirmDay(page, VILLAGE.unit);
  await page.evaluate(() => (location.hash = "#/sync"));
  await expect(page.locator(".syncing")).toContainText(/可能是那台设备的日期不对/);
  await expect(page.locator(".syncing .step", { hasText: "请协调员" })).toBeVisible();
});

test("a password changed by a press too many is changed once and told as changed", async ({ page }) => {
  await atVillage(page);
  await page.evaluate(() => (location.hash = "#/settings"));
  await page.getByLabel("现在的密码").fill(OPERATOR.password);
  await page.getByLabel("新密码", { exact: true }).fill("cha-shu-xia-de-lu");
  await page.getByLabel("再输一次新密码").fill("cha-shu-xia-de-lu");
  await knob(page, { delayMs: 400, calls: [] });
  await page.getByRole("button", { name: "改密码" }).dblclick();
  await expect(page.locator(".toast")).toContainText("密码已改");
  expect(await page.evaluate(() => (window as never as { jkkcFake: { calls: { command: string }[] } }).jkkcFake.calls.filter((one) => one.command === "password_change").length)).toBe(1);
});
