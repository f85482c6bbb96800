// What people do on these screens, as words the specs use. Not a test.
import { expect, type Page, type Request, type Response } from "@playwright/test";
import { SCAN_REPEAT_MS } from "../src/entry/scan";
import { BLOOD, BP, GENERAL, OPERATOR, OTHERS, SCHOOL, STATIONS, URINE, VILLAGE } from "./fixture";

/** A picture of the page, where a folder for pictures is named. */
export const picture = async (page: Page, name: string) => process.env.E2E_PICTURES && (await page.screenshot({ path: `${process.env.E2E_PICTURES}/${name}.png`, fullPage: true }));

export async function unlock(page: Page, who = OPERATOR): Promise<void> {
  await page.goto("./");
  await openDoor(page, who);
}

/** Does something, and waits until whatever the page asks for it is answered. Not "networkidle": one call waits for others' saves
 * and is never idle. */
export async function untilAnswered(page: Page, act: () => Promise<void>): Promise<void> {
  const open = new Set<Request>();
  const begin = (request: Request) => request.postData()?.includes('"command":"watch"') !== true && open.add(request);
  const end = (request: Request) => open.delete(request);
  page.on("request", begin);
  for (const ended of ["requestfinished", "requestfailed"] as const) page.on(ended as "requestfinished", end);
  await act();
  await expect
    .poll(async () => {
      await page.waitForTimeout(500);
      return open.size;
    })
    .toBe(0);
  page.off("request", begin);
  for (const ended of ["requestfinished", "requestfailed"] as const) page.off(ended as "requestfinished", end);
}

/** At the door: who, and the password. */
export async function openDoor(page: Page, who = OPERATOR): Promise<void> {
  await page.getByRole("button", { name: new RegExp(`^${who.name}`) }).click();
  await page.getByLabel("密码").fill(who.password);
  await page.keyboard.press("Enter");
  await expect(page.locator(".frame")).toBeVisible({ timeout: 40_000 });
}

export async function chooseUnit(page: Page, unit: string): Promise<void> {
  const list = page.getByLabel("站点（村或学校）", { exact: true }).and(page.locator("select"));
  const value = await list.locator("option", { hasText: unit }).getAttribute("value");
  await list.selectOption(value ?? "");
}

