// Keys pressed fast or in an odd order, on the real host: somebody goes on, is scanned, locks or works in two windows while something is
// being typed or saved. No value is lost, and nobody is called away from where they are by then. Not what a save says (save.spec.ts).
import { GENERAL, HIGH, STRANGER, VILLAGER } from "./fixture";
import { HAND_MS, answered, atForm, atVillage, box, handsPause, openDoor, reach, saved, scanIn, scanned } from "./steps";
import { expect, test, type Page } from "./test";

/** The host's answer to these commands is kept back until it is let go; `fail`: it is a failure then. */
async function heldBack(page: Page, command: string, fail = false): Promise<() => void> {
  let release = () => {};
  const isFree = new Promise<void>((done) => (release = done));
  await page.route("**/rpc", async (route) => {
    if (!(route.request().postData() ?? "").includes(`"command":"${command}"`)) return route.continue();
    if (fail) {
      await isFree;
      return route.fulfill({ status: 503, contentType: "application/json", body: JSON.stringify({ code: "storage_failed", trace: "" }) });
    }
    const answer = await route.fetch();
    await isFree;
    return route.fulfill({ response: answer });
  });
  return () => release();
}

test("who is scanned while the one before is still being saved stays on the screen, with what was typed; both are saved", async ({ page }) => {
  await atVillage(page);
  const release = await heldBack(page, "save");
  const before = await atForm(page, GENERAL, VILLAGER.id);
  await box(page, "身高").fill("157.4");
  await page.keyboard.press("Control+Enter");
  await expect(page.getByRole("button", { name: "正在保存…" })).toBeVisible();
  await handsPause(page);
  await scanned(page, HIGH.id);
  await expect(page.locator(".strip h1")).toHaveText(HIGH.name);
  await box(page, "体重").fill("58.3");
  release();
  await expect(page.locator(".toast")).toContainText(`已保存`);
  await expect(page.locator(".strip h1")).toHaveText(HIGH.name);
  await expect(box(page, "体重")).toHaveValue("58.3");
  await page.keyboard.press("Control+Enter");
  await expect(saved(page)).toContainText(HIGH.name);
  await page.evaluate((to) => (location.hash = to), `#/person/${before}`);
  await expect(page.locator("main")).toContainText("157.4");
});

test("what is typed while a save is under way is in no field of that form, and finds the next person", async ({ page }) => {
  await atVillage(page);
  const release = await heldBack(page, "save");
  await atForm(page, GENERAL, VILLAGER.id);
  await box(page, "身高").fill("157.4");
  await page.keyboard.press("Control+Enter");
  await expect(page.locator(".form")).toHaveAttribute("aria-busy", "true");
  await handsPause(page);
  await page.keyboard.type(HIGH.id.slice(-4), { delay: HAND_MS });
  await expect(box(page, "身高")).toHaveValue("157.4");
  await expect(box(page, "身高")).not.toBeEditable();
  release();
  await expect(page.locator("#scan")).toHaveValue(HIGH.id.slice(-4));
  await expect(page.locator("#scan")).toBeFocused();
  await expect(page.locator("#found .name", { hasText: HIGH.name })).toBeVisible();
});

test("where the save fails the fields stand as they were and can be written again; nothing typed meanwhile is in one", async ({ page }) => {
  await atVillage(page);
  const release = await heldBack(page, "save", true);
  await atForm(page, GENERAL, VILLAGER.id);
  await box(page, "身高").fill("157.4");
  await page.keyboard.press("Control+Enter");
  await handsPause(page);
  await page.keyboard.type("88", { delay: HAND_MS });
  release();
  await expect(page.locator("main > .banner.bad")).toBeVisible();
  await expect(box(page, "身高")).toHaveValue("157.4");
  await expect(page.locator("#scan")).toHaveValue("");
  // Control: no save is under way.
  await box(page, "身高").press("End");
  await page.keyboard.press("Backspace");
  await expect(box(page, "身高")).toHaveValue("157.");
});

test("what was being saved when its page was left, and did not come through, is offered again", async ({ page }) => {
  await atVillage(page);
  const release = await heldBack(page, "save", true);
  const person = await atForm(page, GENERAL, VILLAGER.id);
  await box(page, "身高").fill("157.4");
  await page.keyboard.press("Control+Enter");
  await page.goBack();
  await expect(page.locator(".personcard")).toBeVisible();
  const kept = answered(page, "draft_put", "157.4");
  release();
  await kept;
  await expect(page.locator("main > .banner.bad")).toBeVisible();
  await page.evaluate(() => (location.hash = "#/home"));
  await expect(page.getByText("没写完的表")).toBeVisible();
  await page.evaluate((to) => (location.hash = to), `#/form/${GENERAL.key}/${person}`);
  await expect(box(page, "身高")).toHaveValue("157.4");
});

test("locked right behind a key: what was typed is offered again", async ({ page }) => {
  await atVillage(page);
  const person = await atForm(page, GENERAL, VILLAGER.id);
  await box(page, "身高").focus();
  await page.keyboard.type("157.4", { delay: 80 });
  // As a finger on the other half of the keyboard: within the time that a draft rests.
  await page.evaluate(() => document.querySelector<HTMLElement>("button.who")?.click());
  // The bar's button has the name on it too: only the door is a lock.
  await expect(page.locator(".door .slot").first()).toBeVisible();
  await openDoor(page);
  await page.evaluate((to) => (location.hash = to), `#/form/${GENERAL.key}/${person}`);
  await expect(box(page, "身高")).toHaveValue("157.4");
});

