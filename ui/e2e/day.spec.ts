// A resident and a pupil from the scan to "saved", on the real host: by keyboard only, by touch only, by scanner only. Not whom one
// finds (find.spec.ts), what a value means (values.spec.ts), what a press does (save.spec.ts), not every screen (screens.spec.ts).
import { BP, GENERAL, PUPIL, SCHOOL, VILLAGER } from "./fixture";
import { atSchool, atVillage, box, enterTo, findBy, keyOf, looks, question, saved, scanned, typeIn } from "./steps";
import { expect, test } from "./test";

test("a resident by keyboard only: found by name, measured, pressed, saved", async ({ page }) => {
  await atVillage(page);
  const [general, bp] = [await keyOf(page, GENERAL), await keyOf(page, BP)];
  await findBy(page, VILLAGER.name, VILLAGER.name);
  await expect(page.locator(".personcard")).toBeVisible();
  await typeIn(page, general);
  await enterTo(page, "身高");
  await typeIn(page, "157.4", "Enter", "64.2", "Enter");
  await expect(page.locator(".derived")).toContainText("25.9");
  await enterTo(page, "腰围");
  await typeIn(page, "w");
  await expect(question(page, "腰围")).toContainText("未测");
  await typeIn(page, "Control+Enter");
  await expect(saved(page)).toContainText(VILLAGER.name);
  await expect(saved(page)).toContainText(GENERAL.name);
  await expect(page.locator("#scan")).toBeFocused();
  // The station stays: the next one found is led straight into it.
  await typeIn(page, bp);
  await findBy(page, VILLAGER.pinyin, VILLAGER.name);
  await expect(page.locator(".question :focus").first()).toBeVisible();
  await enterTo(page, "收缩压（第一次）");
  // The pair jumps by itself.
  await typeIn(page, "152");
  await expect(box(page, "舒张压（第一次）")).toBeFocused();
  await typeIn(page, "94", "Enter");
  await expect(question(page, "舒张压（第一次）").locator(".class")).toContainText("血压");
  await typeIn(page, "Control+Enter");
  await expect(saved(page)).toContainText(BP.name);
});

test("a pupil's height and weight by keyboard: six keys at most beyond the digits", async ({ page }) => {
  await atSchool(page);
  await typeIn(page, await keyOf(page, GENERAL));
  await expect(page.getByRole("button", { name: new RegExp(GENERAL.name), pressed: true })).toBeVisible();
  await expect(page.locator("#scan")).toBeFocused();
  await scanned(page, PUPIL.id);
  await expect(box(page, "身高")).toBeFocused();
  // Before anything of the page hears them: every key that goes down, however it is meant.
  await page.evaluate(() => {
    const pressed: string[] = [];
    Object.assign(window, { pressed });
    window.addEventListener("keydown", (event) => pressed.push(event.key), true);
  });
  await typeIn(page, "141.5", "Enter");
  await expect(box(page, "体重")).toBeFocused();
  await typeIn(page, "35.6", "Control+Enter");
  await expect(saved(page)).toContainText(PUPIL.name);
  const pressed = await page.evaluate(() => (window as never as { pressed: string[] }).pressed);
  const digits = pressed.filter((key) => /^[\d.]$/.test(key));
  expect(digits.join(""), "control: all keys are heard").toBe("141.535.6");
  expect(pressed.length - digits.length).toBeLessThanOrEqual(6);
  expect(pressed.length - digits.length, "control: those beyond the digits are counted").toBeGreaterThan(0);
});

/** A phone, a tablet upright, a laptop. */
const WINDOWS = [{ width: 360, height: 740 }, { width: 800, height: 1180 }, { width: 1366, height: 768 }];

for (const viewport of WINDOWS) test.describe(`by touch only at ${viewport.width}`, () => {
  test.use({ hasTouch: true, isMobile: true, viewport });

  test("a pupil: the own number pad, no system keyboard", async ({ page }) => {
    await looks(page, { padShown: "touch" });
    await atSchool(page);
    await page.getByRole("button", { name: new RegExp(GENERAL.name) }).tap();
    await page.getByRole("button", { name: "班级" }).tap();
    await page.getByRole("button", { name: SCHOOL.class }).tap();
    await page.getByRole("button", { name: new RegExp(PUPIL.name) }).tap();
    await box(page, "身高").tap();
    await expect(box(page, "身高")).toHaveAttribute("inputmode", "none");
    const pad = page.getByRole("group", { name: "数字键盘" });
    for (const key of ["1", "4", "2", ".", "5", "下一项", "3", "6", "退格", "5"]) await pad.getByRole("button", { name: key, exact: true }).tap();
    // A finger beside the 9: what is typed stays.
    await pad.getByRole("button", { name: "拒检", exact: true }).tap({ force: true });
    await expect(box(page, "体重")).toHaveValue("35");
    await box(page, "腰围").tap();
    await pad.getByRole("button", { name: "未测", exact: true }).tap();
    await expect(question(page, "腰围")).toContainText("未测");
    await page.getByRole("button", { name: "保存", exact: true }).tap();
    await expect(page.locator(".toast")).toContainText("已保存");
    await expect(page.locator(".walkrow", { hasText: PUPIL.name })).toContainText("142.5");
  });

  test("a resident: found by letters, chosen by finger, choices and pressure tapped, saved", async ({ page }) => {
    await looks(page, { padShown: "touch" });
    await atVillage(page);
    await page.getByRole("button", { name: new RegExp(BP.name) }).tap();
    await page.locator("#scan").tap();
    await page.keyboard.insertText(VILLAGER.name);
    await page.locator("#found button", { hasText: VILLAGER.name }).first().tap();
    await box(page, "收缩压（第一次）").tap();
    const pad = page.getByRole("group", { name: "数字键盘" });
    for (const key of ["1", "3", "8"]) await pad.getByRole("button", { name: key, exact: true }).tap();
    await expect(box(page, "舒张压（第一次）")).toBeFocused();
    for (const key of ["8", "4"]) await pad.getByRole("button", { name: key, exact: true }).tap();
    await page.getByRole("button", { name: "保存", exact: true }).tap();
    await expect(saved(page)).toContainText(VILLAGER.name);
  });
});

for (const viewport of WINDOWS) test(`a resident and a pupil by scanner and digits alone at ${viewport.width}: scanned into the station, typed, saved, the next one scanned`, async ({ page }) => {
  await page.setViewportSize(viewport);
  await atVillage(page);
  await page.keyboard.press(await keyOf(page, GENERAL));
  for (const [id, name] of [[VILLAGER.id, VILLAGER.name], [PUPIL.id, PUPIL.name]] as const) {
    await expect(page.locator("#scan")).toBeFocused();
    await scanned(page, id);
    await expect(page.locator(".strip h1")).toHaveText(name);
    await expect(page.locator(".question :focus").first()).toBeVisible();
    await enterTo(page, "身高");
    await typeIn(page, "151", "Control+Enter");
    await expect(saved(page)).toContainText(name);
  }
});
