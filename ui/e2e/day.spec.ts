// A resident and a pupil from the scan to "saved", on the real host: by keyboard only, by touch only, by scanner only; and
// what else a day has. Not every screen (screens.spec.ts), not what goes wrong (bad.spec.ts).
import { mkdirSync, mkdtempSync } from "node:fs";
import { join } from "node:path";
import { SCAN_GAP_MAX_MS } from "../src/entry/scan";
import { BLOOD, BP, COLLEAGUE, GENERAL, OPERATOR, PUPIL, RARE, SCHOOL, STRANGER, stationOf, TWICE, URINE, VILLAGE, VILLAGER } from "./fixture";
import { ask, enrolment, NEWCOMER, synced } from "./hall";
import { Line } from "./line";
import { answered, atForm, atSchool, atVillage, enterTo, keyOf, looks, openDoor, reach, scanIn, unlock, untilAnswered } from "./steps";
import { Device, enterBy, expect, hall, test, type Page } from "./test";

const saved = (page: Page) => page.locator(".banner .title", { hasText: "已保存" });
const box = (page: Page, label: string) => page.getByRole("textbox", { name: label, exact: true });
const question = (page: Page, label: string) => page.locator(".question", { has: box(page, label) });

async function type(page: Page, ...keys: string[]): Promise<void> {
  for (const key of keys) {
    if (/^(?:Enter|Tab|F\d|Control\+Enter|Escape|ArrowDown|Backspace)$/.test(key)) await page.keyboard.press(key);
    else await page.keyboard.type(key, { delay: 45 });
  }
}

/** Types into the one field and opens who is shown as chosen, once they are. */
async function findBy(page: Page, text: string, name: string): Promise<void> {
  await expect(page.locator("#scan")).toBeFocused();
  await type(page, text);
  await expect(page.locator("#found .selected")).toContainText(name);
  await type(page, "Enter");
}

test("a resident by keyboard only: found by name, measured, pressed, saved", async ({ page }) => {
  await atVillage(page);
  const [general, bp] = [await keyOf(page, GENERAL), await keyOf(page, BP)];
  await findBy(page, VILLAGER.name, VILLAGER.name);
  await expect(page.locator(".personcard")).toBeVisible();
  await type(page, general);
  await enterTo(page, "身高");
  await type(page, "157.4", "Enter", "64.2", "Enter");
  await expect(page.locator(".derived")).toContainText("25.9");
  await enterTo(page, "腰围");
  await type(page, "w");
  await expect(question(page, "腰围")).toContainText("未测");
  await type(page, "Control+Enter");
  await expect(saved(page)).toContainText(VILLAGER.name);
  await expect(saved(page)).toContainText(GENERAL.name);
  await expect(page.locator("#scan")).toBeFocused();
  // The station stays: the next one found is led straight into it.
  await type(page, bp);
  await findBy(page, VILLAGER.pinyin, VILLAGER.name);
  await expect(page.locator(".question :focus").first()).toBeVisible();
  await enterTo(page, "收缩压（第一次）");
  // The pair jumps by itself.
  await type(page, "152");
  await expect(box(page, "舒张压（第一次）")).toBeFocused();
  await type(page, "94", "Enter");
  await expect(question(page, "舒张压（第一次）").locator(".class")).toContainText("血压");
  await type(page, "Control+Enter");
  await expect(saved(page)).toContainText(BP.name);
});

test("one field for everything: ID number and its tail, name, pinyin, initials, phone, 学籍号", async ({ page }) => {
  await atSchool(page);
  const scan = page.locator("#scan");
  for (const [text, name] of [
    [VILLAGER.id, VILLAGER.name], [VILLAGER.id.slice(0, 12), VILLAGER.name], [VILLAGER.tail, VILLAGER.name], [VILLAGER.name, VILLAGER.name], [VILLAGER.pinyin, VILLAGER.name],
    [VILLAGER.initials, VILLAGER.name], [VILLAGER.phone, VILLAGER.name], [VILLAGER.phone.slice(-4), VILLAGER.name], [PUPIL.studentNo, PUPIL.name], [PUPIL.studentNo.slice(-6), PUPIL.name],
  ] as const) {
    await scan.fill(text);
    await expect(page.locator("#found .name", { hasText: name }).first(), text).toBeVisible();
    await scan.fill("");
    await expect(page.locator("#found")).toHaveCount(0);
  }
});

