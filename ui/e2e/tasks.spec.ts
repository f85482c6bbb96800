// 随访 by the keyboard alone, on the real host: a person's finding told in under twenty seconds, seen on their page, then a returned
// paper keyed row by row, number first; what is wrong is said beside it. Not files out and in (tests/tests/task_sheets.rs).
import { BP, HIGH, OPERATOR, VILLAGE, VILLAGER } from "./fixture";
import { HAND_MS, answered, atForm, atVillage, confirmDay, openDoor } from "./steps";
import { expect, test, type Page } from "./test";

const CONTACT_MS = 20_000;
const picture = async (page: Page, name: string) => process.env.E2E_PICTURES && (await page.screenshot({ path: `${process.env.E2E_PICTURES}/${name}.png`, fullPage: true }));

async function enter(page: Page): Promise<void> {
  await page.goto("./");
  await openDoor(page, OPERATOR);
  await confirmDay(page, VILLAGE.unit);
  await page.evaluate(() => (location.hash = "#/tasks"));
  await expect(page.locator(".tasks .rows .row", { hasText: HIGH.name }).first()).toBeVisible();
}

/** The fields that a level A asks besides, where this finding is one. */
async function answerA(page: Page): Promise<void> {
  const [told, way] = [page.getByLabel("告诉了谁"), page.getByLabel("方式", { exact: true })];
  // The cursor has gone on: which fields there are is known by then.
  await expect(told.or(way).and(page.locator(":focus"))).toHaveCount(1);
  if ((await told.count()) === 0) return;
  await expect(told).toBeFocused();
  await page.keyboard.type("本人");
  await page.keyboard.press("Enter");
  await expect(page.locator(".part.at input[type=text]")).toBeFocused();
  // At a hand's pace: keys that come at once may be a scanner's, and wait.
  await page.keyboard.type("0940", { delay: HAND_MS });
  await page.keyboard.press("Enter");
  await expect(page.getByLabel("对方已复述")).toBeFocused();
  // What is not said back is not recorded; the cursor stays where it is missing.
  await page.keyboard.press("Control+Enter");
  await expect(page.locator(".taskrow .problem", { hasText: "请对方复述一遍" })).toBeVisible();
  await expect(page.getByLabel("对方已复述")).toBeFocused();
  await page.keyboard.press("Space");
  await page.keyboard.press("Enter");
}

test("a contact is recorded by keys in under twenty seconds and stands in the person's chain", async ({ page }) => {
  await enter(page);
  await picture(page, "tasks");
  await expect(page.locator(".tasks .rows .row", { hasText: HIGH.name }).first()).toContainText(`尾号 ${HIGH.id.slice(-4)}`);
  await page.locator(".tasks .rows .row", { hasText: HIGH.name }).first().click();
  await expect(page.locator(".chains .taskrow").first()).toBeVisible();
  await expect(page.locator(".chains .lead").first()).toContainText(`尾号 ${HIGH.id.slice(-4)}`);
  const begun = Date.now();
  await expect(page.getByLabel("结果", { exact: true })).toBeFocused();
  await page.keyboard.type("1");
  await expect(page.locator(".taskrow .echo").first()).toContainText("已告知");
  await page.keyboard.press("Enter");
  await answerA(page);
  await expect(page.getByLabel("方式", { exact: true })).toBeFocused();
  await page.keyboard.type("2");
  const recorded = answered(page, "task_record");
  await page.keyboard.press("Control+Enter");
  expect((await recorded).ok()).toBe(true);
  expect(Date.now() - begun).toBeLessThan(CONTACT_MS);
  await expect(page.locator(".chain .said").first()).toContainText("已告知");
  await expect(page.locator(".chain .said").first()).toContainText("电话");
  await expect(page.locator(".chain .said").first()).toContainText(OPERATOR.name);
  // Nobody reached, without saying why: the reason is asked, and nothing is written.
  await page.getByLabel("结果", { exact: true }).focus();
  await page.keyboard.type("9");
  await page.keyboard.press("Control+Enter");
  await expect(page.getByLabel("原因", { exact: true })).toBeFocused();
  await expect(page.locator(".chain .said").first().locator("li")).toHaveCount(1);
  await picture(page, "chains");
  // Put right by keys alone: everything that was said stands in its fields, and the reason is asked.
  await page.getByRole("button", { name: "更正" }).first().focus();
  await page.keyboard.press("Enter");
  await expect(page.locator(".changing")).toContainText("更正这一步");
  await expect(page.getByLabel("结果", { exact: true })).toBeFocused();
  await expect(page.getByLabel("结果", { exact: true })).toHaveValue("1");
  await page.getByLabel("方式", { exact: true }).fill("1");
  await page.keyboard.press("Control+Enter");
  await expect(page.getByLabel("为什么要改", { exact: true })).toBeFocused();
  await picture(page, "chains-amend");
  await page.keyboard.type("是当面说的");
  const amended = answered(page, "task_record");
  await page.keyboard.press("Control+Enter");
  expect((await amended).ok()).toBe(true);
  const said = page.locator(".chain .said").first().locator("li");
  await expect(said).toHaveCount(2);
  await expect(said.first()).toContainText("已被代替");
  await expect(said.nth(1)).toContainText("当面");
  await expect(said.nth(1)).toContainText("更正：是当面说的");
  // Withdrawn: nothing is written without a reason; then it is as if nobody had said it, and it stays to be seen.
  await page.getByRole("button", { name: "撤回" }).first().focus();
  await page.keyboard.press("Enter");
  await expect(page.getByLabel(/^为什么要改/)).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.locator(".changing")).toBeVisible();
  await page.keyboard.type("记错人");
  const withdrawn = answered(page, "task_record");
  await page.keyboard.press("Enter");
  expect((await withdrawn).ok()).toBe(true);
  await expect(page.locator(".chain").first()).toContainText("待告知");
  await expect(said.nth(1)).toContainText("已被代替");
  await picture(page, "chains-withdrawn");
});

