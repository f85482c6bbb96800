// Takes a picture of every screen, wide and narrow, into docs/images/app. Run by `npm run pictures`.
import { mkdirSync } from "node:fs";
import { test, type Page } from "@playwright/test";
import { VILLAGE, VILLAGER } from "./fixture";
import { SCREENS, confirmDay, looks, unlock } from "./steps";

const FOLDER = process.env.PICTURES ?? "../docs/images/app";
const WIDTHS = [
  { width: 1366, height: 768, touch: false },
  { width: 360, height: 740, touch: true },
];

async function take(page: Page, name: string, width: number): Promise<void> {
  if (width < 700) await page.evaluate(() => document.dispatchEvent(new PointerEvent("pointerdown", { pointerType: "touch" })));
  // The passing word is not part of a screen.
  await page.locator(".toast span").waitFor({ state: "detached" });
  await page.waitForTimeout(150);
  await page.screenshot({ path: `${FOLDER}/${name}-${width}.png`, scale: "css" });
}

for (const { width, height, touch } of WIDTHS) {
  test(`pictures ${width}`, async ({ browser }) => {
    mkdirSync(FOLDER, { recursive: true });
    const context = await browser.newContext({ viewport: { width, height }, hasTouch: touch, isMobile: touch, locale: "zh-CN", baseURL: "http://127.0.0.1:4173/" });
    const page = await context.newPage();
    if (touch) await looks(page, { padShown: "always" });
    await page.goto("./");
    await page.locator(".slot").first().waitFor();
    await take(page, "unlock", width);
    await unlock(page);
    await take(page, "day-before", width);
    await page.getByRole("button", { name: "知道了" }).click();
    await confirmDay(page, VILLAGE.unit);
    for (const [name, hash] of SCREENS("villager-a")) {
      await page.goto(`./${hash}`);
      await page.locator("main h1").first().waitFor();
      if (name === "find") await page.locator("#scan").fill("龙");
      if (name === "register") await page.getByLabel("身份证号", { exact: true }).fill(VILLAGER.id);
      if (name === "print") await page.getByRole("radio", { name: "完整显示" }).check();
      if (name === "form-general") {
        await page.getByLabel("身高", { exact: true }).fill("1.65");
        await page.getByLabel("体重", { exact: true }).fill("63.2");
        await page.getByLabel("身高", { exact: true }).focus();
      }
      if (name === "form-bp") {
        await page.getByRole("textbox", { name: "收缩压（第一次）" }).fill("184");
        await page.getByRole("textbox", { name: "舒张压（第一次）" }).fill("108");
        await page.getByRole("textbox", { name: "收缩压（第二次）" }).focus();
      }
      if (name === "coverage") await page.getByRole("button", { name: /去叫人/ }).first().click();
      if (name === "class") await page.locator(".classes .row").first().click();
      await take(page, name, width);
      if (name === "form-bp") {
        await page.keyboard.press("Control+Enter");
        await page.locator(".next-person").waitFor();
        await take(page, "saved", width);
      }
    }
    await page.goto("./#/person/villager-000");
    await page.locator(".conflict").first().waitFor();
    await take(page, "conflict", width);
    await confirmDay(page, "明德小学");
    await page.goto("./#/class/general");
    await page.locator(".classes .row").nth(1).click();
    await take(page, "class-pupils", width);
    await page.goto("./#/kit");
    await page.locator(".kit").waitFor();
    await take(page, "kit", width);
    if (!touch) {
      await looks(page, { theme: "sun", size: 150 });
      await page.reload();
      await page.goto("./#/form/general/pupil-a");
      await page.locator(".form").waitFor();
      await take(page, "sun-150", width);
    }
    await context.close();
  });
}
