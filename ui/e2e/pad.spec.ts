// The own number pad and the form it writes into, at every width and size of letters: the field with the cursor is in sight,
// what stands in a field is read whole, and no label leaves its key. Not what people do with it (day.spec.ts).
import { BP, GENERAL, OWED, VILLAGER } from "./fixture";
import { atForm, atVillage, looks } from "./steps";
import { expect, test, type Page } from "./test";

const WINDOWS = [{ width: 360, height: 740 }, { width: 800, height: 1180 }, { width: 1024, height: 768 }, { width: 1100, height: 768 }, { width: 1280, height: 800 }, { width: 1366, height: 768 }];
const SIZES = [100, 110, 125, 150];

/** What is wrong with the form that is shown: each with what it is about. */
function unread(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const wrong: string[] = [];
    const field = document.activeElement;
    if (!(field instanceof HTMLInputElement) || field.closest(".question") === null) return ["the cursor is in no field"];
    const { left, right, top, bottom } = field.getBoundingClientRect();
    for (const [x, y] of [[left + 8, top + 8], [right - 8, top + 8], [(left + right) / 2, bottom - 8]] as const) {
      const there = document.elementFromPoint(x, y);
      if (there !== field && !field.parentElement?.contains(there)) wrong.push(`${field.getAttribute("aria-label")} lies under ${there?.className ?? "the window's edge"}`);
    }
    for (const one of document.querySelectorAll<HTMLInputElement>(".question .number input")) {
      if (one.value !== "" && one.scrollWidth > one.clientWidth + 1) wrong.push(`${one.getAttribute("aria-label")} shows a part of ${one.value}`);
    }
    for (const one of document.querySelectorAll<HTMLElement>(".pad button")) {
      if (one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 1) wrong.push(`the key ${one.textContent} is smaller than its word`);
      if (one.offsetHeight < 55.5) wrong.push(`the key ${one.textContent} is ${one.offsetHeight} high`);
    }
    for (const one of document.querySelectorAll<HTMLElement>(".question .says > *, .question .chip")) {
      const { width, right: end } = one.getBoundingClientRect();
      if (width > 0 && (width < 44 || end > (one.closest(".sheet")?.getBoundingClientRect().right ?? 0))) wrong.push(`no room for ${one.textContent?.trim().slice(0, 12)}`);
    }
    const page = document.documentElement;
    if (page.scrollWidth > page.clientWidth) wrong.push(`the page is ${page.scrollWidth} wide`);
    return wrong;
  });
}

/** Once the page has come to rest. */
async function rested(page: Page): Promise<string[]> {
  await expect(page.getByRole("group", { name: "数字键盘" })).toBeVisible();
  let last = "";
  for (let at = 0; at < 20; at += 1) {
    const now = await page.evaluate(() => `${window.scrollY} ${document.body.scrollHeight}`);
    if (now === last) break;
    last = now;
    await page.waitForTimeout(150);
  }
  return unread(page);
}

for (const viewport of WINDOWS) test.describe(`the number pad at ${viewport.width}`, () => {
  test.use({ hasTouch: true, isMobile: true, viewport });

  // The theme with the thicker lines.
  test(`whoever types sees the field, whole values and every key's word, in letters of any size`, async ({ page }) => {
    await looks(page, { theme: "sun", padShown: "always" });
    await atVillage(page);
    const wrong: string[] = [];
    const told = (where: string, all: string[]) => wrong.push(...all.map((one) => `${where}: ${one}`));
    for (const size of SIZES) {
      // As the settings do (settings.ts), without a new start.
      await page.evaluate((to) => {
        document.documentElement.dataset.letters = to >= 125 ? "large" : "usual";
        document.documentElement.style.setProperty("--size", String(to / 100));
      }, size);
      for (const [person, what] of [[OWED, "a repeat owed"], [VILLAGER, "nothing yet"]] as const) for (const station of [BP, GENERAL]) {
        await atForm(page, station, person.id);
        told(`${size} % ${station.name}, ${what}, opened`, await rested(page));
        // As large as the window: a picture of the whole page would lay it out anew.
        if (process.env.E2E_PICTURES) await page.screenshot({ path: `${process.env.E2E_PICTURES}/pad-${viewport.width}-${size}-${station.key}-${what.replace(/ /g, "-")}.png` });
        const fields = page.locator(".question .number input");
        for (let at = 0; at < (await fields.count()); at += 1) {
          await fields.nth(at).evaluate((one: HTMLElement) => one.focus());
          told(`${size} % ${station.name}, ${what}, at ${at}`, await rested(page));
        }
      }
    }
    expect(wrong.join("\n")).toBe("");
  });
});
