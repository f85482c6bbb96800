// What a form says of what is typed, on the real host: the last round's value, bands, repeats on the spot, advice, choices by keys; and
// putting right what is there already. Not which value is which class (the rules' tests).
import { BLOOD, BP, GENERAL, HIGH, stationOf, TWICE, URINE, VILLAGER } from "./fixture";
import { answered, atForm, atVillage, box, looks, picture, question, reach, saved, typeIn } from "./steps";
import { expect, test } from "./test";

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
  await typeIn(page, "1.65", "Enter");
  await expect(height).toBeFocused();
  await expect(page.locator(".question.impossible")).toContainText("改为 165");
  await typeIn(page, "=");
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
  // What a doctor would sign now is a first reading.
  await page.evaluate((to) => (location.hash = to), `#/conclusion/${person}`);
  await expect(page.locator(".conclude .banner.bad")).toContainText("还没有复测");
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
  await expect(page.locator(".form .banner.note")).toContainText("血压明显升高：先别让本人走");
  await expect(page.locator(".form .banner.note")).toContainText(/\d\d:\d\d 以后去复测/);
  await expect(page.locator(".form .stand")).toHaveText("还没扫管");
  await page.locator(".form .banner.note").getByRole("button", { name: BP.name }).click();
  await box(page, "收缩压（第二次）").fill("150");
  await box(page, "舒张压（第二次）").fill("88");
  await page.keyboard.press("Control+Enter");
  await expect(page.locator(".next-person")).toContainText("下一位");
  await expect(rests).toHaveCount(0);
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
  // A key left out: unusual, so it is asked about in the question itself, and nothing is written yet.
  await page.getByLabel("正确的值").fill("20.5");
  await page.getByRole("radio", { name: "复测后更正" }).check();
  await page.getByRole("button", { name: "保存更正" }).click();
  await expect(page.locator("dialog .banner.note")).toContainText("这个数值少见，还没有保存");
  await picture(page, "correct-unusual");
  await expect(page.locator("main > .banner.bad")).toHaveCount(0);
  await expect(standing.filter({ hasText: "20.5" })).toHaveCount(0);
  await page.getByLabel("正确的值").fill("63.5");
  await expect(page.locator("dialog .banner")).toHaveCount(0);
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

test("a value is put right by keys alone: Enter goes on and saves nothing, Ctrl+Enter saves the question and not the page", async ({ page }) => {
  await atVillage(page);
  const person = await reach(page, HIGH.id);
  await page.evaluate((to) => (location.hash = to), `#/person/${person}`);
  await page.getByRole("button", { name: "身高的全部记录" }).click();
  await page.getByRole("button", { name: "更正", exact: true }).focus();
  const asked: string[] = [];
  page.on("request", (request) => /"command":"(?:amend|save|void)"/.test(request.postData() ?? "") && asked.push(request.postData() ?? ""));
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText("Ctrl+Enter");
  await dialog.getByLabel("正确的值").focus();
  await page.keyboard.press("Control+a");
  await typeIn(page, "166", "Enter");
  await expect(dialog.getByRole("radio").first()).toBeFocused();
  // Ctrl+Enter before there is a reason: asked for, nothing is saved.
  await page.keyboard.press("Control+Enter");
  await expect(dialog).toContainText("请写明原因。");
  await typeIn(page, "1", "Enter");
  await expect(dialog.locator("textarea")).toBeFocused();
  await expect(dialog.getByLabel("正确的值")).toHaveValue("166");
  expect(asked).toEqual([]);
  const amended = answered(page, "amend");
  await page.keyboard.press("Control+Enter");
  expect((await amended).ok()).toBe(true);
  await expect(dialog).toHaveCount(0);
  await expect(page.locator(".ever li:not(.past)", { hasText: "166" })).toHaveCount(1);
  expect(asked).toHaveLength(1);
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

test("a repeat that nobody took keeps 收工 open, and its row leads to where it is taken", async ({ page }) => {
  await atVillage(page);
  await page.evaluate(() => (location.hash = "#/end"));
  await expect(page.locator(".dayend")).toBeVisible();
  const owing = page.locator("#end-recheck .row", { hasText: VILLAGER.name });
  await expect(owing).toHaveCount(0);
  const person = await atForm(page, BP, VILLAGER.id);
  await box(page, "收缩压（第一次）").fill("184");
  await box(page, "舒张压（第一次）").fill("112");
  await page.keyboard.press("Control+Enter");
  await expect(saved(page)).toContainText(VILLAGER.name);
  await page.evaluate(() => (location.hash = "#/end"));
  await expect(owing).toHaveCount(1);
  await picture(page, "recheck-end");
  await page.locator(".dayend .checks li.bad", { hasText: "该复测" }).getByRole("button", { name: "去处理" }).click();
  await expect(page.locator("#end-recheck button").first()).toBeFocused();
  await owing.click();
  await expect(page).toHaveURL(new RegExp(`#/checkout/${person}`));
  await expect(page.locator(".checkout")).toContainText("复测");
});
