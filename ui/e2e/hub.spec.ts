// The hall's button on two real devices: one opens the hall on its screen, another joins it by the line shown there, a tablet
// pairs by its code; who has come shows, what is saved at one is at the others, and a closed hall sends nobody's work away.
// Not the pairing page (browsers.spec.ts), not the refusals (tests/tests).
import { cpSync, mkdtempSync } from "node:fs";
import { join } from "node:path";
import { COLLEAGUE, GENERAL, URINE, VILLAGE, VILLAGER } from "./fixture";
import { UI_ARGS, serve, type Serving } from "./hall";
import { atForm, atVillage, chooseUnit, openDoor, reach, secondThought } from "./steps";
import { enterBy, expect, hall, test, type Page } from "./test";

const to = (page: Page, hash: string) => page.evaluate((where) => (location.hash = where), hash);
const rowOf = (page: Page, name: string) => page.locator(".hall tbody tr", { hasText: name });

/** The second device, as it was enrolled by the command line: opened by its key file, in somebody's name. */
async function secondDevice(): Promise<Serving> {
  const folder = mkdtempSync(join(hall().folder, "second-"));
  cpSync(join(hall().folder, "second"), join(folder, "device"), { recursive: true });
  return serve(["field", "serve", "--home", join(folder, "device"), "--key-file", join(hall().folder, "second.key"), "--operator", "longhai", ...UI_ARGS]);
}

async function begin(page: Page): Promise<void> {
  await to(page, "#/day");
  await chooseUnit(page, VILLAGE.unit);
  await page.keyboard.press("Control+Enter");
  await expect(page.getByText("今天已设好，可以开始")).toBeVisible();
}

test("a hall opened by its button is joined by another device and a tablet, shows who has come, and all see each other's work", async ({ page, browser }) => {
  await atVillage(page);
  await to(page, "#/sync");
  await page.getByRole("button", { name: "开大厅或加入" }).click();
  await page.getByRole("button", { name: "开大厅", exact: false }).last().click();
  await expect(page.getByText("大厅已经开了，开在这台电脑上")).toBeVisible();
  const line = (await page.locator(".told").nth(1).locator("code").allInnerTexts()).join("").replace(/\s/g, "");
  expect(line).toMatch(/^127\.0\.0\.1:\d+\/[0-9a-f]{32}$/);

  const second = await secondDevice();
  const [own, paired] = await Promise.all([browser.newContext(), browser.newContext()]);
  try {
    await enterBy(own, second.url);
    const laptop = await own.newPage();
    await laptop.goto(`${new URL(second.url).origin}/`);
    await begin(laptop);
    await to(laptop, "#/hall");
    await laptop.getByLabel("大厅的地址").fill("192.168.1.5");
    await laptop.getByRole("button", { name: "加入", exact: true }).click();
    await expect(laptop.locator("main > .banner.bad")).toContainText("没看懂大厅的地址");
    await laptop.getByLabel("大厅的地址").fill(line.slice(0, line.indexOf("/") + 9));
    await laptop.getByRole("button", { name: "加入", exact: true }).click();
    await expect(laptop.locator(".banner.good .title")).toContainText("已加入");

    const [url, code] = await Promise.all([page.locator(".told code").first().innerText(), page.locator(".told .code").innerText()]);
    const tablet = await paired.newPage();
    await tablet.goto(`${url}/`);
    await tablet.locator("#code").fill(code);
    await tablet.getByRole("button", { name: "连接" }).click();
    await openDoor(tablet, COLLEAGUE);
    await begin(tablet);
    await tablet.keyboard.press("Control+Enter");
    // What is the laptop's is not offered at a tablet; at the other laptop it is.
    for (const name of ["开大厅或加入", "存到U盘", "现在同步"]) {
      for (const [at, count] of [[laptop, 1], [tablet, 0]] as const) {
        await to(at, "#/sync");
        await expect(at.locator(".syncing .figures")).toBeVisible();
        await expect(at.getByRole("button", { name }), name).toHaveCount(count);
      }
    }
    // The line that the hall's device follows is the other's too, who arranged none.
    await to(page, "#/day");
    await page.getByText("这个点怎么排").click();
    await page.getByRole("button", { name: `${URINE.name}：上移` }).click();
    await page.keyboard.press("Control+Enter");
    await expect(page.locator(".line-order [role=status]")).toContainText("这台设备自己排的顺序");
    await to(laptop, "#/day");
    await laptop.getByText("这个点怎么排").click();
    await expect(laptop.locator(".line-order [role=status]")).toContainText("现在按大厅主机排的顺序");
    const tables = async (at: Page) => (await at.locator(".line-order .table").allInnerTexts()).map((one) => one.replace(/^\d+\s*/, ""));
    await expect.poll(async () => [await tables(laptop)]).toEqual([await tables(page)]);
    await to(page, "#/hall");
    await to(laptop, "#/hall");

    await expect(rowOf(page, "2号机")).toContainText("连着");
    await expect(rowOf(page, "2号机")).toContainText("准");
    await expect(rowOf(page, COLLEAGUE.name)).toContainText("平板或手机");
    for (const name of ["2号机", COLLEAGUE.name]) await expect(rowOf(page, name)).not.toContainText("还没有选工位");
    await expect(page.locator(".told .code"), "a used code is replaced").not.toHaveText(code);
    if (process.env.E2E_PICTURES) {
      await expect(page.locator(".toast span")).toHaveCount(0);
      await page.setViewportSize({ width: 1366, height: 1170 });
      await page.screenshot({ path: `${process.env.E2E_PICTURES}/hall.png` });
    }
    if (process.env.E2E_PICTURES) {
      await expect(laptop.locator(".hall .figures")).toBeVisible();
      await expect(laptop.locator(".toast span")).toHaveCount(0);
      await laptop.screenshot({ path: `${process.env.E2E_PICTURES}/hall-joined.png` });
    }

    // Saved at the tablet, seen at the hub's laptop and at the other one.
    const person = await reach(laptop, VILLAGER.id);
    await to(laptop, `#/person/${person}`);
    await expect(laptop.locator("main")).toContainText(VILLAGER.name);
    await atForm(tablet, GENERAL, VILLAGER.id);
    await tablet.getByRole("textbox", { name: "身高", exact: true }).fill("157.4");
    await tablet.keyboard.press("Control+Enter");
    await expect(tablet.locator(".banner .title", { hasText: "已保存" })).toBeVisible();
    await expect(laptop.locator("main")).toContainText("157.4");

    // Closing asks first, and ends the tablet's session; the other device works on.
    await page.getByRole("button", { name: "关闭大厅" }).click();
    await expect(page.getByText("还有设备连着。关闭后平板要重新扫码，已保存的都在。")).toBeVisible();
    await secondThought(page);
    await page.getByRole("button", { name: "关闭大厅" }).click();
    await expect(page.getByRole("heading", { name: "用这台电脑开大厅" })).toBeVisible();
    await to(laptop, "#/hall");
    await expect(laptop.locator(".hall .banner.note").first()).toContainText("连不上开大厅的那台电脑");
    await laptop.getByRole("button", { name: "离开大厅" }).click();
    await expect(laptop.getByRole("button", { name: "加入", exact: true })).toBeVisible();
  } finally {
    await Promise.all([own.close(), paired.close()]);
    await second.kill();
  }
});