test("a name typed slowly from another page keeps every letter", async ({ page }) => {
  await atVillage(page);
  await reach(page, TWICE.id);
  await page.keyboard.press("F9");
  await expect(page.locator("#scan")).toBeFocused();
  await page.keyboard.type(VILLAGER.pinyin, { delay: 200 });
  await expect(page.locator("#scan")).toHaveValue(VILLAGER.pinyin);
  await expect(page.locator("#found .name", { hasText: VILLAGER.name }).first()).toBeVisible();
});

test("a pupil's height and weight by keyboard: six keys at most beyond the digits", async ({ page }) => {
  await atSchool(page);
  await type(page, await keyOf(page, GENERAL));
  await expect(page.getByRole("button", { name: new RegExp(GENERAL.name), pressed: true })).toBeVisible();
  await expect(page.locator("#scan")).toBeFocused();
  await scanIn(page, PUPIL.id);
  await expect(box(page, "身高")).toBeFocused();
  const beyond = ["Enter", "Control+Enter"];
  await type(page, "141.5", beyond[0] ?? "", "35.6", beyond[1] ?? "");
  await expect(saved(page)).toContainText(PUPIL.name);
  expect(beyond.length).toBeLessThanOrEqual(6);
});

test("the last round's value stands beside the field, the unit in it, and the rounds side by side on the person's page", async ({ page }) => {
  await atVillage(page);
  const person = await atForm(page, GENERAL, VILLAGER.id);
  await expect(question(page, "体重").locator(".last")).toContainText("63.1");
  await expect(question(page, "体重")).toContainText("kg");
  await page.evaluate((to) => (location.hash = to), `#/person/${person}`);
  const row = page.locator(".whole tr", { has: page.locator("th", { hasText: "体重" }) });
  for (const text of ["61.2", "63.1"]) await expect(row).toContainText(text);
  await expect(row.locator("svg")).toBeVisible();
  await expect(page.locator(".whole thead")).toContainText("第二轮");
  await expect(page.locator(".whole thead")).toContainText("第三轮");
});

test("unusual asks for a second Enter, impossible offers the likely slip by one key", async ({ page }) => {
  await atVillage(page);
  await atForm(page, GENERAL, VILLAGER.id);
  const height = box(page, "身高");
  await height.focus();
  await type(page, "1.65", "Enter");
  await expect(height).toBeFocused();
  await expect(page.locator(".question.impossible")).toContainText("改为 165");
  await type(page, "=");
  await expect(height).toHaveValue("165");
  await height.press("Enter");
  const weight = box(page, "体重");
  await expect(weight).toBeFocused();
  await weight.fill("240");
  await expect(page.locator(".question.unusual")).toBeVisible();
  await weight.press("Enter");
  await expect(page.locator(".question.asked")).toContainText("再按一次回车确认");
  await weight.press("Enter");
  await expect(weight).not.toBeFocused();
  await expect(page.locator(".sure")).toContainText("已核对");
});

test("on touch an unusual value names the key that is there: 下一项, no Enter", async ({ page }) => {
  await looks(page, { padShown: "always" });
  await atVillage(page);
  await atForm(page, GENERAL, VILLAGER.id);
  await box(page, "体重").fill("240");
  await expect(page.locator(".question.unusual")).toBeVisible();
  const next = page.getByRole("group", { name: "数字键盘" }).getByRole("button", { name: "下一项", exact: true });
  await next.click();
  await expect(page.locator(".question.asked")).toContainText("再按一次“下一项”确认");
  await page.getByRole("button", { name: "保存", exact: true }).click();
  await expect(page.locator(".stand")).toContainText("核对后按“下一项”确认");
  await next.click();
  await expect(page.locator(".sure")).toContainText("已核对");
});

