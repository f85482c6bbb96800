// 发放 on the real host: a report is signed, printed to a file, signed for by keys, and stands as given. Not what is on the paper
// (tests/tests/deliver.rs).
import { readFileSync } from "node:fs";
import { COLLEAGUE, HIGH, VILLAGE } from "./fixture";
import { answered, confirmDay, openDoor, reach } from "./steps";
import { expect, test, type Page } from "./test";

const picture = async (page: Page, name: string) => process.env.E2E_PICTURES && (await page.screenshot({ path: `${process.env.E2E_PICTURES}/${name}.png`, fullPage: true }));

test("a final report is printed to a file, signed for by keys, and nobody signs for one that is not final", async ({ page }) => {
  await page.goto("./");
  await openDoor(page, COLLEAGUE);
  await confirmDay(page, VILLAGE.unit);
  // Nothing is final: nothing is printed, and it says why.
  await page.evaluate(() => (location.hash = "#/handouts"));
  // Whoever has no report is a count that opens.
  await expect(page.locator(".handouts .handout")).toHaveCount(0);
  await page.getByRole("button", { name: /还有 \d+ 人未签发/ }).click();
  await expect(page.locator(".handouts .unsigned .handout", { hasText: HIGH.name })).toContainText("未签发");
  await page.getByRole("button", { name: "打印全部正式报告" }).click();
  await expect(page.locator(".banner.bad")).toContainText("还没有总检签发的正式报告");
  const person = await reach(page, HIGH.id);
  // On the person's own screen: a preview, and why it is no more.
  await page.evaluate((to) => (location.hash = to), `#/person/${person}`);
  const own = page.locator(".personpaper");
  await expect(own).toContainText("还没有总检医生签发");
  const preview = page.waitForEvent("download");
  await own.getByRole("button", { name: "打印预览" }).click();
  const early = await preview;
  expect(early.suggestedFilename()).toContain("preview");
  expect(readFileSync(await early.path()).subarray(0, 5).toString()).toBe("%PDF-");
  await picture(page, "person-paper");
  await page.evaluate((to) => (location.hash = to), `#/conclusion/${person}`);
  await expect(page.locator(".proposed")).toBeFocused();
  const findings = await page.locator(".proposed > li").count();
  for (let at = 0; at < findings; at += 1) await page.keyboard.press("Enter");
  await page.keyboard.press("Control+Enter");
  await expect(page.locator(".concludelist")).toBeVisible();
  await page.getByRole("button", { name: "报告发放" }).click();
  const row = page.locator(".handouts .handout", { hasText: HIGH.name });
  await expect(row).toContainText("待发放");
  const saving = page.waitForEvent("download");
  await page.getByRole("button", { name: "打印还没发的" }).click();
  const file = await (await saving).path();
  expect(readFileSync(file).subarray(0, 5).toString()).toBe("%PDF-");
  await expect(row).toContainText("已打印");
  await picture(page, "handouts");
  await row.getByRole("checkbox").focus();
  await page.keyboard.press("Space");
  const said = answered(page, "handout_received");
  await page.keyboard.press("Control+Enter");
  expect((await said).ok()).toBe(true);
  await expect(row).toContainText("已发放");
  await expect(row).toContainText("手里第 1 版");
  await page.evaluate((to) => (location.hash = to), `#/person/${person}`);
  await expect(own).toContainText("正式报告第 1 版，可以打印");
  const final = page.waitForEvent("download");
  await own.getByRole("button", { name: "打印正式报告" }).click();
  expect((await final).suggestedFilename()).toContain("report-v1");
  await picture(page, "handouts-given");
});
