// What needs a host that does as it is told: the fake one. Held records, a start that fails, an engine too old, and failures that
// cannot be brought about at will.
import { BLOOD, GENERAL, OPERATOR, VILLAGE, VILLAGER } from "./fixture";
import { atForm, atVillage, confirmDay, picture, secondThought, unlock } from "./steps";
import { expect, test, type Page } from "./test";

const knob = (page: Page, knobs: Record<string, unknown>) => page.evaluate((set) => void Object.assign((window as never as { jkkcFake: object }).jkkcFake, set), knobs);

test("every failure of a save leaves the values and says what to do", async ({ page }) => {
  await atVillage(page);
  await atForm(page, GENERAL, VILLAGER.id);
  const height = page.getByRole("textbox", { name: "身高", exact: true });
  await height.fill("157");
  for (const [code, words] of [["disk_full", /磁盘空间不足，这次没有保存/], ["storage_failed", /读写磁盘出错，这次没有保存/], ["database_busy", /数据正被其他程序占用/], ["stop_closed", /站点已结束/], ["internal", /程序内部出错/]] as const) {
    await knob(page, { failNext: { save: code } });
    await page.keyboard.press("Control+Enter");
    await expect(page.getByText(words)).toBeVisible();
    await expect(page.locator(".finish .stand")).toContainText("没有保存成功，内容还在");
    await expect(height).toHaveValue("157");
  }
  await page.keyboard.press("Control+Enter");
  await expect(page.locator(".banner .title", { hasText: "已保存" })).toBeVisible();
});

test("a slow host: a double press saves once, and saved is said only at the answer", async ({ page }) => {
  await atVillage(page);
  await atForm(page, GENERAL, VILLAGER.id);
  await page.getByRole("textbox", { name: "身高", exact: true }).fill("157");
  await knob(page, { delayMs: 400, calls: [] });
  await page.getByRole("button", { name: "保存", exact: true }).dblclick();
  await expect(page.getByRole("button", { name: "正在保存…" })).toBeVisible();
  await expect(page.getByText("已保存")).toHaveCount(0);
  await expect(page.locator(".banner .title", { hasText: "已保存" })).toBeVisible();
  expect(await page.evaluate(() => (window as never as { jkkcFake: { calls: { command: string }[] } }).jkkcFake.calls.filter((one) => one.command === "save").length)).toBe(1);
});

test("a healed copy is told once in plain words, and what is held has its reason and what to do", async ({ page }) => {
  await unlock(page);
  await expect(page.locator(".banner.good")).toBeVisible();
  await confirmDay(page, VILLAGE.unit);
  await page.evaluate(() => (location.hash = "#/sync"));
  await expect(page.locator(".syncing")).toContainText(/可能是那台设备的日期不对/);
  await expect(page.locator(".syncing .step", { hasText: "请协调员" })).toBeVisible();
});

test("a password changed by a press too many is changed once and told as changed", async ({ page }) => {
  await atVillage(page);
  await page.evaluate(() => (location.hash = "#/settings"));
  await page.getByLabel("现在的密码").fill(OPERATOR.password);
  await page.getByLabel("新密码", { exact: true }).fill("cha-shu-xia-de-lu");
  await page.getByLabel("再输一次新密码").fill("cha-shu-xia-de-lu");
  await knob(page, { delayMs: 400, calls: [] });
  await page.getByRole("button", { name: "改密码" }).dblclick();
  await expect(page.locator(".toast")).toContainText("密码已改");
  expect(await page.evaluate(() => (window as never as { jkkcFake: { calls: { command: string }[] } }).jkkcFake.calls.filter((one) => one.command === "password_change").length)).toBe(1);
});

test("a start that fails says why and what to do, and a retry opens the door", async ({ page }) => {
  await page.addInitScript(() => {
    // Once: the page that comes after it starts well.
    if (sessionStorage.getItem("failed") === null) Object.assign(window, { jkkcFake: { failNext: { state: "storage_failed" } } });
    sessionStorage.setItem("failed", "");
  });
  await page.goto("./");
  const told = page.getByRole("alert");
  await expect(told).toContainText("读写磁盘出错");
  await expect(told).toContainText("先点“重试”");
  await expect(page.getByText("正在打开")).toHaveCount(0);
  await picture(page, "start-failed");
  await told.getByRole("button", { name: "重试" }).click();
  await expect(page.locator(".slot").first()).toBeVisible();
  await expect(told).toHaveCount(0);
});

test("where not even the page that tells it can be read, a failed start is said all the same", async ({ page }) => {
  await page.addInitScript(() => Object.assign(window, { jkkcFake: { failNext: { state: "host_unreachable" } } }));
  await page.route("**/StartFailed*", (route) => route.abort());
  await page.goto("./");
  await expect(page.getByText("没有打开。已保存的内容都在。")).toBeVisible();
});

