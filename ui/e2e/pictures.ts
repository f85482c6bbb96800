// Takes a picture of every screen, wide and narrow, into docs/images/app, on the real host. Run by `npm run pictures`.
import { mkdirSync, mkdtempSync } from "node:fs";
import { join } from "node:path";
import { BP, GENERAL, HIGH, OTHERS, PUPIL, SCHOOL, STATIONS, TWICE, VILLAGE, VILLAGER, stationOf } from "./fixture";
import { SCREENS, columnsOf, confirmDay, looks, reach, unlock } from "./steps";
import { Device, enterBy, hall, test, type Page } from "./test";

const FOLDER = process.env.PICTURES ?? "../docs/images/app";
const WIDTHS = [
  { width: 1366, height: 768, touch: false },
  { width: 360, height: 740, touch: true },
];

async function take(page: Page, name: string, width: number): Promise<void> {
  if (width < 700) await page.evaluate(() => document.body.click());
  // The passing word is not part of a screen.
  await page.locator(".toast span").waitFor({ state: "detached" });
  await page.waitForTimeout(150);
  await page.screenshot({ path: `${FOLDER}/${name}-${width}.png`, scale: "css" });
}

const to = (page: Page, hash: string) => page.evaluate((where) => (location.hash = where), hash);

async function fill(page: Page, name: string): Promise<void> {
  const box = (label: string) => page.getByRole("textbox", { name: label, exact: true });
  if (name === "find") {
    await page.locator("#scan").fill("龙");
    await page.locator("#found li").first().waitFor();
  }
  if (name === "register") {
    await page.getByLabel("身份证号", { exact: true }).fill(VILLAGER.id);
    await page.getByText(/这个身份证号已登记/).first().waitFor();
  }
  if (name === "print") await page.getByRole("radio", { name: "完整显示" }).check();
  if (name === "form-general") {
    await box("身高").fill("1.65");
    await box("体重").fill("63.2");
    await box("身高").focus();
    await page.locator(".question.impossible").waitFor();
  }
  if (name === "form-bp") {
    await box("收缩压（第一次）").fill("184");
    await box("舒张压（第一次）").fill("108");
    await page.getByText(/复测/).first().waitFor();
  }
  if (name === "coverage") await page.getByRole("button", { name: /看未检名单/ }).first().click();
  if (name === "class") await page.locator(".classes .row").first().click();
}

/** What comes up on a screen after a press. */
async function besides(page: Page, width: number): Promise<void> {
  await to(page, `#/person/${await reach(page, HIGH.id)}`);
  await page.getByRole("button", { name: /的全部记录/ }).first().click();
  await page.getByRole("button", { name: "更正", exact: true }).first().click();
  await page.locator("dialog[open]").waitFor();
  await take(page, "correct", width);
  await page.keyboard.press("Escape");
  await to(page, "#/lab");
  await columnsOf(page);
  await take(page, "columns", width);
  await to(page, "#/print");
  await page.getByRole("radio", { name: /送检交接单/ }).check();
  await take(page, "arrivals", width);
}

/** Forms that no other picture shows: of each of the other stations, and a pupil's own. */
async function forms(page: Page, person: string, keys: string[], prefix: string, width: number): Promise<void> {
  for (const key of keys) {
    await to(page, `#/form/${key}/${person}`);
    await page.locator(".question").first().waitFor();
    // A long form is drawn in pieces.
    await page.waitForTimeout(400);
    await take(page, `${prefix}-${key}`, width);
  }
}

/** A tablet lying down: the number pad stands beside the form. */
const TABLET = { width: 1280, height: 800 };
test("pictures of a tablet", async ({ browser, device, baseURL }) => {
  mkdirSync(FOLDER, { recursive: true });
  const context = await browser.newContext({ viewport: TABLET, hasTouch: true, isMobile: true, locale: "zh-CN", baseURL: baseURL ?? "", ignoreHTTPSErrors: true });
  await enterBy(context, device.url);
  const page = await context.newPage();
  await looks(page, { padShown: "always" });
  await page.goto("./");
  await unlock(page);
  await confirmDay(page, VILLAGE.unit);
  await take(page, "tablet-home", TABLET.width);
  await forms(page, await reach(page, VILLAGER.id), [GENERAL.key, BP.key], "tablet-form", TABLET.width);
  await context.close();
});