test("180/110 asks for a repeat at once, again after saving, and stays open if nobody repeats it", async ({ page }) => {
  await atVillage(page);
  const person = await atForm(page, BP, VILLAGER.id);
  const asked = page.locator(".form .banner", { hasText: /静坐.*复测/ });
  await expect(asked).toHaveCount(0);
  await box(page, "收缩压（第一次）").fill("184");
  await box(page, "舒张压（第一次）").fill("112");
  await expect(asked).toBeVisible();
  await page.keyboard.press("Control+Enter");
  await expect(page.locator(".banner").getByRole("button", { name: "静坐后去复测" })).toBeVisible();
  await page.evaluate((to) => (location.hash = to), `#/checkout/${person}`);
  await expect(page.locator(".checkout .banner.bad")).toContainText(/复测/);
  await page.evaluate((to) => (location.hash = to), `#/form/${BP.key}/${person}`);
  await expect(asked).toBeVisible();
});

test("too low a glucose is repeated at once: it says so on the form, on the start page and before leaving, until the repeat is in", async ({ page }, info) => {
  await atVillage(page);
  const person = await atForm(page, BLOOD, VILLAGER.id);
  const asked = page.locator(".form .banner", { hasText: /现在就复测/ });
  await box(page, "血糖").fill("2.81");
  await page.keyboard.press("Tab");
  await expect(asked).toHaveCount(0);
  await box(page, "血糖").fill("2.8");
  await expect(asked).toBeVisible();
  await page.screenshot({ path: info.outputPath("glucose.png") });
  await page.keyboard.press("Control+Enter");
  await expect(page.locator(".next-person")).toContainText("先别走：现在就再测一次");
  await expect(page.getByRole("button", { name: /现在就再测/ })).toHaveCount(1);
  await page.screenshot({ path: info.outputPath("home.png") });
  await page.evaluate((to) => (location.hash = to), `#/checkout/${person}`);
  await expect(page.locator(".checkout .banner.bad")).toContainText("现在就复测");
  await page.getByRole("button", { name: "马上去复测" }).click();
  await box(page, "血糖（复测）").fill("5.6");
  await page.keyboard.press("Control+Enter");
  await expect(page.locator(".next-person")).toContainText("下一位");
  await expect(page.getByRole("button", { name: /现在就再测/ })).toHaveCount(0);
});

test("what is certain of the advice is proposed, and taken by a press", async ({ page }, info) => {
  await atVillage(page);
  await atForm(page, GENERAL, VILLAGER.id);
  await box(page, "身高").fill("157.4");
  await box(page, "体重").fill("74.2");
  await page.keyboard.press("Control+Enter");
  await expect(saved(page)).toContainText(VILLAGER.name);
  await atForm(page, stationOf("risk_control"), VILLAGER.id);
  const weight = page.locator(".chip", { hasText: "减体重" });
  await expect(weight).not.toHaveClass(/ on/);
  await page.screenshot({ path: info.outputPath("guidance.png") });
  await page.getByRole("button", { name: "填入：减体重" }).click();
  await expect(weight).toHaveClass(/ on/);
  await expect(page.getByRole("button", { name: /^填入/ })).toHaveCount(0);
  await box(page, "减体重目标").fill("65");
  await page.screenshot({ path: info.outputPath("taken.png") });
  await page.keyboard.press("Control+Enter");
  await expect(saved(page)).toContainText("健康指导");
});

test("who sits and rests stays in sight while the next person is looked for, and other stations do not ask for the repeat", async ({ page }) => {
  await atVillage(page);
  const person = await atForm(page, BP, VILLAGER.id);
  await box(page, "收缩压（第一次）").fill("184");
  await box(page, "舒张压（第一次）").fill("108");
  // What to ask at once, and of whom, before anything is saved.
  await expect(page.locator(".form .banner.bad")).toContainText(/剧烈头痛.*马上叫医生/);
  await expect(page.locator(".sheethead")).toContainText("还要填第二次");
  await page.keyboard.press("Control+Enter");
  await expect(page.locator(".next-person")).toContainText(/先别走：坐到 \d\d:\d\d，再量一次/);
  const rests = page.getByRole("button", { name: /以后再量/ });
  await expect(rests).toHaveCount(1);
  await page.evaluate((to) => (location.hash = to), `#/form/${URINE.key}/${person}`);
  await expect(page.locator(".form .banner.note")).toContainText("血压明显升高：请先别让他走");
  await expect(page.locator(".form .banner.note")).toContainText(/\d\d:\d\d 以后去复测/);
  await expect(page.locator(".form .stand")).toHaveText("还没扫管");
  await page.locator(".form .banner.note").getByRole("button", { name: BP.name }).click();
  await box(page, "收缩压（第二次）").fill("150");
  await box(page, "舒张压（第二次）").fill("88");
  await page.keyboard.press("Control+Enter");
  await expect(page.locator(".next-person")).toContainText("下一位");
  await expect(rests).toHaveCount(0);
});

