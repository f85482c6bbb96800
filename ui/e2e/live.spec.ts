// Two pages on one real host: what is saved at one shows at the other by itself, leaves alone what is being typed, and
// two values are a conflict. Not the hub's pairing (browsers.spec.ts), not how long it takes elsewhere than here.
import { GENERAL, VILLAGER } from "./fixture";
import { atForm, atVillage, reach } from "./steps";
import { expect, test, type Page } from "./test";

/** A saved result shows at every other screen within so long, milliseconds; a busy machine is given room. */
const SEEN_MS = Number(process.env.E2E_SEEN_MS ?? 2_000);
const box = (page: Page, label: string) => page.getByRole("textbox", { name: label, exact: true });
const question = (page: Page, label: string) => page.locator(".question", { has: box(page, label) });

async function beside(page: Page, to: string): Promise<Page> {
  const other = await page.context().newPage();
  await other.goto("./");
  await expect(other.locator(".frame")).toBeVisible();
  await other.evaluate((hash) => (location.hash = hash), to);
  return other;
}

test("a result saved at one screen shows on the card, the form and the class of another, and two values are a conflict", async ({ page }) => {
  await atVillage(page);
  const person = await reach(page, VILLAGER.id);
  const card = await beside(page, `#/card/${person}`);
  await expect(card.locator(".personcard")).toBeVisible();
  const form = await beside(page, `#/form/${GENERAL.key}/${person}`);
  await expect(form.locator(".question").first()).toBeVisible();
  // Somebody is typing the height there, and has not touched the weight.
  await box(form, "身高").fill("159");
  const progress = await card.locator(".steps, .personcard").first().innerText();

  await atForm(page, GENERAL, VILLAGER.id);
  await box(page, "身高").fill("157.4");
  await box(page, "体重").fill("64.2");
  await page.keyboard.press("Control+Enter");
  await expect(page.locator(".banner .title", { hasText: "已保存" })).toBeVisible();
  const savedAt = Date.now();
  await expect(question(form, "身高").locator(".others")).toContainText("157.4", { timeout: 30_000 });
  expect(Date.now() - savedAt).toBeLessThan(SEEN_MS);
  await expect(card.locator(".steps, .personcard").first()).not.toHaveText(progress);
  // What is being typed stays, the cursor with it; what nobody touched shows what stands.
  await expect(box(form, "身高")).toHaveValue("159");
  await expect(box(form, "身高")).toBeFocused();
  await expect(box(form, "体重")).toHaveValue("64.2");
  if (process.env.E2E_PICTURES) await form.screenshot({ path: `${process.env.E2E_PICTURES}/live-form.png` });

  await form.keyboard.press("Control+Enter");
  await expect(form.locator(".banner .title", { hasText: "已保存" })).toBeVisible();
  // Two values, both there, and the card says so by itself.
  await expect(card.getByText(/两个不同的值/).first()).toBeVisible();
  await card.evaluate((hash) => (location.hash = hash), `#/person/${person}`);
  await expect(card.locator("main")).toContainText("157.4");
  await expect(card.locator("main")).toContainText("159");
});

test("a page that only looks on keeps nothing open and follows a lock", async ({ page }) => {
  await atVillage(page);
  const other = await beside(page, "#/coverage");
  await expect(other.locator(".coverage")).toBeVisible();
  await page.locator("button.who").click();
  // Without a key pressed there: the question that waits is told of the lock.
  await expect(other.locator(".door")).toBeVisible();
});
