// 知情同意 by the keyboard alone, on the real host: a class agreed in one key with its exceptions, what a form then does not ask, a slip
// that is missing and stops nobody. Not files in, and not the report that waits (tests/tests/consent.rs).
import { DENTAL, GENERAL, SCHOOL } from "./fixture";
import { answered, atSchool } from "./steps";
import { expect, test, type Page } from "./test";
import { SCAN_GAP_MAX_MS } from "../src/entry/scan";

const picture = async (page: Page, name: string) => process.env.E2E_PICTURES && (await page.screenshot({ path: `${process.env.E2E_PICTURES}/${name}.png`, fullPage: true }));
/** At a hand's pace: two keys sooner than this are a scanner's. */
async function key(page: Page, name: string): Promise<void> {
  await page.waitForTimeout(SCAN_GAP_MAX_MS + 50);
  await page.keyboard.press(name);
}

test("a class is agreed in one key, its exceptions in a few, and the form of what is refused asks nothing", async ({ page }) => {
  await atSchool(page);
  await page.evaluate((to) => (location.hash = to), `#/class/${GENERAL.key}`);
  await page.getByRole("button", { name: "知情同意" }).click();
  await picture(page, "consent-classes");
  await page.getByRole("button", { name: SCHOOL.class }).press("Enter");
  await expect(page.locator(".walk")).toBeFocused();
  const people = await page.locator(".walkrow").count();
  const [first, second, third] = await Promise.all([0, 1, 2].map((at) => page.locator(".walkrow").nth(at).locator("b").innerText()));
  // Nobody has handed anything in yet.
  await expect(page.locator(".walkrow", { hasText: "未交回" })).toHaveCount(people);
  // The first refuses the dentist, the third everything, the second's slip is not there; all others agree.
  await key(page, "2");
  await expect(page.locator(".chips input").first()).toBeFocused();
  const at = await page.locator(".chips .chip").evaluateAll((chips, name) => chips.findIndex((one) => one.textContent?.includes(name)), DENTAL.name);
  for (const digit of String(at + 1).padStart(2, "0")) await key(page, digit);
  await picture(page, "consent-but");
  await key(page, "Enter");
  await expect(page.locator(".walk")).toBeFocused();
  await expect(page.locator(".walkrow", { hasText: first })).toContainText(`同意，除${DENTAL.name}`);
  await key(page, "ArrowDown");
  await key(page, "ArrowDown");
  await key(page, "3");
  await key(page, "a");
  await expect(page.locator(".finish .stand")).toContainText("未交回 0 人");
  await page.locator(".walkrow", { hasText: second }).click();
  await key(page, "4");
  await picture(page, "consent-class");
  const saved = answered(page, "consent_save");
  await page.keyboard.press("Control+Enter");
  expect(((await (await saved).json()) as { saved: number }).saved).toBe(people - 1);
  await expect(page.locator(".toast")).toContainText(`已保存 ${people - 1} 人的同意书`);
  await expect(page.locator(".walkrow", { hasText: third })).toContainText("全部不同意");
  await expect(page.locator(".finish .stand")).toContainText("未交回 1 人");
  // The walk at the dentist: refused is done, the others are not; who has no slip is asked all the same.
  await page.evaluate((to) => (location.hash = to), `#/class/${DENTAL.key}`);
  await page.getByRole("button", { name: SCHOOL.class }).click();
  await expect(page.locator(".walkrow", { hasText: first })).toContainText(`同意，除${DENTAL.name}`);
  await page.locator(".walkrow", { hasText: first }).click();
  await expect(page.locator(".banner .title", { hasText: "家长不同意，不检查" })).toBeVisible();
  await expect(page.locator(".question")).toHaveCount(0);
  await picture(page, "consent-form");
  await page.evaluate((to) => (location.hash = to), `#/class/${DENTAL.key}`);
  await page.locator(".walkrow", { hasText: second }).click();
  await expect(page.locator(".question").first()).toBeVisible();
  // 收工 says it, and leads here.
  await page.evaluate(() => (location.hash = "#/end"));
  await page.locator(".dayend .checks li", { hasText: "名学生的知情同意书没有交回" }).getByRole("button", { name: "去处理" }).click();
  await expect(page.locator(".consent")).toBeVisible();
});
