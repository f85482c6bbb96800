// A resident and a pupil from the scan to "saved": by keyboard only, by touch only, by scanner only. Not every screen
// (screens.spec.ts).
import { expect, test, type Page } from "@playwright/test";
import { IS_FAKE, PUPIL, RARE, SCHOOL, STRANGER, VILLAGER } from "./fixture";
import { atSchool, atVillage, looks, scanIn } from "./steps";

const saved = (page: Page) => page.locator(".banner .title", { hasText: "已保存" });
const focused = (page: Page) => page.locator(":focus");
const calls = (page: Page, command: string) =>
  page.evaluate((word) => (window as never as { jkkcFake: { calls: { command: string }[] } }).jkkcFake.calls.filter((one) => one.command === word).length, command);

async function type(page: Page, ...keys: string[]): Promise<void> {
  for (const key of keys) {
    if (/^(?:Enter|Tab|F\d|Control\+Enter|Escape|ArrowDown|Backspace)$/.test(key)) await page.keyboard.press(key);
    else await page.keyboard.type(key, { delay: 15 });
  }
}

test("a resident by keyboard only: found by name, measured, pressed, saved", async ({ page }) => {
  await atVillage(page);
  await type(page, VILLAGER.name);
  await expect(page.locator("#found .selected")).toContainText(VILLAGER.name);
  await expect(async () => {
    await type(page, "Enter");
    await expect(page.locator(".personcard")).toBeVisible({ timeout: 700 });
  }).toPass();
  await type(page, "F2");
  await expect(page.getByLabel("身高", { exact: true })).toBeFocused();
  await type(page, "157.4", "Enter", "64.2", "Enter", "88", "Enter", "w", "Control+Enter");
  await expect(saved(page)).toContainText("身高体重 · 4 项");
  await expect(page.locator("#scan")).toBeFocused();
  // The station stays: the next one found is led straight into it.
  await type(page, "F3", VILLAGER.pinyin);
  await expect(page.locator("#found .selected")).toContainText(VILLAGER.name);
  // Several answer to it: Enter opens what is shown as chosen, once the answer to the last letter is there.
  await expect(async () => {
    await type(page, "Enter");
    await expect(page.getByLabel("脉搏")).toBeFocused({ timeout: 700 });
  }).toPass();
  await type(page, "72", "Enter", "2", "Enter");
  await expect(page.getByRole("textbox", { name: "收缩压（第一次）" })).toBeFocused();
  // The pair jumps by itself.
  await type(page, "152");
  await expect(page.getByRole("textbox", { name: "舒张压（第一次）" })).toBeFocused();
  await type(page, "94", "Enter");
  await expect(page.locator(".question .class").first()).toContainText("血压 1 级");
  await type(page, "Control+Enter");
  await expect(saved(page)).toContainText("血压 · 4 项");
});

test("a pupil's height and weight by keyboard: six keys at most beyond the digits", async ({ page }) => {
  await atSchool(page);
  await type(page, "F2");
  await expect(page.getByRole("button", { name: /身高体重/, pressed: true })).toBeVisible();
  await expect(page.locator("#scan")).toBeFocused();
  await scanIn(page, PUPIL.id);
  await expect(page.getByLabel("身高", { exact: true })).toBeFocused();
  const beyond = ["Enter", "Control+Enter"];
  await type(page, "141.5", beyond[0] ?? "", "35.6", beyond[1] ?? "");
  await expect(saved(page)).toContainText(PUPIL.name);
  expect(beyond.length).toBeLessThanOrEqual(6);
});

test("unusual asks for a second Enter, impossible offers the likely slip by one key", async ({ page }) => {
  await atVillage(page);
  await page.goto("./#/form/general/villager-a");
  const height = page.getByLabel("身高", { exact: true });
  await expect(height).toBeFocused();
  await type(page, "1.65", "Enter");
  await expect(height).toBeFocused();
  await expect(page.locator(".question.impossible")).toContainText("改为 165");
  await type(page, "=");
  await expect(height).toHaveValue("165");
  await height.fill("208");
  await expect(page.locator(".question.unusual")).toContainText("少见");
  await height.press("Enter");
  await expect(page.locator(".question.asked")).toContainText("再按一次回车确认");
  await height.press("Enter");
  await expect(page.getByLabel("体重", { exact: true })).toBeFocused();
  await expect(page.locator(".sure")).toContainText("已核对");
});

