// The bar above every screen says how many people nobody has told of a level A, and leads there, on the real host. Not who is
// counted (tests/tests/app/bar.rs).
import { BP, GENERAL, VILLAGER } from "./fixture";
import { ask } from "./hall";
import { answered, atForm, atVillage, picture, reach } from "./steps";
import { expect, test, type Page } from "./test";

type Device = import("./test").Device;
const bar = (page: Page) => page.locator("header.top .urgent");

/** A pressure as another window of this device records it. */
async function pressure(device: Device, person: string, high: [string, string], saveId: string): Promise<void> {
  const form = await ask(device.served, "form", { person, station: BP.key });
  const value = (item: string, text: string) => ({ item, text, absent: null, confirmed: true });
  const values = [value("sbp1_mmhg", high[0]), value("dbp1_mmhg", high[1]), value("sbp2_mmhg", high[0]), value("dbp2_mmhg", high[1])];
  await ask(device.served, "save", { person, station: BP.key, values, saw: form.saw, examiner: null, save_id: saveId });
}

const said = (page: Page, n: number) => expect(bar(page)).toHaveText(`!紧急 ${n} 人未通知`);

for (const width of [360, 800, 1366]) {
  test(`whoever was not told stands in the bar on every screen, and a tap leads there: ${width} px`, async ({ page, device }) => {
    await page.setViewportSize({ width, height: 768 });
    await atVillage(page);
    // The seeded device has some.
    await expect(bar(page)).toBeVisible();
    const before = Number(/\d+/.exec(await bar(page).innerText())?.[0]);
    const person = await reach(page, VILLAGER.id);
    // Control: a level B is nobody to be told now.
    const asked = answered(page, "sync_state");
    await pressure(device, person, ["164", "102"], "u1");
    await asked;
    await said(page, before);
    await atForm(page, GENERAL, VILLAGER.id);
    await expect(bar(page)).toBeInViewport({ ratio: 1 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth), "nothing is pushed out of the window").toBeLessThanOrEqual(width);
    await picture(page, `urgent-${width}`);
    await pressure(device, person, ["186", "114"], "u2");
    await said(page, before + 1);
    // The list of them, and nobody else in it.
    await bar(page).click();
    const rows = page.locator(".tasks .rows .row");
    await expect(rows.filter({ hasText: VILLAGER.name })).toHaveCount(1);
    expect(await rows.filter({ hasNotText: "待告知" }).count()).toBe(0);
    const people = await rows.locator(".name").allInnerTexts();
    expect(new Set(people).size).toBe(before + 1);
    await picture(page, `urgent-list-${width}`);
  });
}