for (const [version, isOld] of [[80, true], [87, false]] as const) {
  test(`a WebView of Chromium ${version} ${isOld ? "is told that it is too old and what to do, in letters of our own size" : "opens"}`, async ({ browser, baseURL }) => {
    const context = await browser.newContext({ baseURL: baseURL ?? "", viewport: { width: 360, height: 740 }, userAgent: `Mozilla/5.0 (Linux; Android 9; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/${version}.0.3987.99 Mobile Safari/537.36` });
    const page = await context.newPage();
    const refused: string[] = [];
    page.on("console", (line) => /Content Security Policy/.test(line.text()) && refused.push(line.text()));
    await page.goto("./");
    if (isOld) {
      await expect(page.getByRole("heading", { name: "系统组件太旧，健康快车打不开" })).toHaveCSS("font-size", "28px");
      await expect(page.getByText("版本是 80，需要 87 或更新")).toBeVisible();
      await expect(page.getByRole("listitem").first()).toContainText("请管理员更新");
      await expect(page.getByRole("listitem").first()).toHaveCSS("font-size", "20px");
      expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBe(0);
    } else await expect(page.locator(".slot").first()).toBeVisible();
    await picture(page, `engine-${version}`);
    expect(refused).toEqual([]);
    await context.close();
  });
}
const REFUSED = "读写磁盘出错，这次没有保存";

test("what is refused while a value is put right is told in the question, and the next press goes through", async ({ page }) => {
  await atVillage(page);
  const person = await atForm(page, GENERAL, VILLAGER.id);
  await page.getByRole("textbox", { name: "身高", exact: true }).fill("157");
  await page.keyboard.press("Control+Enter");
  await expect(page.locator(".banner .title", { hasText: "已保存" })).toBeVisible();
  await page.evaluate((to) => (location.hash = to), `#/person/${person}`);
  await page.getByRole("button", { name: "身高的全部记录" }).click();
  await page.getByRole("button", { name: "更正", exact: true }).first().click();
  await page.getByLabel("正确的值").fill("157.4");
  await page.getByRole("radio", { name: "录入错误" }).check();
  await knob(page, { failNext: { amend: "storage_failed" } });
  await page.getByRole("button", { name: "保存更正" }).click();
  await expect(page.getByRole("dialog")).toContainText(REFUSED);
  await expect(page.locator("main > .banner.bad")).toHaveCount(0);
  await page.getByRole("button", { name: "保存更正" }).click();
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(page.locator(".ever")).toContainText("157.4");
});

test("what is refused while a tube is called no good is told in the question", async ({ page }) => {
  await atVillage(page);
  await atForm(page, BLOOD, VILLAGER.id);
  await page.getByText("没有扫码枪：手工输入条码").click();
  await page.getByRole("textbox", { name: "管上的条码" }).fill("B2609140002");
  await page.keyboard.press("Enter");
  await page.locator(".tubelist").getByRole("button", { name: "需重采" }).first().click();
  const spoil = page.getByRole("dialog");
  await spoil.getByRole("radio", { name: "标本溶血" }).check();
  await knob(page, { failNext: { tube_spoil: "storage_failed" } });
  await secondThought(page);
  await spoil.getByRole("button", { name: "需重采" }).click();
  await expect(spoil).toContainText(REFUSED);
  await expect(page.getByText(REFUSED)).toHaveCount(1);
});

test("follow-ups that cannot be read again stay as they were, and it is said: the list with what was chosen, and a person's", async ({ page }) => {
  await atVillage(page);
  await page.evaluate(() => (location.hash = "#/tasks"));
  const rows = page.locator(".tasks .rows .row");
  await expect(rows.first()).toBeVisible();
  const before = await rows.allInnerTexts();
  const failure = page.locator("main > .banner.bad");
  const here = page.getByRole("button", { name: /^✓ / });
  const chosen = await here.innerText();
  await knob(page, { failNext: { tasks: "storage_failed" } });
  await page.getByRole("button", { name: "本机全部单位" }).click();
  await expect(failure).toContainText("读写磁盘出错");
  await expect.poll(() => rows.allInnerTexts()).toEqual(before);
  await expect(here).toHaveText(chosen);
  // The control: asked again it is another list, and the failure goes.
  await page.getByRole("button", { name: "本机全部单位" }).click();
  await expect(here).toHaveText(/本机全部单位/);
  await expect(failure).toHaveCount(0);

  await rows.first().click();
  await expect(page.getByLabel("结果", { exact: true })).toBeFocused();
  const chains = await page.locator(".chain").count();
  await knob(page, { failNext: { task_chains: "storage_failed" } });
  await page.getByLabel("结果", { exact: true }).fill("9");
  await page.getByLabel("原因", { exact: true }).fill("没人接");
  await page.keyboard.press("Control+Enter");
  // It is recorded: what failed is no more than to read the page again, and nobody is told that it was not saved.
  await expect(page.locator(".toast")).toContainText("已经记下");
  await expect(page.locator(".chain")).toHaveCount(chains);
  await expect(failure).toHaveCount(0);
});