test("180/110 asks for a repeat at once, and again after saving", async ({ page }) => {
  await atVillage(page);
  await page.goto("./#/form/bp/villager-a");
  await page.getByRole("textbox", { name: "收缩压（第一次）" }).fill("184");
  await page.getByRole("textbox", { name: "舒张压（第一次）" }).fill("112");
  await expect(page.getByText(/静坐 5 分钟后复测/)).toBeVisible();
  await page.keyboard.press("Control+Enter");
  await expect(page.getByRole("button", { name: "现在复测" })).toBeVisible();
});

test.describe("by touch only", () => {
  test.use({ hasTouch: true, isMobile: true, viewport: { width: 800, height: 1180 } });
  test("a pupil: the own number pad, no system keyboard", async ({ page }) => {
    await looks(page, { padShown: "touch" });
    await atSchool(page);
    await page.getByRole("button", { name: "班级" }).tap();
    await page.getByRole("button", { name: SCHOOL.class }).tap();
    await page.getByRole("button", { name: new RegExp(PUPIL.name) }).tap();
    await page.getByLabel("身高", { exact: true }).tap();
    await expect(page.getByLabel("身高", { exact: true })).toHaveAttribute("inputmode", "none");
    const pad = page.getByRole("group", { name: "数字键盘" });
    for (const key of ["1", "4", "2", ".", "5", "下一项", "3", "6", "退格", "5", "下一项", "未测"]) await pad.getByRole("button", { name: key, exact: true }).tap();
    await expect(page.getByLabel("体重", { exact: true })).toHaveValue("35");
    await expect(page.locator(".question").nth(2)).toContainText("未测");
    await page.getByRole("button", { name: "保存", exact: true }).tap();
    await expect(page.locator(".toast")).toContainText("已保存");
    await expect(page.locator(".walkrow", { hasText: PUPIL.name })).toContainText("142.5");
  });
});

test("by scanner only: register nobody twice, a label opens, an echo is dropped", async ({ page }) => {
  await atVillage(page);
  await scanIn(page, VILLAGER.id);
  await scanIn(page, VILLAGER.id);
  await expect(page.locator(".personcard h1")).toHaveText(VILLAGER.name);
  await page.keyboard.press("F9");
  await scanIn(page, STRANGER.id);
  await expect(page.getByText(`没有找到“${STRANGER.id}”`)).toBeVisible();
  await page.getByRole("button", { name: "登记这个人" }).click();
  await expect(page.getByLabel("出生日期")).toHaveValue(STRANGER.birth);
  await expect(page.getByRole("radio", { name: STRANGER.sex })).toBeChecked();
  await page.getByRole("textbox", { name: "姓名", exact: true }).fill(STRANGER.name);
  await page.keyboard.press("Control+Enter");
  await expect(page.locator(".strip h1")).toHaveText(STRANGER.name);
  await expect(page.locator(".standing")).toHaveText("名单外");
});

test("who may be the same is shown before saving", async ({ page }) => {
  await atVillage(page);
  await page.goto("./#/register");
  await page.getByLabel("身份证号", { exact: true }).fill(VILLAGER.id);
  await page.getByRole("textbox", { name: "姓名", exact: true }).fill(VILLAGER.name);
  await expect(page.getByText(/可能已经有这个人/).first()).toBeVisible();
  await page.keyboard.press("Control+Enter");
  await expect(page.getByRole("button", { name: /就是他/ })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.locator(".strip h1")).toHaveText(VILLAGER.name);
});