test("a returned paper is keyed row by row: the number first, then the name to compare, then the result", async ({ page }) => {
  await enter(page);
  await page.locator(".tasks .rows .row", { hasText: HIGH.name }).first().click();
  const text = await page.locator(".chain p", { hasText: "编号" }).first().innerText();
  const number = (/\d{4} \d{4} \d{4}/.exec(text) ?? [""])[0].replace(/ /g, "");
  await page.evaluate(() => (location.hash = "#/tasks/row"));
  const field = page.getByLabel("编号", { exact: true });
  await expect(field).toBeFocused();
  // A digit misread is no number.
  await page.keyboard.type(number.slice(0, 11));
  await page.keyboard.press("Enter");
  await expect(page.locator(".taskrow .problem").first()).toContainText("请先输完整的 12 位编号");
  await field.fill(String((Number(number[0]) + 1) % 10) + number.slice(1));
  await page.keyboard.press("Enter");
  await expect(page.locator(".banner.bad")).toContainText("没有这个随访编号");
  await field.fill(number);
  await page.keyboard.press("Enter");
  await expect(page.locator(".taskrow .who")).toContainText(HIGH.name);
  await expect(page.getByLabel("结果", { exact: true })).toBeFocused();
  await picture(page, "tasks-row");
  await page.keyboard.type("1");
  await page.keyboard.press("Enter");
  await answerA(page);
  await page.keyboard.press("Enter");
  await page.keyboard.press("Control+Enter");
  await expect(page.locator(".toast")).toContainText(`${HIGH.name} 已记下：已告知`);
  // Back at the number for the next row.
  await expect(field).toBeFocused();
  await expect(field).toHaveValue("");
  await page.setViewportSize({ width: 360, height: 740 });
  await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
  await picture(page, "tasks-360");
});

test("counts by unit and by whoever follows up, and the summary with its rates and files", async ({ page }) => {
  await enter(page);
  await expect(page.locator(".counts table").first()).toContainText("慕隆");
  await expect(page.locator(".counts table").nth(1)).toBeVisible();
  await page.getByRole("button", { name: "本机全部单位" }).click();
  await expect(page.locator("h1")).toContainText("本机全部单位");
  await picture(page, "tasks-everywhere");
  await page.getByRole("button", { name: "汇总", exact: true }).click();
  await expect(page.locator(".summary h1")).toContainText("村汇总");
  await expect(page.locator(".summary")).toContainText("高危异常通知率");
  await expect(page.locator(".summary")).toContainText("失访率");
  await expect(page.locator(".summary")).toContainText("随访期限");
  await page.getByRole("checkbox", { name: /显示 1 至 4 人的数/ }).check();
  await expect(page.locator(".summary")).toContainText("仅供卫生机构内部使用");
  await picture(page, "summary");
  const saving = page.waitForEvent("download");
  await page.keyboard.press("Control+Enter");
  expect((await saving).suggestedFilename()).toMatch(/^summary-village-.*\.pdf$/);
  await page.setViewportSize({ width: 360, height: 740 });
  await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
  await picture(page, "summary-360");
});

