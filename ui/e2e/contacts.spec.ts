// 单位电话和村医 on the real host, by keys: a coordinator says it, a bad phone is refused, it stands on the paper; whoever records looks on.
// And 转诊单, 签收单 of the stop as files. Not what is on the papers beside (tests/tests/referrals.rs, deliver.rs).
import { execFileSync } from "node:child_process";
import { COLLEAGUE, HIGH, OPERATOR, SCHOOL, VILLAGE } from "./fixture";
import { answered, confirmDay, openDoor, reach } from "./steps";
import { expect, test, type Page } from "./test";

const COORDINATOR = { name: "石悦", password: OPERATOR.password };
const PHONE = "0738-8312345、13900000000";
const picture = async (page: Page, name: string) => process.env.E2E_PICTURES && (await page.screenshot({ path: `${process.env.E2E_PICTURES}/${name}.png`, fullPage: true }));

async function enter(page: Page, who: typeof OPERATOR, screen: string): Promise<void> {
  await page.goto("./");
  await openDoor(page, who);
  await confirmDay(page, VILLAGE.unit);
  await page.evaluate((to) => (location.hash = to), `#/${screen}`);
}

/** A PDF's text, without the spaces that its layout puts in. */
const textOf = (file: string) => execFileSync("pdftotext", ["-layout", file, "-"]).toString().replace(/\s/g, "");

test("a coordinator says whom to call by keys, a bad phone is refused, and the slip has it", async ({ page }) => {
  await enter(page, COORDINATOR, "tasks");
  const before = page.waitForEvent("download");
  await page.getByRole("button", { name: "转诊单（A4）" }).click();
  const early = await before;
  expect(early.suggestedFilename()).toMatch(/^referral-\d+-.*\.pdf$/);
  const plain = textOf(await early.path());
  expect(plain).toContain(HIGH.name);
  expect(plain).toContain("转诊单（存根）");
  // The control: nobody has said a phone.
  expect(plain).not.toContain(PHONE);
  await page.getByRole("button", { name: "单位电话和村医" }).click();
  const row = page.locator(".contact", { hasText: VILLAGE.unit });
  await expect(row).toContainText("没有电话，转诊单上留着手写");
  await page.getByRole("button", { name: `改 ${VILLAGE.unit}` }).focus();
  await page.keyboard.press("Enter");
  await expect(page.getByLabel("电话", { exact: true })).toBeFocused();
  await page.keyboard.type("请问村里");
  const refused = answered(page, "contact_set");
  await page.keyboard.press("Control+Enter");
  expect((await refused).ok()).toBe(false);
  await expect(page.locator(".banner.bad")).toContainText("电话不对，没有保存");
  await expect(page.getByLabel("电话", { exact: true })).toHaveValue("请问村里");
  await page.getByLabel("电话", { exact: true }).fill(PHONE);
  await page.getByLabel("村医、校医", { exact: true }).fill("zhouqin");
  await picture(page, "contacts-open");
  await page.setViewportSize({ width: 360, height: 740 });
  await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
  await picture(page, "contacts-open-360");
  await page.setViewportSize({ width: 1366, height: 768 });
  const said = answered(page, "contact_set");
  await page.keyboard.press("Control+Enter");
  expect((await said).ok()).toBe(true);
  await expect(page.locator(".banner.bad")).toHaveCount(0);
  await expect(row).toContainText(`印的电话：${PHONE}`);
  await expect(row).toContainText(`村医、校医：${OPERATOR.name}`);
  await picture(page, "contacts");
  await page.evaluate(() => (location.hash = "#/tasks"));
  const after = page.waitForEvent("download");
  await page.getByRole("button", { name: "转诊单（A4）" }).click();
  expect(textOf(await (await after).path())).toContain(PHONE);
  // Of one person from their own page, too.
  const person = await reach(page, HIGH.id);
  await page.evaluate((to) => (location.hash = to), `#/chains/${person}`);
  const own = page.waitForEvent("download");
  await page.getByRole("button", { name: "打印转诊单" }).click();
  expect(textOf(await (await own).path())).toContain(HIGH.name);
});

test("whoever records sees whom to call and changes nothing", async ({ page }) => {
  await enter(page, OPERATOR, "contacts");
  await expect(page.locator(".contact", { hasText: VILLAGE.unit })).toBeVisible();
  await expect(page.locator(".banner", { hasText: "您的账号只能看" })).toBeVisible();
  await expect(page.getByRole("button", { name: /^改 / })).toHaveCount(0);
  await page.keyboard.press("Control+Enter");
  await expect(page.locator(".contacts")).toBeVisible();
});

test("the receipt list is of the unit that is chosen and of nobody else", async ({ page }) => {
  await page.goto("./");
  await openDoor(page, COLLEAGUE);
  await confirmDay(page, SCHOOL.unit);
  await page.evaluate(() => (location.hash = "#/handouts"));
  const sheet = async (): Promise<[string, string]> => {
    const saving = page.waitForEvent("download");
    await page.getByRole("button", { name: "A4 纸单" }).click();
    const file = await saving;
    return [file.suggestedFilename(), textOf(await file.path())];
  };
  // Today's stop, where nobody has been examined yet.
  await expect(page.locator(".handouts h1")).toContainText("明德小学");
  const [, pupils] = await sheet();
  expect(pupils).toContain("明德小学");
  expect(pupils).not.toContain(HIGH.name);
  const list = page.getByLabel("哪个单位", { exact: true });
  const village = (await list.locator("option", { hasText: VILLAGE.unit }).getAttribute("value")) ?? "";
  await list.selectOption(village);
  await expect(page.locator(".handouts h1")).toContainText("慕隆村");
  await picture(page, "handouts-chosen");
  const [name, people] = await sheet();
  expect(name).toContain(village);
  expect(people).toContain(HIGH.name);
  expect(people).not.toContain("明德小学");
});
