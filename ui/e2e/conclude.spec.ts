// 总检 by the keyboard alone, on the real host: a doctor answers what the rules propose and signs; a result afterwards makes
// it one to look at again; who is no doctor looks on. Not the list of normals (told.spec.ts has people for it).
import { COLLEAGUE, GENERAL, HIGH, OPERATOR, VILLAGE } from "./fixture";
import { answered, atForm, confirmDay, openDoor, reach } from "./steps";
import { expect, test, type Page } from "./test";

const picture = async (page: Page, name: string) => process.env.E2E_PICTURES && (await page.screenshot({ path: `${process.env.E2E_PICTURES}/${name}.png`, fullPage: true }));

async function enter(page: Page, who: typeof OPERATOR): Promise<void> {
  await page.goto("./");
  await openDoor(page, who);
  await confirmDay(page, VILLAGE.unit);
}

async function conclusion(page: Page): Promise<string> {
  const person = await reach(page, HIGH.id);
  await page.evaluate((to) => (location.hash = to), `#/conclusion/${person}`);
  await expect(page.locator(".proposed")).toBeFocused();
  return person;
}

test("a doctor answers each finding by a key, signs, and a result afterwards is seen", async ({ page }) => {
  await enter(page, COLLEAGUE);
  const person = await conclusion(page);
  const findings = await page.locator(".proposed > li").count();
  expect(findings).toBeGreaterThan(0);
  // The rule and the table behind each.
  await expect(page.locator(".proposed details").first()).toContainText(".csv");
  // Without an answer nothing is signed.
  await page.keyboard.press("Control+Enter");
  await expect(page.locator(".finish .stand")).toContainText(`还有 ${findings} 条没有处理`);
  await page.keyboard.press("2");
  await expect(page.getByLabel("改写为").first()).toBeFocused();
  await page.keyboard.press("Control+A");
  await page.keyboard.type("血压偏高，两周后再量");
  await page.keyboard.press("Enter");
  await expect(page.locator(".proposed")).toBeFocused();
  await page.keyboard.press("ArrowDown");
  // Each accepted leads to the next open one.
  for (let at = 1; at < findings; at += 1) await page.keyboard.press("Enter");
  await page.getByRole("textbox", { name: "再加一条异常" }).focus();
  await page.keyboard.type("腹部压痛，待复查");
  await page.keyboard.press("Enter");
  // How grave it is is asked, not taken for granted.
  await expect(page.getByText("请先选级别")).toBeVisible();
  await expect(page.locator("[data-at=level] :focus")).toHaveCount(1);
  await page.keyboard.press("2");
  await page.keyboard.press("Enter");
  await expect(page.locator(".findings", { hasText: "腹部压痛，待复查" })).toBeVisible();
  await page.getByRole("textbox", { name: "健康指导" }).focus();
  await page.keyboard.type("低盐饮食。");
  await picture(page, "conclusion");
  await page.keyboard.press("Control+Enter");
  await expect(page.locator(".toast")).toContainText("总检第 1 版已签发");
  await expect(page.locator(".concludelist")).toBeVisible();
  await expect(page.locator(".concludelist .row", { hasText: HIGH.name })).toHaveCount(0);
  await picture(page, "conclude-list");
  await page.evaluate((to) => (location.hash = to), `#/card/${person}`);
  await expect(page.locator(".personcard")).toContainText("已总检");

  // Somebody measures again.
  await atForm(page, GENERAL, HIGH.id);
  await page.getByRole("textbox", { name: "身高", exact: true }).fill("151.5");
  const saved = answered(page, "save");
  await page.keyboard.press("Control+Enter");
  expect((await saved).ok()).toBe(true);
  await page.evaluate((to) => (location.hash = to), `#/conclusion/${person}`);
  await expect(page.locator(".banner", { hasText: "签发之后有变化" })).toContainText("151.5");
  await expect(page.locator(".findings", { hasText: "第 1 版" })).toContainText("血压偏高，两周后再量");
  // What stands is where the next version begins; why it changes has to be said.
  await page.keyboard.press("Control+Enter");
  await expect(page.getByLabel("更正的原因")).toBeFocused();
  await page.keyboard.type("身高复核");
  await page.keyboard.press("Control+Enter");
  await expect(page.locator(".toast")).toContainText("总检第 2 版已签发");
});