/** The day's start: the unit, this device's stations and no others, begun. */
export async function confirmDay(page: Page, unit: string): Promise<void> {
  // A device whose day nobody has confirmed is there by itself, at whatever address.
  await page.locator(".day, .next-person").first().waitFor();
  if (!(await page.locator(".day").isVisible())) await page.evaluate(() => (location.hash = "#/day"));
  await chooseUnit(page, unit);
  for (const pick of await page.locator(".picks label.pick").all()) {
    const name = (await pick.innerText()).trim();
    await pick.getByRole("checkbox").setChecked(STATIONS.some((one) => one.name === name));
  }
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

/** The key the screen names for a station. */
export async function keyOf(page: Page, station: { name: string }): Promise<string> {
  return (await page.locator(".stations button", { hasText: station.name }).locator("kbd").innerText()).trim();
}

/** Finds somebody by the number, as a scanner does, and answers with the id that the screens go by. */
export async function reach(page: Page, id: string): Promise<string> {
  await page.evaluate(() => (location.hash = "#/home"));
  await page.getByRole("button", { name: "先看资料卡" }).click();
  await expect(page.locator("#scan")).toBeFocused();
  await scanned(page, id);
  await page.waitForURL(/#\/card\//);
  await expect(page.locator(".personcard")).toBeVisible();
  return page.url().split("/").pop() ?? "";
}

/** Somebody's form at a station. */
export async function atForm(page: Page, station: { key: string }, id: string): Promise<string> {
  const person = await reach(page, id);
  await page.evaluate((to) => (location.hash = to), `#/form/${station.key}/${person}`);
  await expect(page.locator(".question").first()).toBeVisible();
  await expect(page.locator(".form :focus").first()).toBeVisible();
  return person;
}

/** Between two keys of a hand that looks at what the first one did, milliseconds. */
export const HAND_MS = 80;

/** Enter by Enter to a field, at a hand's pace: the cursor has gone on, or the hand has waited for it, before the next. */
export async function enterTo(page: Page, label: string): Promise<void> {
  const field = page.getByRole("textbox", { name: label, exact: true });
  for (let at = 0; at < 40; at += 1) {
    const here = await page.evaluateHandle(() => document.activeElement);
    if (await field.evaluate((one, active) => one === active, here)) return;
    await page.keyboard.press("Enter");
    await page.waitForFunction((before) => document.activeElement !== before, here, { timeout: 1_000 }).catch(() => undefined);
  }
  await expect(field).toBeFocused();
}

/** The host's answer to a command, where what was asked contains these words. */
export function answered(page: Page, command: string, words = ""): Promise<Response> {
  return page.waitForResponse((answer) => {
    const asked = answer.url().endsWith("/rpc") ? (answer.request().postData() ?? "") : "";
    return asked.includes(`"command":"${command}"`) && asked.includes(words);
  });
}

/** Between two characters of a scanner, milliseconds. */
const SCANNER_GAP_MS = 5;

/** A scanner: characters at its own pace, then Enter. Its keys say when they were pressed, as a keyboard's do, and lie ready for the
 * page whenever it gets to them: a machine that stands still between two of them would be a slower scanner than any. */
export async function scanIn(page: Page, code: string, echoAfterMs?: number): Promise<void> {
  const cdp = await page.context().newCDPSession(page);
  const sent: Promise<unknown>[] = [];
  let due = Date.now();
  const press = (down: object, up: object) => {
    const timestamp = due / 1000;
    sent.push(cdp.send("Input.dispatchKeyEvent", { type: "keyDown", timestamp, ...down }), cdp.send("Input.dispatchKeyEvent", { type: "keyUp", timestamp, ...up }));
    due += SCANNER_GAP_MS;
  };
  const enter = { key: "Enter", code: "Enter", windowsVirtualKeyCode: 13, nativeVirtualKeyCode: 13 };
  const tab = { key: "Tab", code: "Tab", windowsVirtualKeyCode: 9, nativeVirtualKeyCode: 9 };
  for (const pause of echoAfterMs === undefined ? [0] : [0, echoAfterMs]) {
    due += pause;
    for (const text of `${code}\n`) {
      if (text === "\n") press({ text: "\r", unmodifiedText: "\r", ...enter }, enter);
      else if (text === "\t") press(tab, tab);
      else press({ text, key: text, unmodifiedText: text }, { key: text });
    }
  }
  await Promise.all(sent);
  // What comes after the scanner comes after its last key.
  await new Promise((rest) => setTimeout(rest, Math.max(0, due - Date.now())));
  await cdp.detach();
}

/** A hand that has just scanned, or presses a key before it does: an Enter, a Tab or the same code sooner is the scanner's. */
export const handsPause = (page: Page) => page.waitForTimeout(SCAN_REPEAT_MS + 50);

/** A scan that hands take over from. */
export async function scanned(page: Page, code: string): Promise<void> {
  await scanIn(page, code);
  await handsPause(page);
}

/** What takes away hears no press in its first half second: whoever sees it now presses after this. */
export const secondThought = (page: Page) => page.waitForTimeout(600);

export async function looks(page: Page, looks: Record<string, unknown>): Promise<void> {
  await page.addInitScript((value) => localStorage.setItem("jkkc-looks", JSON.stringify(value)), looks);
}

export const saved = (page: Page) => page.locator(".banner .title", { hasText: "已保存" });
export const box = (page: Page, label: string) => page.getByRole("textbox", { name: label, exact: true });
export const question = (page: Page, label: string) => page.locator(".question", { has: box(page, label) });

export async function typeIn(page: Page, ...keys: string[]): Promise<void> {
  for (const key of keys) {
    if (/^(?:Enter|Tab|F\d|Control\+Enter|Escape|ArrowDown|Backspace)$/.test(key)) await page.keyboard.press(key);
    else await page.keyboard.type(key, { delay: 45 });
  }
}

/** Types into the one field and opens who is shown as chosen, once they are. */
export async function findBy(page: Page, text: string, name: string): Promise<void> {
  await expect(page.locator("#scan")).toBeFocused();
  await typeIn(page, text);
  await expect(page.locator("#found .selected")).toContainText(name);
  await typeIn(page, "Enter");
}

/** Every screen, about one person. */
export const SCREENS = (person: string): [string, string][] => [
  ["home", "#/home"],
  ["find", "#/home"],
  ["day", "#/day"],
  ["register", "#/register"],
  ["card", `#/card/${person}`],
  ["person", `#/person/${person}`],
  ["form-general", `#/form/${GENERAL.key}/${person}`],
  ["form-bp", `#/form/${BP.key}/${person}`],
  ["form-blood", `#/form/${BLOOD.key}/${person}`],
  ["form-urine", `#/form/${URINE.key}/${person}`],
  ["class", `#/class/${GENERAL.key}`],
  ["consent", "#/consent"],
  ["coverage", "#/coverage"],
  ["checkout", `#/checkout/${person}`],
  ["end", "#/end"],
  ["conclude", "#/conclude"],
  ["conclusion", `#/conclusion/${person}`],
  ["confirm", "#/confirm"],
  ["tasks", "#/tasks"],
  ["handouts", "#/handouts"],
  ["summary", "#/summary"],
  ["contacts", "#/contacts"],
  ["chains", `#/chains/${person}`],
  ["lab", "#/lab"],
  ["sync", "#/sync"],
  ["hall", "#/hall"],
  ["print", "#/print"],
  ["settings", "#/settings"],
  ["account", "#/account"],
];

/** The forms of all other stations, about one person. */
export const OTHER_FORMS = (person: string): [string, string][] => OTHERS.map((one) => [`form-${one.key}`, `#/form/${one.key}/${person}`]);

/** The columns of a laboratory's file that nobody told of yet. */
export async function columnsOf(page: Page): Promise<void> {
  await page.getByRole("textbox", { name: "检验机构" }).fill("县医院检验科");
  await page.locator('input[type="file"]').last().setInputFiles({ name: "结果.csv", mimeType: "text/csv", buffer: Buffer.from("条码,项目,结果,单位,参考范围\nB2609140001,ALT,55,U/L,9-60\nB2609140001,RDW,13,%,") });
  await page.getByRole("heading", { name: "这份文件的列" }).waitFor();
}