test("an A leads from home, card, check-out and the day's end to who was told, and its answer frees them", async ({ page }) => {
  await atVillage(page);
  const person = await atForm(page, BP, VILLAGER.id);
  for (const [label, value] of [["收缩压（第一次）", "186"], ["舒张压（第一次）", "114"], ["收缩压（第二次）", "184"], ["舒张压（第二次）", "112"]] as const) await page.getByRole("textbox", { name: label, exact: true }).fill(value);
  const saved = answered(page, "save");
  await page.keyboard.press("Control+Enter");
  expect((await saved).ok()).toBe(true);
  const tell = page.getByRole("button", { name: "记下告知了谁" });
  await expect(page.locator(".find .banner.bad")).toBeVisible();
  await expect(tell).toBeVisible();
  await picture(page, "answer-home");
  for (const screen of ["card", "checkout"]) {
    await page.evaluate((to) => (location.hash = to), `#/${screen}/${person}`);
    await expect(tell.first()).toBeVisible();
    await picture(page, `answer-${screen}`);
  }
  await page.evaluate(() => (location.hash = "#/end"));
  await expect(page.locator("#end-open_a .row", { hasText: VILLAGER.name })).toContainText("记下告知了谁");
  await picture(page, "answer-end");
  await page.locator("#end-open_a .row", { hasText: VILLAGER.name }).click();
  await expect(page.getByLabel("结果", { exact: true })).toBeFocused();
  await page.keyboard.type("1");
  await page.keyboard.press("Enter");
  await answerA(page);
  const recorded = answered(page, "task_record");
  await page.keyboard.press("Control+Enter");
  expect((await recorded).ok()).toBe(true);
  await picture(page, "answer-chains");
  await page.getByRole("button", { name: "离场核对" }).click();
  await expect(page.locator(".checkout")).toBeVisible();
  await expect(page.locator(".checkout .banner.bad")).toHaveCount(0);
  await expect(tell).toHaveCount(0);
  await page.evaluate(() => (location.hash = "#/home"));
  await expect(page.locator(".find .banner.good")).toBeVisible();
  await expect(tell).toHaveCount(0);
});

test("a second sign under a rule that was answered is open again, named, and told by keys", async ({ page }) => {
  await enter(page);
  const sign = async (station: string, words: string) => {
    const person = await atForm(page, { key: station }, VILLAGER.id);
    await page.locator(".question label", { hasText: words }).locator("input").first().click();
    const saved = answered(page, "save");
    await page.keyboard.press("Control+Enter");
    expect((await saved).ok()).toBe(true);
    await page.evaluate((to) => (location.hash = to), `#/chains/${person}/now`);
    const chain = page.locator(".chain", { hasText: words });
    await expect(chain).toContainText("待告知");
    return chain;
  };
  const tell = async () => {
    await page.getByLabel("结果", { exact: true }).focus();
    await page.keyboard.type("1");
    await page.keyboard.press("Enter");
    await answerA(page);
    await page.keyboard.type("1");
    const recorded = answered(page, "task_record");
    await page.keyboard.press("Control+Enter");
    expect((await recorded).ok()).toBe(true);
  };
  const eye = await sign("vision", "疑似青光眼急性发作");
  await tell();
  await expect(eye).toContainText("已告知");
  const both = await sign("ent", "喉头水肿");
  await expect(both.locator("h2")).toHaveText(/喉头水肿.*还没有告知/);
  await picture(page, "chains-second");
  await page.evaluate((to) => (location.hash = to), `#/checkout/${page.url().split("/").at(-2)}`);
  await expect(page.locator(".banner", { hasText: "喉头水肿" })).toBeVisible();
  await expect(page.locator(".banner", { hasText: "疑似青光眼急性发作" })).toHaveCount(0);
  await picture(page, "checkout-second");
  await page.goBack();
  await expect(both).toBeVisible();
  await tell();
  await expect(both.locator("h2")).not.toContainText("还没有告知");
  await expect(both).toContainText("已告知");
});