test("a doctor answers by pointing alone, and every answer is marked where it was given", async ({ page }) => {
  await enter(page, COLLEAGUE);
  const person = await conclusion(page);
  const findings = page.locator(".proposed > li");
  const count = await findings.count();
  const chip = (at: number, word: string) => findings.nth(at).locator(".chip", { hasText: word });
  // The control: before anybody answers, nothing is marked.
  await expect(page.locator(".proposed .chip.on")).toHaveCount(0);
  await chip(0, "不采用").click();
  await expect(chip(0, "不采用")).toHaveClass(/\bon\b/);
  await expect(chip(0, "不采用").getByRole("radio")).toBeChecked();
  await page.getByLabel("不采用的原因").fill("复测正常");
  for (let at = 1; at < count; at += 1) await chip(at, "采用").first().click();
  await expect(page.locator(".proposed .chip.on")).toHaveCount(count);
  await page.getByRole("button", { name: "签发" }).click();
  await expect(page.locator(".toast")).toContainText("总检第 1 版已签发");
  // Opened again, what was answered is marked.
  await page.evaluate((to) => (location.hash = to), `#/conclusion/${person}`);
  await expect(chip(0, "不采用").getByRole("radio")).toBeChecked();
  await expect(page.getByLabel("不采用的原因")).toHaveValue("复测正常");
  await expect(page.locator(".proposed .chip.on")).toHaveCount(count);
  // Nor is an answer given by a key unmarked.
  await page.locator(".proposed").focus();
  await page.keyboard.press("1");
  await expect(chip(0, "采用").first().getByRole("radio")).toBeChecked();
});

test("a doctor who looks up a result in the middle finds every word again, and no draft once it is signed", async ({ page }) => {
  await enter(page, COLLEAGUE);
  await conclusion(page);
  const findings = page.locator(".proposed > li");
  const stand = page.locator(".finish .stand");
  const kept = page.locator(".find .rows .row", { hasText: "总检" });
  const chip = (at: number, word: string) => findings.nth(at).locator(".chip", { hasText: word }).first();
  const count = await findings.count();
  await chip(0, "不采用").click();
  await page.getByLabel("不采用的原因").fill("袖带松");
  await page.getByRole("textbox", { name: "健康指导" }).fill("低盐饮食");
  await expect(stand).not.toContainText("都已保存");
  await page.getByRole("button", { name: "全部结果" }).click();
  await expect(page.locator(".whole")).toBeVisible();
  await page.goBack();
  await expect(page.getByText("接着写：上次没有保存的内容")).toBeVisible();
  await expect(chip(0, "不采用").getByRole("radio")).toBeChecked();
  await expect(page.getByLabel("不采用的原因")).toHaveValue("袖带松");
  await expect(page.getByRole("textbox", { name: "健康指导" })).toHaveValue("低盐饮食");
  // Offered on the first page, also after the lock.
  await page.getByRole("button", { name: /锁屏/ }).first().click();
  await openDoor(page, COLLEAGUE);
  await kept.click();
  await expect(page.getByRole("textbox", { name: "健康指导" })).toHaveValue("低盐饮食");
  for (let at = 1; at < count; at += 1) await chip(at, "采用").click();
  const reason = page.getByLabel("更正的原因");
  if (await reason.isVisible()) await reason.fill("复核");
  await page.keyboard.press("Control+Enter");
  await expect(page.locator(".toast")).toContainText("已签发");
  await page.evaluate(() => (location.hash = "#/home"));
  await expect(page.locator(".next-person")).toBeVisible();
  await expect(kept).toHaveCount(0);
});

test("who is no doctor sees what there is to conclude and signs nothing", async ({ page }) => {
  await enter(page, OPERATOR);
  await conclusion(page);
  await expect(page.locator(".banner", { hasText: "不是医生" })).toBeVisible();
  await expect(page.locator(".banner", { hasText: "不是医生" })).toContainText("用医生自己的账号登录");
  // Nothing of a doctor's is there to be pressed, by hand or by key.
  await page.keyboard.press("1");
  await page.keyboard.press("Control+Enter");
  await expect(page.locator(".conclude .chip, .conclude textarea, .conclude .button.primary")).toHaveCount(0);
  await expect(page.locator(".conclude")).toBeVisible();
});

test("one key takes the table's advice for every finding, and what is signed is what stands in the field", async ({ page }) => {
  await enter(page, COLLEAGUE);
  const person = await conclusion(page);
  const advice = page.getByRole("textbox", { name: "健康指导" });
  // The control: nothing is filled in before somebody presses it.
  await expect(advice).toHaveValue("");
  await page.keyboard.press("0");
  await expect(advice).toHaveValue(/血压/);
  const lines = (await advice.inputValue()).split("\n").filter((line) => line !== "");
  expect(lines.length).toBeGreaterThan(0);
  await picture(page, "conclusion-advice");
  // In the field a 0 is a digit.
  await advice.focus();
  await page.keyboard.press("Control+End");
  await page.keyboard.type("。低盐，每天不超过 50 分钟");
  await expect(advice).toHaveValue(/50 分钟$/);
  const signed = await advice.inputValue();
  await page.locator(".proposed").focus();
  const findings = await page.locator(".proposed > li").count();
  for (let at = 0; at < findings; at += 1) await page.keyboard.press("Enter");
  await page.keyboard.press("Control+Enter");
  await expect(page.locator(".toast")).toContainText("总检第 1 版已签发");
  await page.evaluate((to) => (location.hash = to), `#/conclusion/${person}`);
  await expect(advice).toHaveValue(signed);
});
