// Who has the device open, on the real host: a colleague takes over or is added, the lock after minutes, a wrong password. Not what
// waits between tries (the slots' tests).
import { mkdirSync, mkdtempSync } from "node:fs";
import { join } from "node:path";
import { COLLEAGUE, GENERAL, OPERATOR, VILLAGE, VILLAGER } from "./fixture";
import { ask, enrolment, NEWCOMER, synced } from "./hall";
import { Line } from "./line";
import { answered, atForm, atVillage, box, openDoor, picture, unlock } from "./steps";
import { Device, enterBy, expect, hall, test } from "./test";

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

test("a first start with a wrong account code goes on to where the account is added", async ({ page }) => {
  const device = new Device(join(mkdtempSync(join(hall().folder, "first-")), "device"));
  mkdirSync(device.home);
  try {
    await device.start();
    const { code, accountCode } = enrolment(hall());
    await enterBy(page.context(), device.url);
    await page.goto(device.url);
    for (const [label, text] of [["服务器地址", hall().serverUrl], ["登记码", code], ["证书指纹", hall().caPin], ["账号", "limei"], ["一次性账号码", "0000-0000-0000"], ["新密码", OPERATOR.password], ["再输一次新密码", OPERATOR.password]] as const) await page.getByLabel(label, { exact: true }).fill(text);
    await page.keyboard.press("Control+Enter");
    await expect(page.locator("main > .banner.bad")).toContainText("账号码");
    await expect(page.locator("main > .banner.good")).toContainText("这台设备已经登记好，只差您的账号没有加上。");
    await picture(page, "enrol-no-account");
    await expect(page.locator(".account")).toBeVisible();
    await page.getByLabel("一次性账号码").fill(accountCode);
    await page.getByLabel("新密码", { exact: true }).fill(OPERATOR.password);
    await page.getByLabel("再输一次新密码").fill(OPERATOR.password);
    await page.keyboard.press("Control+Enter");
    await expect(page.locator(".toast")).toContainText("已添加");
    await expect(page.locator(".who")).toContainText(OPERATOR.name);
    await expect(page.locator("main > .banner")).toHaveCount(0);
  } finally {
    await device.kill();
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
