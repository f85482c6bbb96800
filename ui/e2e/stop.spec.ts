// The stop as a whole, on the real host: its line arranged, a class walked, who is still to come, a late roster. Not the papers of it (paper's tests).
import { SCAN_GAP_MAX_MS } from "../src/entry/scan";
import { BLOOD, COLLEAGUE, GENERAL, SCHOOL, URINE, VILLAGE, VILLAGER } from "./fixture";
import { atForm, atSchool, atVillage, box, chooseUnit, picture, saved, scanned, unlock } from "./steps";
import { expect, test } from "./test";

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

test("the line is arranged in the app: 采血尿 at one table, 总检 at its end and among this device's doors", async ({ page }) => {
  await unlock(page, COLLEAGUE);
  await page.evaluate(() => (location.hash = "#/day"));
  await chooseUnit(page, VILLAGE.unit);
  await page.getByText("这个点怎么排").click();
  const tables = page.locator(".line-order .tables li");
  await expect(tables.filter({ hasText: "总检" })).toHaveCount(1);
  await expect(page.locator(".line-order [role=status]")).toHaveText("没有人排过：按系统的顺序。");
  await page.getByRole("button", { name: `${URINE.name}：与上一个合并` }).click();
  await expect(page.locator(".line-order .table", { hasText: "采血尿" })).toHaveCount(1);
  await page.getByRole("checkbox", { name: "总检：今天不设" }).uncheck();
  for (const pick of await page.locator(".picks label.pick").all()) await pick.getByRole("checkbox").setChecked(/^(采血|尿检|总检)/.test((await pick.innerText()).trim()));
  // Nobody but whoever opens it examines at 总检.
  await expect(page.locator(".picks li", { hasText: "总检" }).locator("select")).toHaveCount(0);
  await picture(page, "line-arranged");
  await page.keyboard.press("Control+Enter");
  await expect(page.getByText("今天已设好，可以开始")).toBeVisible();
  await expect(page.locator(".line-order [role=status]")).toContainText("这台设备自己排的顺序");
  await page.keyboard.press("Control+Enter");
  const doors = page.locator(".stations button");
  await expect(doors.filter({ hasText: "总检" })).toHaveCount(1);
  await expect(doors).toContainText(["采血尿", "尿检", "总检", "先看资料卡"]);
  await picture(page, "line-home");
  // The door of 总检 leads to its list, and whoever is scanned then to their conclusion.
  await page.keyboard.press("F4");
  await expect(page.locator(".concludelist")).toBeVisible();
  await page.keyboard.press("F9");
  await scanned(page, VILLAGER.id);
  await expect(page.locator(".conclude")).toBeVisible();
  await expect(page.locator(".conclude .strip h1")).toHaveText(VILLAGER.name);
  // With somebody on the screen a door leads to them there.
  await page.keyboard.press("F2");
  await expect(page.locator(".form h2").first()).toHaveText("采血尿");
  await page.keyboard.press("F4");
  await expect(page.locator(".conclude .strip h1")).toHaveText(VILLAGER.name);
  await page.evaluate(() => (location.hash = "#/class"));
  await expect(page.locator("main h1")).toContainText("采血尿");
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
