// An ID card reader on the real host: what it reads is opened or fills the form, what it cannot read has its sentence; and a
// reader that types as a keyboard. Not what the host makes of a card (tests/tests/app/card.rs).
import { rmSync, writeFileSync } from "node:fs";
import { BP, STRANGER, VILLAGER } from "./fixture";
import { atForm, atVillage, picture, scanIn, untilAnswered } from "./steps";
import { expect, test, type Page } from "./test";

const line = (one: { name: string; id: string }, address = "湖南省娄底市某村三组") => {
  const sex = Number(one.id[16]) % 2 === 1 ? "男" : "女";
  return `${one.name},${sex},${one.id.slice(6, 14)},${address},${one.id}`;
};
const button = (page: Page) => page.getByRole("button", { name: "读身份证（模拟）" });
const name = (page: Page) => page.getByRole("textbox", { name: "姓名", exact: true });

test.describe("with a reader", () => {
  test.use({ cards: `${line(STRANGER)}\n${line(VILLAGER)}\n` });

  test("a card on the first page registers a stranger with what it says, and opens whoever is known", async ({ page }) => {
    await atVillage(page);
    await button(page).click();
    await expect(name(page)).toHaveValue(STRANGER.name);
    await expect(page.getByLabel("身份证号", { exact: true })).toHaveValue(STRANGER.id);
    await expect(page.getByLabel("出生日期")).toHaveValue(STRANGER.birth);
    await expect(page.getByRole("radio", { name: STRANGER.sex })).toBeChecked();
    await expect(page.getByRole("textbox", { name: "电话", exact: true }), "what no card says is next").toBeFocused();
    expect(page.url(), "no number stands in an address").not.toContain(STRANGER.id);
    await page.getByRole("radio", { name: "别处" }).check();
    await expect(page.getByLabel("住在哪里（照说的写）")).toHaveValue("湖南省娄底市某村三组");
    await picture(page, "card-filled");
    await page.keyboard.press("Control+Enter");
    await expect(page.locator(".strip h1")).toHaveText(STRANGER.name);
    await page.evaluate(() => (location.hash = "#/home"));
    await button(page).click();
    await expect(page.locator(".strip h1")).toHaveText(VILLAGER.name);
  });

  test("a card on the form shows who has its number before anything is saved, and every failure has its sentence", async ({ page, device }) => {
    await atVillage(page);
    await page.evaluate(() => (location.hash = "#/register"));
    const says = async (lines: string, words: string) => {
      writeFileSync(device.cardFile, lines);
      await button(page).click();
      await expect(page.getByText(words)).toBeVisible();
      await expect(name(page), "nothing is filled in").toHaveValue("");
      await page.getByRole("button", { name: "知道了" }).click();
    };
    await says("无卡", "读卡器上没有身份证");
    await says("读不出", "身份证没有读到");
    await says(`${line(VILLAGER).slice(0, -1)}${VILLAGER.id.endsWith("1") ? "2" : "1"}`, "读到的身份证号码不对");
    await says("断开", "读卡器没有应答");
    rmSync(device.cardFile);
    await button(page).click();
    await expect(page.getByText("读卡器没有应答")).toBeVisible();
    await picture(page, "card-gone");
    // Plugged in again: the failure goes with the next card that is read.
    writeFileSync(device.cardFile, line(VILLAGER));
    await untilAnswered(page, () => button(page).click());
    await expect(page.getByText("读卡器没有应答")).toHaveCount(0);
    await expect(page.getByText(`这个身份证号已登记：${VILLAGER.name}`).first()).toBeVisible();
    await picture(page, "card-same");
    await page.getByRole("button", { name: `就是${VILLAGER.name}，打开` }).click();
    await expect(page.locator(".strip h1")).toHaveText(VILLAGER.name);
  });
});

test("without a reader there is no button", async ({ page }) => {
  await atVillage(page);
  await expect(page.getByRole("button", { name: "登记新人" })).toBeVisible();
  await expect(page.getByRole("button", { name: /读身份证/ })).toHaveCount(0);
  await page.evaluate(() => (location.hash = "#/register"));
  await expect(name(page)).toBeVisible();
  await expect(page.getByRole("button", { name: /读身份证/ })).toHaveCount(0);
});

/** What it types, as a keyboard of its own, and whether the number leads: then not even a measuring field keeps a word of it. */
for (const [shape, of, leads] of [
  ["number alone", (one: typeof VILLAGER) => one.id, true],
  ["number, then name", (one: typeof VILLAGER) => `${one.id}\n${one.name}`, true],
  ["name, then number", (one: typeof VILLAGER) => `${one.name}\n${one.id}`, false],
  ["all in one line", (one: typeof VILLAGER) => `${one.name}\t女\t汉\t${one.id.slice(6, 14)}\t某村\t${one.id}`, false],
] as const) {
  test(`a reader that types as a keyboard ends at the person: ${shape}`, async ({ page }) => {
    await atVillage(page);
    await expect(page.locator("#scan")).toBeFocused();
    await untilAnswered(page, () => scanIn(page, of(VILLAGER)));
    await expect(page.locator(".strip h1, .personcard h1")).toHaveText(VILLAGER.name);
    await expect(page.locator("#scan")).toHaveValue("");
  });

  if (leads) test(`a reader that types as a keyboard leaves a form's values alone: ${shape}`, async ({ page }) => {
    await atVillage(page);
    await atForm(page, BP, VILLAGER.id);
    const before = await page.locator(".form input[type=text]").evaluateAll((all) => all.map((one) => (one as HTMLInputElement).value));
    await untilAnswered(page, () => scanIn(page, of(VILLAGER)));
    await page.evaluate(() => (location.hash = "#/home"));
    await atForm(page, BP, VILLAGER.id);
    const after = await page.locator(".form input[type=text]").evaluateAll((all) => all.map((one) => (one as HTMLInputElement).value));
    expect(after).toEqual(before);
  });
}
