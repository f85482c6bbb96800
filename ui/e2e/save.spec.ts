// From what is typed to what is saved, on the real host: the draft that survives, the button that is pressed, once and where it went
// down. Not what a value means (values.spec.ts).
import { BP, GENERAL, HIGH, OWED, VILLAGER } from "./fixture";
import { HAND_MS, answered, atForm, atVillage, box, looks, saved } from "./steps";
import { expect, test, type Page } from "./test";

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

test("a key in the middle of a value writes neither the value again nor anything around its line", async ({ page }) => {
  await atVillage(page);
  await atForm(page, GENERAL, VILLAGER.id);
  await expect(page.locator(".questions[aria-busy]")).toHaveCount(0);
  await box(page, "身高").focus();
  const foot = page.locator(".finish .stand");
  const before = await foot.innerText();
  await page.evaluate(() => {
    const seen: string[] = [];
    Object.assign(window, { seen });
    const placeOf = (of: Node) => (of instanceof Element ? of : of.parentElement);
    new MutationObserver((all) => seen.push(...all.filter((one) => !placeOf(one.target)?.closest(".question") || placeOf(one.target)?.matches("input")).map((one) => `${one.type} ${one.attributeName ?? ""} ${placeOf(one.target)?.className}`))).observe(
      document.querySelector(".form") ?? document, { subtree: true, childList: true, attributes: true, characterData: true });
  });
  const written = () => page.evaluate(() => (window as never as { seen: string[] }).seen.splice(0));
  // The control: with the first key the foot says that something is there.
  await page.keyboard.press("1");
  await expect(foot).not.toHaveText(before);
  expect(await written()).toContain("characterData  stand");
  // A height by now, and known to be one.
  await box(page, "身高").fill("157");
  await expect(page.locator(".question.here .number.fine")).toHaveCount(1);
  await written();
  for (const key of [".", "4", "Backspace", "5"]) {
    await page.waitForTimeout(HAND_MS);
    await page.keyboard.press(key);
  }
  await expect(box(page, "身高")).toHaveValue("157.5");
  expect(await written()).toEqual([]);
});

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

test("a form opened again says that what stands is saved, until something is changed, and while a repeat is owed who may not leave", async ({ page }) => {
  await atVillage(page);
  const stand = page.locator(".finish .stand");
  await atForm(page, GENERAL, HIGH.id);
  await expect(stand).toHaveText("都已保存，没有改动");
  const height = await box(page, "身高").inputValue();
  await box(page, "身高").fill("157");
  await expect(stand).toContainText("还没有保存");
  await box(page, "身高").fill(height);
  await expect(stand).toHaveText("都已保存，没有改动");
  await atForm(page, BP, OWED.id);
  await expect(stand).toContainText("都已保存 · 人先别走");
  await box(page, "收缩压（第二次）").fill("171");
  await expect(stand).toContainText("还没有保存 · 人先别走");
});