async function openHall(page: Page, width: number): Promise<void> {
  await to(page, "#/hall");
  await page.getByRole("button", { name: "开大厅", exact: false }).last().click();
  await page.getByText("大厅已经开了，开在这台电脑上").waitFor();
  await take(page, "hall-open", width);
}

/** A device's first start. */
async function enrol(page: Page, width: number): Promise<void> {
  const empty = new Device(join(mkdtempSync(join(hall().folder, "empty-")), "device"));
  mkdirSync(empty.home);
  await enterBy(page.context(), await empty.start());
  await page.goto(new URL(empty.url).origin);
  await page.getByLabel("服务器地址").waitFor();
  await take(page, "enrol", width);
  await empty.kill();
}

for (const { width, height, touch } of WIDTHS) {
  test(`pictures ${width}`, async ({ browser, device, baseURL }) => {
    mkdirSync(FOLDER, { recursive: true });
    const context = await browser.newContext({ viewport: { width, height }, hasTouch: touch, isMobile: touch, locale: "zh-CN", baseURL: baseURL ?? "", ignoreHTTPSErrors: true });
    await enterBy(context, device.url);
    const page = await context.newPage();
    if (touch) await looks(page, { padShown: "always" });
    await page.goto("./");
    await page.locator(".slot").first().waitFor();
    await take(page, "unlock", width);
    await unlock(page);
    await page.locator(".day").waitFor();
    await take(page, "day-before", width);
    await confirmDay(page, VILLAGE.unit);
    const person = await reach(page, VILLAGER.id);
    for (const [name, hash] of SCREENS(person)) {
      await to(page, hash);
      await page.locator("main h1").first().waitFor();
      await fill(page, name);
      await take(page, name, width);
      if (name === "form-bp") {
        await page.keyboard.press("Control+Enter");
        await page.locator(".next-person").waitFor();
        await take(page, "saved", width);
      }
    }
    await to(page, `#/form/${stationOf("ultrasound").key}/${person}`);
    await page.getByRole("radio", { name: "异常" }).first().check();
    await page.getByRole("textbox", { name: "腹部B超异常" }).click();
    await page.keyboard.insertText("肝右叶实性占位，大小23mm；");
    await page.keyboard.type("dn", { delay: 120 });
    await page.locator(".offer", { hasText: "胆囊壁毛糙" }).waitFor();
    await take(page, "form-phrases", width);
    await forms(page, person, OTHERS.map((one) => one.key).filter((key) => key !== "ultrasound"), "form", width);
    await to(page, "#/home");
    await to(page, `#/person/${await reach(page, TWICE.id)}`);
    await page.locator(".conflict").first().waitFor();
    await take(page, "conflict", width);
    await besides(page, width);
    await to(page, "#/day");
    const rows = ["姓名,性别,身份证号,出生日期,组别", "向新来,男,431399197003070014,1970-03-07,1组", "田错号,女,431399198105060029,1981-05-06,2组"];
    await page.locator('input[type="file"]').setInputFiles({ name: "补报.csv", mimeType: "text/csv", buffer: Buffer.from(rows.join("\n")) });
    await page.locator(".problems").waitFor();
    await page.locator(".problems").scrollIntoViewIfNeeded();
    await take(page, "roster", width);
    await confirmDay(page, SCHOOL.unit);
    await to(page, "#/class");
    await page.getByRole("button", { name: SCHOOL.class }).click();
    await page.locator(".walkrow", { hasText: PUPIL.name }).waitFor();
    await take(page, "class-pupils", width);
    await to(page, "#/consent");
    await page.getByRole("button", { name: SCHOOL.class }).click();
    await page.locator(".walkrow").first().waitFor();
    await take(page, "consent-class", width);
    await forms(page, await reach(page, PUPIL.id), [...STATIONS.map((one) => one.key).filter((key) => key === "vision" || key === "general"), "dental", "surgery", "ent"], "pupil", width);
    if (!touch) {
      await looks(page, { theme: "sun", size: 150 });
      await page.reload();
      await to(page, "#/home");
      await page.locator(".next-person").waitFor();
      await take(page, "sun-150", width);
    }
    if (!touch) await openHall(page, width);
    await enrol(page, width);
    await context.close();
  });
}
