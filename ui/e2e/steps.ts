// What people do on these screens, as words the specs use. Not a test.
import { expect, type Page } from "@playwright/test";
import { OPERATOR, SCHOOL, VILLAGE } from "./fixture";

export async function unlock(page: Page): Promise<void> {
  await page.goto("./");
  const door = page.getByRole("button", { name: new RegExp(`^${OPERATOR.name}`) });
  await door.click();
  await page.getByLabel("密码").fill(OPERATOR.password);
  await page.keyboard.press("Enter");
  await expect(page.locator(".frame")).toBeVisible();
}

export async function confirmDay(page: Page, unit: string): Promise<void> {
  await page.goto("./#/day");
  const list = page.getByLabel("站点（村或学校）", { exact: true });
  const value = await list.locator("option", { hasText: unit }).getAttribute("value");
  await list.selectOption(value ?? "");
  await page.keyboard.press("Control+Enter");
  await expect(page.getByText("今天已设好，可以开始")).toBeVisible();
  await page.keyboard.press("Control+Enter");
  await expect(page.locator(".next-person")).toBeVisible();
  await expect(page.locator("#scan")).toBeFocused();
}

export async function atVillage(page: Page): Promise<void> {
  await unlock(page);
  await confirmDay(page, VILLAGE.unit);
}

export async function atSchool(page: Page): Promise<void> {
  await unlock(page);
  await confirmDay(page, SCHOOL.unit);
}

/** A scanner: characters at its own pace, then Enter. */
export async function scanIn(page: Page, code: string): Promise<void> {
  const cdp = await page.context().newCDPSession(page);
  // All at once: a round trip for every key would be slower than any scanner.
  const keys = [...code].flatMap((text) => [
    cdp.send("Input.dispatchKeyEvent", { type: "keyDown", text, key: text, unmodifiedText: text }),
    cdp.send("Input.dispatchKeyEvent", { type: "keyUp", key: text }),
  ]);
  const enter = { key: "Enter", code: "Enter", windowsVirtualKeyCode: 13, nativeVirtualKeyCode: 13 };
  keys.push(cdp.send("Input.dispatchKeyEvent", { type: "keyDown", text: "\r", unmodifiedText: "\r", ...enter }));
  keys.push(cdp.send("Input.dispatchKeyEvent", { type: "keyUp", ...enter }));
  await Promise.all(keys);
  await cdp.detach();
}

export async function looks(page: Page, looks: Record<string, unknown>): Promise<void> {
  await page.addInitScript((value) => localStorage.setItem("jkkc-looks", JSON.stringify(value)), looks);
}

export const SCREENS = (villager: string, pupil = villager): [string, string][] => [
  ["home", "#/home"],
  ["find", "#/home"],
  ["day", "#/day"],
  ["register", "#/register"],
  ["card", `#/card/${villager}`],
  ["person", `#/person/${villager}`],
  ["form-general", `#/form/general/${villager}`],
  ["form-bp", `#/form/bp/${villager}`],
  ["form-blood", `#/form/blood/${villager}`],
  ["form-urine", `#/form/urine/${pupil}`],
  ["class", "#/class/general"],
  ["coverage", "#/coverage"],
  ["checkout", `#/checkout/${villager}`],
  ["end", "#/end"],
  ["sync", "#/sync"],
  ["print", "#/print"],
  ["settings", "#/settings"],
];