test("a draft survives a killed page and opens at its field", async ({ page }) => {
  await atVillage(page);
  await page.goto("./#/form/general/villager-a");
  await page.getByLabel("身高", { exact: true }).fill("157");
  await page.getByLabel("体重", { exact: true }).fill("6");
  await expect.poll(() => calls(page, "draft_put")).toBeGreaterThan(0);
  await page.waitForFunction(() => (sessionStorage.getItem("jkkc-fake") ?? "").includes('"text":"6"'));
  await page.reload();
  await expect(page.getByText(/接着写/)).toBeVisible();
  await expect(page.getByLabel("身高", { exact: true })).toHaveValue("157");
  await expect(page.getByLabel("体重", { exact: true })).toBeFocused();
});

test("a double press saves once; saved is said only at the answer", async ({ page }) => {
  test.skip(!IS_FAKE, "needs a host that can be told to be slow");
  await atVillage(page);
  await page.goto("./#/form/general/villager-a");
  await page.getByLabel("身高", { exact: true }).fill("157");
  await page.evaluate(() => ((window as never as { jkkcFake: { delayMs: number } }).jkkcFake.delayMs = 400));
  await page.getByRole("button", { name: "保存", exact: true }).dblclick();
  await expect(page.getByRole("button", { name: "正在保存…" })).toBeVisible();
  await expect(page.getByText("已保存")).toHaveCount(0);
  await expect(saved(page)).toBeVisible();
  expect(await calls(page, "save")).toBe(1);
});

test("a full disk: nothing is lost, the sentence says what to do, a second try saves", async ({ page }) => {
  test.skip(!IS_FAKE, "needs a host that can be told to fail");
  await atVillage(page);
  await page.goto("./#/form/general/villager-a");
  await page.getByLabel("身高", { exact: true }).fill("157");
  await page.evaluate(() => ((window as never as { jkkcFake: { failNext: object } }).jkkcFake.failNext = { save: "disk_full" }));
  await page.keyboard.press("Control+Enter");
  await expect(page.getByText(/磁盘空间不足，这次没有保存/)).toBeVisible();
  await expect(page.getByLabel("身高", { exact: true })).toHaveValue("157");
  await page.keyboard.press("Control+Enter");
  await expect(saved(page)).toBeVisible();
});

test("rare names are found and shown whole", async ({ page }) => {
  await atVillage(page);
  for (const name of RARE) {
    await page.locator("#scan").fill([...name].slice(0, 2).join(""));
    await expect(page.locator("#found .name", { hasText: name })).toBeVisible();
  }
});

test.fixme("to be mended, the row of the absent pupil does not yet say so in the browser: absent in a class: one key asks, the same key saves, the next pupil is up", async ({ page }) => {
  await atSchool(page);
  await page.goto("./#/class/general");
  await page.getByRole("button", { name: SCHOOL.class }).click();
  const first = await page.locator(".walkrow.here b").innerText();
  await expect(page.locator(".walk")).toBeFocused();
  await page.keyboard.press("w");
  await expect(page.getByText(`${first}：没做的都记为“未测”`)).toBeVisible();
  await page.keyboard.press("w");
  await expect(page.locator(".walkrow", { hasText: first }).first()).toContainText("未测");
  await expect(page.locator(".walkrow.here b")).not.toHaveText(first);
});

test("correcting and choosing need a reason; the old value stays to be seen", async ({ page }) => {
  await atVillage(page);
  await page.goto("./#/person/villager-000");
  await page.getByRole("button", { name: /62\.5 kg/ }).click();
  await page.getByRole("button", { name: "以这个为准", exact: true }).click();
  await expect(page.getByText("请写明原因。")).toBeVisible();
  await page.getByRole("radio", { name: "录入错误" }).check();
  await page.getByRole("button", { name: "以这个为准", exact: true }).click();
  await expect(page.locator(".conflict .choice")).toHaveCount(0);
  await page.getByRole("button", { name: "体重的全部记录" }).click();
  await expect(page.locator(".ever")).toContainText("65.2");
});

test("a wrong password is told apart, and empties the field", async ({ page }) => {
  await page.goto("./");
  await page.locator(".slot").first().click();
  await page.getByLabel("密码").fill("not-this-one");
  await page.keyboard.press("Enter");
  await expect(page.getByText(/密码不对/)).toBeVisible();
  await expect(focused(page)).toHaveValue("");
});
