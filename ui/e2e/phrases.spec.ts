// Words put together from the phrase book at B超, by keys alone and by touch, on the real host. Not what a phrase means
// (crates/domain/tests/phrases.rs).
import { VILLAGER, stationOf } from "./fixture";
import { answered, atForm, atVillage } from "./steps";
import { expect, test, type Page } from "./test";

const ULTRASOUND = stationOf("ultrasound");
const WORDS = "腹部B超异常";
const words = (page: Page) => page.getByRole("textbox", { name: WORDS });
/** As fingers type, not as a scanner does. */
const typeSlowly = (page: Page, text: string) => page.keyboard.type(text, { delay: 120 });
const marked = (page: Page) => words(page).evaluate((field) => (field as HTMLInputElement).value.slice((field as HTMLInputElement).selectionStart ?? 0, (field as HTMLInputElement).selectionEnd ?? 0));

test("by keys alone: phrases by their initials, blanks in their order, the rest normal, the paper's number, saved", async ({ page }) => {
  await atVillage(page);
  await atForm(page, ULTRASOUND, VILLAGER.id);
  await page.keyboard.press("2");
  await page.keyboard.press("Enter");
  await expect(words(page)).toBeFocused();
  await typeSlowly(page, "sxz");
  await expect(page.locator(".offer", { hasText: "实性占位" })).toContainText("B");
  await typeSlowly(page, "1");
  await expect.poll(() => marked(page)).toBe("〔部位〕");
  await page.keyboard.insertText("肝右叶");
  await page.keyboard.press("Enter");
  await expect.poll(() => marked(page)).toBe("〔大小〕");
  // A blank that waits is not saved.
  await page.keyboard.press("Control+Enter");
  await expect(page.getByText("还有空没有填，请填上〔 〕里的内容，或把它删去")).toBeVisible();
  await words(page).focus();
  await words(page).press("End");
  await page.keyboard.press("Enter");
  await expect.poll(() => marked(page)).toBe("〔大小〕");
  await typeSlowly(page, "23mm");
  await expect(page.locator(".says .class", { hasText: "实性占位" })).toContainText("B");
  // The next phrase is joined to it: its blank by a size again.
  await page.keyboard.insertText("，");
  await typeSlowly(page, "zfg ");
  await expect.poll(() => marked(page)).toBe("〔轻中重〕");
  await page.keyboard.insertText("轻");
  await page.keyboard.press("End");
  await typeSlowly(page, "=");
  await expect(words(page)).toHaveValue(/^肝右叶实性占位，大小23mm；脂肪肝（轻度）；余未见异常$/);
  await page.keyboard.press("Enter");
  await expect(words(page)).not.toBeFocused();
  await page.getByRole("textbox", { name: "B超机器编号" }).fill("US-0117");
  const saved = answered(page, "save");
  await page.keyboard.press("Control+Enter");
  const answer = (await (await saved).json()) as { findings?: { code: string; level: string }[] };
  expect(JSON.stringify(answer)).toContain("ultrasound_mass");
});

test("by touch: what is offered is pressed, also the rest as normal, and the field keeps the cursor", async ({ page }) => {
  await atVillage(page);
  await atForm(page, ULTRASOUND, VILLAGER.id);
  await page.getByRole("radio", { name: "异常" }).first().check();
  await words(page).click();
  await page.keyboard.insertText("胆囊");
  await page.locator(".offer", { hasText: "胆囊壁毛糙" }).click();
  await expect(words(page)).toBeFocused();
  await expect(words(page)).toHaveValue("胆囊壁毛糙");
  await expect(page.getByText("检查者", { exact: false }).first()).toBeVisible();
  await page.locator(".offer", { hasText: "余未见异常" }).click();
  await expect(words(page)).toHaveValue("胆囊壁毛糙；余未见异常");
  await expect(page.locator(".says .class", { hasText: "待医生定级" }).first()).toBeVisible();
});
