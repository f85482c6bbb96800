// Bad days on the real host, by real means: a full disk, a damaged database, lost keys, a network that goes in the middle,
// a clock of 1970, a program killed in a form. Each has to end well on the screen. Not the days that go well (day.spec.ts).
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { GENERAL, OPERATOR, VILLAGE, VILLAGER } from "./fixture";
import { enrolment } from "./hall";
import { Line } from "./line";
import { answered, atForm, atVillage, confirmDay, openDoor, picture, unlock } from "./steps";
import { Device, enterBy, expect, hall, test, type Page } from "./test";

const saved = (page: Page) => page.locator(".banner .title", { hasText: "已保存" });
const box = (page: Page, label: string) => page.getByRole("textbox", { name: label, exact: true });

async function moveTo(page: Page, device: Device): Promise<void> {
  await enterBy(page.context(), device.url);
  await page.goto(device.url);
}

/** A file system of its own with little room; null where that is not allowed. */
function smallDisk(home: string, bytes: number): { home: string; end: () => void } | null {
  const disk = `${home}-disk`;
  mkdirSync(disk);
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${bytes}`, "tmpfs", disk], { stdio: "ignore" });
  } catch {
    return null;
  }
  const inner = join(disk, "device");
  cpSync(home, inner, { recursive: true });
  return { home: inner, end: () => execFileSync("umount", ["-l", disk]) };
}

test("a full disk: nothing is lost, the sentence says what to do, and with room the second try saves", async ({ page, device }) => {
  await device.kill();
  const disk = smallDisk(device.home, 64 << 20);
  const own = new Device(disk?.home ?? device.home);
  try {
    await own.start();
    await moveTo(page, own);
    await openDoor(page);
    await confirmDay(page, VILLAGE.unit);
    await atForm(page, GENERAL, VILLAGER.id);
    const kept = answered(page, "draft_put", "157");
    await box(page, "身高").fill("157");
    await kept;
    const pid = String(own.served.child.pid);
    const filler = join(own.home, "..", "filler");
    if (disk) execFileSync("sh", ["-c", `cat /dev/zero > "${filler}" 2>/dev/null || true`]);
    // Not allowed to mount: no file may grow, which is what a program sees of a full disk.
    else execFileSync("prlimit", ["--pid", pid, "--fsize=4096:"]);
    await page.keyboard.press("Control+Enter");
    await expect(page.locator(".banner.bad")).toContainText(disk ? /磁盘空间不足，这次没有保存/ : /这次没有保存/);
    await expect(page.locator(".finish .stand")).toContainText("没有保存成功，内容还在");
    await expect(box(page, "身高")).toHaveValue("157");
    if (disk) rmSync(filler);
    else execFileSync("prlimit", ["--pid", pid, "--fsize=unlimited:"]);
    await page.keyboard.press("Control+Enter");
    await expect(saved(page)).toContainText(VILLAGER.name);
  } finally {
    await own.kill();
    disk?.end();
  }
});

test("wrong password, damaged data and a lost key are told apart, and each says what to do", async ({ page, device }) => {
  await page.goto("./");
  await page.getByRole("button", { name: new RegExp(`^${OPERATOR.name}`) }).click();
  await page.getByLabel("密码").fill("not-this-one-either");
  await page.keyboard.press("Enter");
  await expect(page.getByText(/密码不对/)).toBeVisible();
  // The key files go while the door stands open: the next try says so, and is no wrong password.
  const slots = ["slots.json", "slots.copy.json"].map((name) => join(device.home, name));
  const kept = slots.map((path) => readFileSync(path));
  for (const path of slots) rmSync(path);
  await page.getByLabel("密码").fill(OPERATOR.password);
  await page.keyboard.press("Enter");
  await expect(page.locator(".banner.bad", { hasText: /钥匙文件丢失或损坏.*数据还在.*恢复密钥/ })).toBeVisible();
  await expect(page.getByText(/密码不对/)).toHaveCount(0);
  await expect(page.getByLabel("密码")).toHaveCount(0);
  await picture(page, "key-lost-at-the-door");
  slots.forEach((path, at) => writeFileSync(path, kept[at] ?? ""));

  await device.kill();
  const database = join(device.home, "health.db");
  const whole = readFileSync(database);
  const spoiled = Buffer.from(whole);
  spoiled.fill(7, 100, spoiled.length / 2);
  writeFileSync(database, spoiled);
  await device.start();
  await moveTo(page, device);
  await page.getByRole("button", { name: new RegExp(`^${OPERATOR.name}`) }).click();
  await page.getByLabel("密码").fill(OPERATOR.password);
  await page.keyboard.press("Enter");
  await expect(page.getByText(/数据文件已损坏.*请停止使用/)).toBeVisible();

  await device.kill();
  writeFileSync(database, whole);
  for (const name of ["slots.json", "slots.copy.json"]) writeFileSync(join(device.home, name), "half");
  await device.start();
  await moveTo(page, device);
  await expect(page.locator(".banner.bad", { hasText: /钥匙文件丢失或损坏.*数据还在.*恢复密钥/ })).toBeVisible();
  // Gone altogether is lost too, and no door that was never used.
  await device.kill();
  for (const name of ["slots.json", "slots.copy.json"]) rmSync(join(device.home, name));
  await device.start();
  await moveTo(page, device);
  await expect(page.locator(".banner.bad", { hasText: /钥匙文件丢失或损坏/ })).toBeVisible();
  await expect(page.getByText(/还没有账号/)).toHaveCount(0);
});

test("five wrong passwords make a pause that outlives a restart and clears nothing", async ({ page, device }) => {
  await page.goto("./");
  await page.getByRole("button", { name: new RegExp(`^${OPERATOR.name}`) }).click();
  for (let at = 0; at < 5; at += 1) {
    const refused = answered(page, "unlock");
    await page.getByLabel("密码").fill(`not-this-one-${at}`);
    await page.keyboard.press("Enter");
    await refused;
    // The page empties the field when it has read the answer: what is typed before is gone.
    await expect(page.getByLabel("密码")).toHaveValue("");
  }
  await expect(page.getByText(/请等 \d+ 秒再试/)).toBeVisible();
  await device.kill();
  await device.start();
  await moveTo(page, device);
  await page.getByRole("button", { name: new RegExp(`^${OPERATOR.name}`) }).click();
  await expect(page.getByText(/请等 \d+ 秒再试/)).toBeVisible();
  await expect(page.getByText(/资料都在，不会被清除/)).toBeVisible();
});

test("a program killed in the middle of a form offers the draft when it is back, and it is saved", async ({ page, device }) => {
  await atVillage(page);
  await atForm(page, GENERAL, VILLAGER.id);
  const kept = answered(page, "draft_put", "158");
  await box(page, "身高").fill("158");
  await kept;
  await device.kill();
  await page.keyboard.press("Control+Enter");
  await expect(page.locator(".banner.bad")).toBeVisible();
  await expect(box(page, "身高")).toHaveValue("158");
  await device.start();
  await moveTo(page, device);
  await openDoor(page);
  await page.locator(".row", { hasText: GENERAL.name }).click();
  await expect(page.getByText(/接着写/)).toBeVisible();
  await expect(box(page, "身高")).toHaveValue("158");
  await page.keyboard.press("Control+Enter");
  await expect(saved(page)).toContainText(VILLAGER.name);
});

test("a device registered on the screen, worked with, cut off in the middle of a sync: nothing is lost and it goes on by itself", async ({ page }) => {
  const home = join(mkdtempSync(join(hall().folder, "new-")), "device");
  mkdirSync(home);
  const device = new Device(home);
  const line = await Line.to(hall().serverUrl);
  try {
    await device.start();
    await moveTo(page, device);
    const { code, accountCode } = enrolment(hall());
    await page.getByLabel("服务器地址").fill(line.url);
    await page.getByLabel("登记码").fill(code);
    await page.getByLabel("证书指纹").fill(hall().caPin);
    await page.getByLabel("账号", { exact: true }).fill("zhouqin");
    await page.getByLabel("一次性账号码").fill(accountCode);
    await page.getByLabel("新密码", { exact: true }).fill(OPERATOR.password);
    await page.getByLabel("再输一次新密码").fill(OPERATOR.password);
    await page.keyboard.press("Control+Enter");
    await expect(page.locator(".frame")).toBeVisible({ timeout: 60_000 });
    // The names come by themselves: the first sync begins with the first look at the bar.
    await page.evaluate(() => (location.hash = "#/sync"));
    await expect.poll(() => {
      return page.locator(".syncing .lead").first().innerText();
    }, { timeout: 60_000 }).toMatch(/上次同步：\d{4}/);
    await page.evaluate(() => (location.hash = "#/day"));
    await confirmDay(page, VILLAGE.unit);
    await atForm(page, GENERAL, VILLAGER.id);
    await box(page, "身高").fill("157");
    await page.keyboard.press("Control+Enter");
    await expect(saved(page)).toContainText(VILLAGER.name);

    line.cutAfter(3_000);
    await page.evaluate(() => (location.hash = "#/sync"));
    await page.getByRole("button", { name: "现在同步" }).click();
    await expect.poll(async () => {
      await page.evaluate(() => (location.hash = "#/home"));
      await page.evaluate(() => (location.hash = "#/sync"));
      return page.locator(".syncing .stand").innerText();
    }, { timeout: 60_000 }).toMatch(/可以继续干活/);
    await expect.poll(() => line.cuts, { timeout: 60_000 }).toBeGreaterThan(0);
    await expect(page.locator(".banner").first()).toContainText(/没有上传，都安全地存在本机/);
    line.putBack();
    await expect.poll(async () => {
      await page.getByRole("button", { name: "现在同步" }).click().catch(() => undefined);
      await page.evaluate(() => (location.hash = "#/home"));
      await page.evaluate(() => (location.hash = "#/sync"));
      return page.locator(".banner").first().innerText();
    }, { timeout: 60_000 }).toContain("全部已上传");
  } finally {
    await device.kill();
    await line.close();
  }
});

test("a clock of 1970 is no reason not to work: the day is the round's, and it is said where it is known", async ({ page, device }) => {
  const library = ["/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1", "/usr/lib/aarch64-linux-gnu/faketime/libfaketime.so.1"].find((path) => statSync(path, { throwIfNoEntry: false }));
  expect(library, "libfaketime (Debian package libfaketime)").toBeDefined();
  await device.kill();
  await device.start({ LD_PRELOAD: library, FAKETIME: "@1970-01-02 08:00:00", FAKETIME_DONT_FAKE_MONOTONIC: "1" });
  await moveTo(page, device);
  await openDoor(page);
  await confirmDay(page, VILLAGE.unit);
  await page.evaluate(() => (location.hash = "#/settings"));
  await expect(page.getByText(/本机时间 1970-01-0/)).toBeVisible();
  await atForm(page, GENERAL, VILLAGER.id);
  await box(page, "身高").fill("157");
  await page.keyboard.press("Control+Enter");
  await expect(saved(page)).toContainText(VILLAGER.name);
  await page.evaluate(() => (location.hash = "#/day"));
  await expect(page.locator(".checks li.bad", { hasText: "时钟" })).toContainText("校准");
  await expect(page.locator(".day")).not.toContainText("时钟与服务器一致");
  await expect(page.locator(".day")).not.toContainText("1970");
});

test("without a network everything goes on, and the bar says so", async ({ page }) => {
  await unlock(page);
  await confirmDay(page, VILLAGE.unit);
  await page.evaluate(() => (location.hash = "#/sync"));
  await page.getByRole("button", { name: "现在同步" }).click();
  await expect(page.locator(".sync")).toContainText("离线", { timeout: 40_000 });
  await expect(page.locator(".finish .stand")).toContainText("可以继续干活");
});