test.describe("by touch only", () => {
  test.use({ hasTouch: true, isMobile: true, viewport: { width: 800, height: 1180 } });

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

test("by scanner only: an echo is dropped, a number nobody has leads to registering, with birth date and sex filled", async ({ page }) => {
  await atVillage(page);
  // On a slow machine the second is no echo but a scan of its own: what it asks is answered first.
  await untilAnswered(page, async () => {
    await scanIn(page, VILLAGER.id);
    await scanIn(page, VILLAGER.id);
    await expect(page.locator(".personcard h1")).toHaveText(VILLAGER.name);
  });
  await page.keyboard.press("F9");
  await expect(page.locator("#scan")).toBeFocused();
  await scanIn(page, STRANGER.id);
  await expect(page.getByText(`没有找到“${STRANGER.id}”`)).toBeVisible();
  await page.getByRole("button", { name: "登记这个人" }).click();
  await expect(page.getByLabel("出生日期")).toHaveValue(STRANGER.birth);
  await expect(page.getByRole("radio", { name: STRANGER.sex })).toBeChecked();
  await page.getByRole("textbox", { name: "姓名", exact: true }).fill(STRANGER.name);
  await page.keyboard.press("Control+Enter");
  await expect(page.locator(".strip h1")).toHaveText(STRANGER.name);
  await expect(page.locator(".standing")).toContainText("名单外");
});

test("a resident and a pupil by scanner and digits alone: scanned into the station, typed, saved, the next one scanned", async ({ page }) => {
  await atVillage(page);
  await page.keyboard.press(await keyOf(page, GENERAL));
  for (const [id, name] of [[VILLAGER.id, VILLAGER.name], [PUPIL.id, PUPIL.name]] as const) {
    await expect(page.locator("#scan")).toBeFocused();
    await scanIn(page, id);
    await expect(page.locator(".strip h1")).toHaveText(name);
    await expect(page.locator(".question :focus").first()).toBeVisible();
    await enterTo(page, "身高");
    await type(page, "151", "Control+Enter");
    await expect(saved(page)).toContainText(name);
  }
});

test("who may be the same is shown before saving", async ({ page }) => {
  await atVillage(page);
  await page.evaluate(() => (location.hash = "#/register"));
  await untilAnswered(page, async () => {
    await page.getByLabel("身份证号", { exact: true }).fill(VILLAGER.id);
    await page.getByRole("textbox", { name: "姓名", exact: true }).fill(VILLAGER.name);
    await expect(page.getByText(`这个身份证号已登记：${VILLAGER.name}`).first()).toBeVisible();
  });
  await page.keyboard.press("Control+Enter");
  await expect(page.getByRole("button", { name: `就是${VILLAGER.name}，打开` })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.locator(".strip h1")).toHaveText(VILLAGER.name);
});

test("somebody from elsewhere is registered with where he lives", async ({ page }) => {
  await atVillage(page);
  await page.evaluate(() => (location.hash = "#/register"));
  await page.getByLabel("身份证号", { exact: true }).fill(STRANGER.id);
  await page.getByRole("textbox", { name: "姓名", exact: true }).fill(STRANGER.name);
  await page.getByRole("radio", { name: "别处" }).check();
  await page.getByLabel("住在哪里（照说的写）").fill("外省某县");
  await page.keyboard.press("Control+Enter");
  await expect(page.locator(".strip h1")).toHaveText(STRANGER.name);
  await expect(page.locator(".standing")).toContainText("外区");
});

test("rare names are found and shown whole, and registered as they are written", async ({ page }) => {
  await atVillage(page);
  for (const name of RARE) {
    await page.locator("#scan").fill([...name].slice(0, 2).join(""));
    await expect(page.locator("#found .name", { hasText: name })).toBeVisible();
  }
  for (const name of ["㐂𠮷", "古丽米热·阿不都热合曼"]) {
    await page.evaluate(() => (location.hash = "#/register"));
    await page.getByRole("textbox", { name: "姓名", exact: true }).fill(name);
    await page.getByLabel("出生日期").fill("19700101");
    await page.getByRole("radio", { name: "女" }).check();
    await page.keyboard.press("Control+Enter");
    await expect(page.locator(".strip h1")).toHaveText(name);
    await page.evaluate(() => (location.hash = "#/home"));
    await page.locator("#scan").fill(name);
    await expect(page.locator("#found .name", { hasText: name })).toBeVisible();
    await page.locator("#scan").fill("");
  }
});

test("absent in a class: one key asks, the same key saves, the next pupil is up", async ({ page }) => {
  await atSchool(page);
  await page.evaluate((to) => (location.hash = to), `#/class/${GENERAL.key}`);
  await page.getByRole("button", { name: SCHOOL.class }).click();
  await expect(page.locator(".walk")).toBeFocused();
  const first = await page.locator(".walkrow.here b").first().innerText();
  await page.keyboard.press("w");
  await expect(page.locator(".banner .title", { hasText: "没做的都记为“未测”" }).filter({ hasText: first })).toBeVisible();
  // At a hand's pace: two keys sooner than this are a scanner's.
  await page.waitForTimeout(SCAN_GAP_MAX_MS + 50);
  await page.keyboard.press("w");
  await expect(page.locator(".walkrow.done", { hasText: first })).toContainText("未测");
  await expect(page.locator(".walkrow.here b").first()).not.toHaveText(first);
  await expect(page.locator(".walk")).toBeFocused();
  // A wrong key is taken back where it was pressed.
  await expect(page.getByRole("button", { name: "撤销" })).toBeVisible();
  await page.keyboard.press("Control+z");
  await expect(page.locator(".toast")).toContainText(`已撤销 ${first} 的“未测”`);
  await expect(page.locator(".walkrow.here", { hasText: first })).not.toContainText("未测");
  await expect(page.locator(".walkrow.done", { hasText: first })).toHaveCount(0);
});

test("somebody with two values is named on 收工 and told of on 同步, until one is chosen", async ({ page }) => {
  await atVillage(page);
  await page.evaluate(() => (location.hash = "#/sync"));
  await page.locator(".syncing .checks li", { hasText: "有两个值" }).getByRole("button", { name: "去处理" }).click();
  await page.locator(".dayend .checks li", { hasText: "互相矛盾" }).getByRole("button", { name: "去处理" }).click();
  await expect(page.locator("#end-conflicts button").first()).toBeFocused();
  await page.locator("#end-conflicts .row", { hasText: TWICE.name }).click();
  await page.locator(".conflict .choice").first().click();
  await page.getByRole("radio", { name: "录入错误" }).check();
  await page.getByRole("button", { name: "以这个为准", exact: true }).click();
  await expect(page.locator(".card.conflict")).toHaveCount(0);
  await page.evaluate(() => (location.hash = "#/end"));
  await expect(page.locator(".dayend")).toBeVisible();
  await expect(page.locator("#end-conflicts .row", { hasText: TWICE.name })).toHaveCount(0);
});

test("correcting and choosing need a reason; the old value stays to be seen", async ({ page }) => {
  await atVillage(page);
  const person = await reach(page, TWICE.id);
  await page.evaluate((to) => (location.hash = to), `#/person/${person}`);
  const [keep = "", other = ""] = TWICE.weights;
  await expect(page.locator(".card.conflict .title", { hasText: "体重有两个值" })).toBeVisible();
  // When and on which device; and where both are wrong it is measured again.
  await expect(page.locator(".conflict .choice", { hasText: other })).toContainText(/\d\d:\d\d · [23]号机/);
  await page.locator(".conflict .choice", { hasText: "都不对，重测" }).click();
  await expect(page.getByRole("textbox", { name: "体重", exact: true })).toBeVisible();
  await page.goBack();
  await page.locator(".conflict .choice", { hasText: keep }).click();
  await page.getByRole("button", { name: "以这个为准", exact: true }).click();
  await expect(page.getByText("请写明原因。")).toBeVisible();
  await page.getByRole("radio", { name: "录入错误" }).check();
  await page.getByRole("button", { name: "以这个为准", exact: true }).click();
  await expect(page.locator(".card.conflict .title", { hasText: "体重有两个值" })).toHaveCount(0);
  await page.getByRole("button", { name: "体重的全部记录" }).click();
  await expect(page.locator(".ever")).toContainText(other);
  // The first value gave way to the choice of it; that one stands until it is put right.
  const [past, standing] = [page.locator(".ever li.past"), page.locator(".ever li:not(.past)")];
  await expect(past.filter({ hasText: keep })).toHaveCount(1);
  await expect(standing.filter({ hasText: keep })).toHaveCount(1);
  await page.getByRole("button", { name: "更正", exact: true }).click();
  await page.getByLabel("正确的值").fill("63.5");
  await page.getByRole("radio", { name: "复测后更正" }).check();
  await page.getByRole("button", { name: "保存更正" }).click();
  await expect(past.filter({ hasText: keep })).toHaveCount(2);
  await expect(standing.filter({ hasText: "63.5" })).toHaveCount(1);
  // What takes away ignores a press in its first half second: a double press must not withdraw anything.
  await expect(async () => {
    await page.getByRole("button", { name: "撤销", exact: true }).click();
    await expect(page.getByRole("radio", { name: "记错了人" })).toBeVisible({ timeout: 700 });
  }).toPass();
  await page.getByRole("radio", { name: "记错了人" }).check();
  await expect(async () => {
    await page.getByRole("button", { name: "撤销这个值" }).click({ timeout: 700 });
    await expect(past.filter({ hasText: "63.5" })).toHaveCount(1, { timeout: 2_000 });
  }).toPass();
});

test("choices are taken by digits, and one key says why there is none", async ({ page }) => {
  await atVillage(page);
  await atForm(page, URINE, VILLAGER.id);
  const first = page.locator(".question").first();
  await expect(first.locator(".chip.on")).toHaveCount(0);
  // What waits for a laboratory does not take the cursor by itself.
  await first.locator("input").first().focus();
  await page.keyboard.press("1");
  await expect(first.locator(".chip.on")).toHaveCount(1);
  await page.keyboard.press("Enter");
  await page.keyboard.press("j");
  await expect(page.locator(".question").nth(1).locator(".chip.on")).toContainText("拒检");
  await page.keyboard.press("Control+Enter");
  await expect(saved(page)).toContainText(URINE.name);
});

test("coverage, check-out and the day's end count the same people, and say what to do", async ({ page }) => {
  await atVillage(page);
  const person = await atForm(page, BLOOD, VILLAGER.id);
  await box(page, "血糖").fill("7.9");
  await page.keyboard.press("Control+Enter");
  await expect(saved(page)).toContainText(BLOOD.name);
  await page.evaluate((to) => (location.hash = to), `#/checkout/${person}`);
  await expect(page.locator(".checkout")).toContainText(GENERAL.name);
  await expect(page.locator(".checkout button.row", { hasText: GENERAL.name })).toContainText("在这里做");
  await page.evaluate(() => (location.hash = "#/coverage"));
  const examined = Number(await page.locator(".figures b").nth(1).innerText());
  expect(examined).toBeGreaterThan(0);
  await page.getByRole("button", { name: /看未检名单/ }).first().click();
  await expect(page.locator(".row.person").first()).toBeVisible();
  await page.evaluate(() => (location.hash = "#/end"));
  await expect(page.locator("h2", { hasText: `今天来了 ${examined} 人` })).toBeVisible();
  await expect(page.getByText("没做完就离开").first()).toBeVisible();
});

test("a late roster dropped in: its problem is seen, put right in the app, and the person is on the list", async ({ page }) => {
  await atVillage(page);
  await page.evaluate(() => (location.hash = "#/day"));
  const rows = ["姓名,性别,身份证号,出生日期,组别", "向新来,男,431399197003070014,1970-03-07,1组", "田错号,女,431399198105060029,1981-05-06,2组"];
  await page.locator('input[type="file"]').setInputFiles({ name: "慕隆村补报.csv", mimeType: "text/csv", buffer: Buffer.from(rows.join("\n")) });
  const problem = page.locator(".problems tr", { hasText: "身份证" }).first();
  // A number tells nobody whose it is.
  await expect(problem).toContainText("田错号 1981-05-06");
  await problem.getByRole("textbox").fill("431399198105060022");
  await page.getByRole("button", { name: "改好的再读一遍" }).click();
  await expect(page.getByText(/没有要核对的/)).toBeVisible();
  await page.evaluate(() => (location.hash = "#/home"));
  await page.locator("#scan").fill("田错号");
  await expect(page.locator("#found .id")).toContainText("0022");
});

test("a colleague takes over: locked, opened by another, who is named", async ({ page }) => {
  await atVillage(page);
  await page.getByRole("button", { name: /锁屏/ }).first().click();
  await openDoor(page, COLLEAGUE);
  await expect(page.locator(".who")).toContainText(COLLEAGUE.name);
  await expect(page.locator(".top .place")).toContainText(VILLAGE.unit);
});

test("a colleague is added by whoever has the device open, with a code of the coordinator's, and then opens it without a network", async ({ page }) => {
  const device = new Device(join(mkdtempSync(join(hall().folder, "joined-")), "device"));
  mkdirSync(device.home);
  const line = await Line.to(hall().serverUrl);
  const newcomer = { name: NEWCOMER.name, password: "cha-shu-xia-de-lu" };
  try {
    await device.start();
    const { code, accountCode } = enrolment(hall());
    await ask(device.served, "enrol", { server_url: line.url, code, ca_pin: hall().caPin, account_code: accountCode, account: "zhouqin", password: OPERATOR.password });
    await synced(device.served);
    await enterBy(page.context(), device.url);
    await page.goto(device.url);
    await page.evaluate(() => (location.hash = "#/settings"));
    await page.getByRole("button", { name: "添加同事账号" }).click();
    const add = async (accountCode: string, again: string) => {
      await page.getByLabel("一次性账号码").fill(accountCode);
      await page.getByLabel("新密码", { exact: true }).fill(newcomer.password);
      await page.getByLabel("再输一次新密码").fill(again);
      await page.keyboard.press("Control+Enter");
    };
    const own = enrolment(hall(), NEWCOMER.account).accountCode;
    await add(own, "another-password");
    await expect(page.locator(".account .banner.bad")).toContainText("两次");
    await add("0000-0000-0000", newcomer.password);
    await expect(page.locator(".account .banner.bad")).toContainText("码");
    await add(own, newcomer.password);
    await expect(page.locator(".toast")).toContainText("已添加");
    await expect(page.locator(".who")).toContainText(OPERATOR.name);
    line.takeDown();
    await page.locator("button.who").click();
    await expect(page.locator(".slot")).toHaveText([new RegExp(OPERATOR.name), new RegExp(newcomer.name)]);
    await expect(page.locator(".door")).toContainText("到“设置”里添加");
    await openDoor(page, newcomer);
    await expect(page.locator(".who")).toContainText(newcomer.name);
  } finally {
    await device.kill();
    await line.close();
  }
});

test("after minutes without a key the app locks itself; what was typed is offered again", async ({ page }) => {
  await page.clock.install();
  await atVillage(page);
  await atForm(page, GENERAL, VILLAGER.id);
  const kept = answered(page, "draft_put", "157");
  await box(page, "身高").fill("157");
  await page.clock.runFor(1_000);
  await kept;
  await page.clock.fastForward(11 * 60_000);
  await page.clock.runFor(6_000);
  // The button that locks has the name on it too: only the door is a lock.
  await expect(page.locator(".door .slot").first()).toBeVisible();
  await expect(page.locator(".frame")).toHaveCount(0);
  await openDoor(page);
  await expect(page.getByText("没写完的表")).toBeVisible();
});

test("a draft survives a killed page and opens at its field", async ({ page }) => {
  await atVillage(page);
  await atForm(page, GENERAL, VILLAGER.id);
  await box(page, "身高").fill("157");
  const kept = answered(page, "draft_put", '"text":"6"');
  await box(page, "体重").fill("6");
  await kept;
  await page.reload();
  await expect(page.getByText(/接着写/)).toBeVisible();
  await expect(box(page, "身高")).toHaveValue("157");
  await expect(box(page, "体重")).toBeFocused();
});

for (const [width, height, padShown] of [[1366, 900, "never"], [1280, 840, "never"], [1280, 800, "never"], [1366, 768, "never"], [1366, 900, "always"], [800, 1300, "always"], [800, 1300, "never"]] as const) {
  test(`the foot of a form stays where it is while lines come in above it: ${width} by ${height}, number pad ${padShown}`, async ({ page }) => {
    await page.setViewportSize({ width, height });
    await looks(page, { padShown });
    await atVillage(page);
    await atForm(page, GENERAL, VILLAGER.id);
    const foot = page.locator(".finish .primary");
    const at = async () => (await foot.boundingBox())?.y;
    const before = await at();
    await box(page, "身高").fill("157.4");
    await box(page, "体重").fill("64.2");
    await expect(page.locator(".derived")).toContainText("25.9");
    expect(await at()).toBe(before);
  });
}

test("a double click on save saves once; saved is said only at the answer", async ({ page }) => {
  await atVillage(page);
  await atForm(page, GENERAL, VILLAGER.id);
  await box(page, "身高").fill("157");
  let saves = 0;
  await page.route("**/rpc", async (route) => {
    if ((route.request().postData() ?? "").includes('"command":"save"')) {
      saves += 1;
      await expect(page.getByRole("button", { name: "正在保存…" })).toBeVisible();
      expect(await page.getByText(/^已保存/).count()).toBe(0);
    }
    await route.continue();
  });
  await page.getByRole("button", { name: "保存", exact: true }).dblclick();
  await expect(saved(page)).toBeVisible();
  expect(saves).toBe(1);
});

/** As a line that comes in above: the foot is moved while the button is held down. */
async function movedWhileHeld(page: Page): Promise<void> {
  await atVillage(page);
  await atForm(page, GENERAL, VILLAGER.id);
  await box(page, "身高").fill("157");
  await page.evaluate(() => document.addEventListener("pointerdown", () => document.querySelector<HTMLElement>(".finish")?.style.setProperty("transform", "translateY(-200px)"), { capture: true, once: true }));
}

test("a press on save counts where it went down, wherever the button was moved meanwhile, and once", async ({ page }) => {
  await movedWhileHeld(page);
  let saves = 0;
  page.on("request", (request) => (saves += Number((request.postData() ?? "").includes('"command":"save"'))));
  await page.getByRole("button", { name: "保存", exact: true }).click();
  await expect(saved(page)).toBeVisible();
  expect(saves).toBe(1);
});

test("a press that is drawn away from the button before it is lifted is none", async ({ page }) => {
  await movedWhileHeld(page);
  await page.getByRole("button", { name: "保存", exact: true }).hover();
  await page.mouse.down();
  await page.mouse.move(300, 200, { steps: 4 });
  await page.mouse.up();
  await page.waitForTimeout(1_000);
  await expect(page.getByText("还没有保存")).toBeVisible();
});

test("a wrong password is told, empties the field, and the right one opens", async ({ page }) => {
  await page.goto("./");
  await page.locator(".slot").first().click();
  await page.getByLabel("密码").fill("not-this-one-either");
  await expect(page.locator(":focus")).not.toHaveValue("");
  await page.keyboard.press("Enter");
  await expect(page.getByText(/密码不对/)).toBeVisible();
  await expect(page.locator(":focus")).toHaveValue("");
  await page.goto("./");
  await unlock(page);
});
