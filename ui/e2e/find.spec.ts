// Finding and registering, on the real host: one field for everything, a scan that is nobody's, who may be the same, names that few
// keyboards have. Not the search itself (the store's tests).
import { SCAN_REPEAT_MS } from "../src/entry/scan";
import { PUPIL, RARE, STRANGER, TWICE, VILLAGER } from "./fixture";
import { atSchool, atVillage, handsPause, openDoor, reach, scanIn, scanned, untilAnswered } from "./steps";
import { expect, test } from "./test";

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

test("by scanner only: an echo is dropped, a number nobody has leads to registering, with birth date and sex filled", async ({ page }) => {
  await atVillage(page);
  const asked: string[] = [];
  page.on("request", (request) => request.postData()?.includes('"command":"find"') && asked.push(request.postData() ?? ""));
  await untilAnswered(page, async () => {
    await scanIn(page, VILLAGER.id, SCAN_REPEAT_MS / 3);
    await expect(page.locator(".personcard h1")).toHaveText(VILLAGER.name);
  });
  expect(asked.filter((one) => one.includes(VILLAGER.id)), "one scan and its echo").toHaveLength(1);
  await page.waitForTimeout(SCAN_REPEAT_MS + 50);
  await untilAnswered(page, () => scanIn(page, VILLAGER.id));
  expect(asked.filter((one) => one.includes(VILLAGER.id)), "control: later it is a scan of its own").toHaveLength(2);
  await page.keyboard.press("F9");
  await expect(page.locator("#scan")).toBeFocused();
  await scanned(page, STRANGER.id);
  await expect(page.getByText(`没有找到“${STRANGER.id}”`)).toBeVisible();
  await page.getByRole("button", { name: "登记这个人" }).click();
  await expect(page.getByLabel("出生日期")).toHaveValue(STRANGER.birth);
  await expect(page.getByRole("radio", { name: STRANGER.sex })).toBeChecked();
  await page.getByRole("textbox", { name: "姓名", exact: true }).fill(STRANGER.name);
  await page.keyboard.press("Control+Enter");
  await expect(page.locator(".strip h1")).toHaveText(STRANGER.name);
  await expect(page.locator(".standing")).toContainText("名单外");
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

test("a registration that a scan or a lock cuts short is offered with every word of it, and is gone once saved or thrown away", async ({ page }) => {
  const [name, birth] = ["覃小满", "1961-05-04"];
  const field = (label: string) => page.getByRole("textbox", { name: label, exact: true });
  const kept = page.locator(".find .rows .row", { hasText: "登记新人" });
  const wanted = async () => {
    await expect(field("姓名")).toHaveValue(name);
    await expect(page.getByLabel("出生日期")).toHaveValue(birth);
    await expect(page.getByRole("radio", { name: "女" })).toBeChecked();
    await expect(field("电话")).toHaveValue("13800001234");
    await expect(page.getByText("接着写：上次没有保存的内容")).toBeVisible();
  };
  await atVillage(page);
  await page.evaluate(() => (location.hash = "#/register"));
  await field("姓名").fill(name);
  await page.getByRole("radio", { name: "女" }).check();
  await page.getByLabel("出生日期").fill("19610504");
  await field("电话").fill("13800001234");
  // Somebody else's card.
  await handsPause(page);
  await scanIn(page, VILLAGER.id);
  await expect(page.locator(".personcard h1")).toHaveText(VILLAGER.name);
  await page.evaluate(() => (location.hash = "#/home"));
  await expect(kept).toContainText("覃*");
  await kept.click();
  await wanted();
  await field("电话").fill("13800001235");
  await page.getByRole("button", { name: /锁屏/ }).first().click();
  await expect(page.locator(".door")).toBeVisible();
  await openDoor(page);
  await expect(kept).toBeVisible();
  await kept.click();
  await expect(field("电话")).toHaveValue("13800001235");
  await field("电话").fill("13800001234");
  await wanted();
  await page.keyboard.press("Control+Enter");
  await expect(page.locator(".strip h1")).toHaveText(name);
  await page.evaluate(() => (location.hash = "#/home"));
  await expect(page.locator(".next-person")).toBeVisible();
  await expect(kept).toHaveCount(0);

  // Two presses throw one away, and looking at the form leaves none.
  await page.evaluate(() => (location.hash = "#/register"));
  await field("姓名").fill("覃小");
  await page.evaluate(() => (location.hash = "#/home"));
  await kept.click();
  await page.getByRole("button", { name: "丢弃", exact: true }).click();
  await page.getByRole("button", { name: "再按一次，丢弃" }).click();
  await expect(field("姓名")).toHaveValue("");
  await page.evaluate(() => (location.hash = "#/home"));
  await expect(page.locator(".next-person")).toBeVisible();
  await expect(kept).toHaveCount(0);
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