test("locked while a save is under way: the save arrives first", async ({ page }) => {
  await atVillage(page);
  const person = await atForm(page, GENERAL, VILLAGER.id);
  await box(page, "身高").fill("157.4");
  // The two questions would overtake each other.
  await page.route("**/rpc", async (route) => {
    if ((route.request().postData() ?? "").includes('"command":"save"')) await new Promise((rest) => setTimeout(rest, 700));
    return route.continue();
  });
  await page.keyboard.press("Control+Enter");
  await page.evaluate(() => document.querySelector<HTMLElement>("button.who")?.click());
  // The bar's button has the name on it too: only the door is a lock.
  await expect(page.locator(".door .slot").first()).toBeVisible();
  await openDoor(page);
  await page.evaluate((to) => (location.hash = to), `#/person/${person}`);
  await expect(page.locator("main")).toContainText("157.4");
});

test("a form only looked at in one window takes nothing of what the other put away", async ({ page, context }) => {
  await atVillage(page);
  await atForm(page, GENERAL, VILLAGER.id);
  const form = page.url();
  const other = await context.newPage();
  await other.goto(form);
  const kept = answered(other, "draft_put", "158.6");
  await box(other, "身高").fill("158.6");
  await kept;
  // Looked at, and left as it was opened.
  await box(page, "身高").focus();
  await box(page, "体重").focus();
  await page.goBack();
  await expect(page.locator(".form")).toHaveCount(0);
  await page.goto(form);
  await page.reload();
  await expect(box(page, "身高")).toHaveValue("158.6");
});

test("Ctrl+Enter before a page knows what comes next goes on to nobody", async ({ page }) => {
  await atVillage(page);
  const person = await atForm(page, GENERAL, VILLAGER.id);
  for (const [screen, command, there] of [["checkout", "check_out", ".checkout"], ["card", "person", ".personcard"]] as const) {
    const release = await heldBack(page, command);
    await page.evaluate((to) => (location.hash = to), `#/${screen}/${person}`);
    await expect(page.locator("main .starting")).toBeVisible();
    await page.keyboard.press("Control+Enter");
    release();
    await expect(page.locator(there)).toBeVisible();
    expect(page.url()).toContain(`#/${screen}/${person}`);
    await page.unroute("**/rpc");
  }
  // Control: once it is there the key goes on.
  await page.keyboard.press("Control+Enter");
  await expect(page.locator(".personcard")).toHaveCount(0);
});

test("two windows at one form: what is saved in one leaves what is typed in the other, also for after a crash", async ({ page, context }) => {
  await atVillage(page);
  const other = await context.newPage();
  await other.goto("./");
  await expect(other.locator(".frame")).toBeVisible();
  const person = await atForm(page, GENERAL, VILLAGER.id);
  await atForm(other, GENERAL, VILLAGER.id);
  await box(other, "体重").fill("64.2");
  await answered(other, "draft_put", "64.2");
  await box(page, "身高").fill("157.4");
  const put = answered(other, "draft_put", "64.2");
  await page.keyboard.press("Control+Enter");
  await expect(saved(page)).toContainText(VILLAGER.name);
  await put;
  await expect(box(other, "体重")).toHaveValue("64.2");
  await other.close({ runBeforeUnload: false });
  await page.evaluate((to) => (location.hash = to), `#/form/${GENERAL.key}/${person}`);
  await expect(box(page, "体重")).toHaveValue("64.2");
  await expect(box(page, "身高")).toHaveValue("157.4");
  await page.keyboard.press("Control+Enter");
  await expect(saved(page)).toContainText(VILLAGER.name);
});

test("who goes on while somebody new is being registered is not called back", async ({ page }) => {
  await atVillage(page);
  const release = await heldBack(page, "register");
  await page.evaluate(() => (location.hash = "#/register"));
  await page.getByLabel("身份证号", { exact: true }).fill(STRANGER.id);
  await page.getByRole("textbox", { name: "姓名", exact: true }).fill(STRANGER.name);
  await expect(page.getByLabel("出生日期")).toHaveValue(STRANGER.birth);
  await page.keyboard.press("Control+Enter");
  await handsPause(page);
  await scanned(page, HIGH.id);
  await expect(page.locator(".strip h1")).toHaveText(HIGH.name);
  const done = page.waitForResponse((answer) => (answer.request().postData() ?? "").includes('"command":"register"'));
  release();
  await done;
  await expect(page.locator(".toast")).toContainText(STRANGER.name);
  await expect(page.locator(".strip h1")).toHaveText(HIGH.name);
  await page.evaluate(() => (location.hash = "#/home"));
  await page.locator("#scan").fill(STRANGER.name);
  await expect(page.locator("#found .name", { hasText: STRANGER.name })).toBeVisible();
});

test("Esc, back and the keys of other stations in the middle of a value: it is offered again, each time", async ({ page }) => {
  await atVillage(page);
  const person = await reach(page, VILLAGER.id);
  const leave: [string, () => Promise<unknown>][] = [
    ["Esc twice", async () => [await page.keyboard.press("Escape"), await page.keyboard.press("Escape")]],
    ["another station's key", () => page.keyboard.press("F3")],
    ["back", () => page.goBack()],
    ["F9 and a scan", () => scanIn(page, HIGH.id)],
    ["reload", () => page.reload()],
  ];
  for (const [at, [what, go]] of leave.entries()) {
    await page.evaluate(() => (location.hash = "#/home"));
    await expect(page.locator(".next-person")).toBeVisible();
    await page.evaluate((to) => (location.hash = to), `#/form/${GENERAL.key}/${person}`);
    await expect(box(page, "身高")).toBeVisible();
    const text = `15${at}.5`;
    await box(page, "身高").fill(text);
    await go();
    await page.waitForTimeout(600);
    await page.evaluate((to) => (location.hash = to), `#/form/${GENERAL.key}/${person}`);
    await expect(box(page, "身高"), what).toHaveValue(text);
  }
});
