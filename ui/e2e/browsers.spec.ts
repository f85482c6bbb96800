// Tablets at a hub: a real `jkkc hub serve`, two browsers that pair by its codes, each with an operator of their own, and what
// one saves shows at the other. Not every refusal (tests/tests/browsers.rs), not devices at a hub (tests/tests/hall.rs).
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium as engine } from "@playwright/test";
import { chromium } from "./engine";
import { COLLEAGUE, GENERAL, OPERATOR, VILLAGE, VILLAGER } from "./fixture";
import { enrolment, jkkc } from "./hall";
import { answered, atForm, chooseUnit, openDoor, reach } from "./steps";
import { expect, hall, test, type Page } from "./test";

const JKKC = process.env.JKKC ?? fileURLToPath(new URL("../../target/debug/jkkc", import.meta.url));
const UI = fileURLToPath(new URL("../dist", import.meta.url));

/** A hub and the codes it shows, one line each. */
class Hub {
  private readonly lines: string[] = [];
  private rest = "";

  private constructor(private readonly child: ChildProcess) {
    child.stdout?.setEncoding("utf8").on("data", (more: string) => {
      const parts = (this.rest + more).split("\n");
      this.rest = parts.pop() ?? "";
      this.lines.push(...parts);
    });
  }

  static start(): Hub {
    const folder = mkdtempSync(join(hall().folder, "hub-"));
    const home = ["--home", join(folder, "device"), "--key-file", join(hall().folder, "second.key")];
    cpSync(join(hall().folder, "second"), join(folder, "device"), { recursive: true });
    for (const account of ["zhouqin", "longhai"]) {
      const words = ["device", "account", ...home, "--code", enrolment(hall(), account).accountCode, "--json"];
      execFileSync(JKKC, words, { input: `${OPERATOR.password}\n` });
    }
    // One sync, and any laptop can be the hub.
    jkkc("sync", ...home);
    return new Hub(spawn(JKKC, ["hub", "serve", ...home, "--listen", "127.0.0.1:0", "--ui", UI, "--json"], { stdio: ["ignore", "pipe", "ignore"] }));
  }

  /** The pairing address shown last, once there are so many. */
  async pairing(count: number): Promise<string> {
    const shown = () => this.lines.map((line) => JSON.parse(line) as { pair?: string }).flatMap((line) => line.pair ?? []);
    await expect.poll(() => shown().length, { timeout: 60_000 }).toBeGreaterThanOrEqual(count);
    return shown().at(-1) ?? "";
  }

  end(): void {
    this.child.kill("SIGKILL");
  }
}

async function begin(page: Page, who: { name: string; password: string }): Promise<void> {
  await openDoor(page, who);
  await page.evaluate(() => (location.hash = "#/day"));
  await chooseUnit(page, VILLAGE.unit);
  await page.keyboard.press("Control+Enter");
  await expect(page.getByText("今天已设好，可以开始")).toBeVisible();
  await page.keyboard.press("Control+Enter");
  await expect(page.locator(".next-person")).toBeVisible();
}

test("two tablets pair by a code each, work under their own names and see each other's saves; a copied address is worth nothing", async ({ browser, host }) => {
  test.skip(host === "fake", "a hub is a real program");
  const hub = Hub.start();
  try {
    const first = await hub.pairing(1);
    const { origin, hash } = new URL(first);
    const [one, two] = await Promise.all([browser.newContext(), browser.newContext()]);
    const [tablet, other] = await Promise.all([one.newPage(), two.newPage()]);

    await tablet.goto(`${origin}/`);
    await expect(tablet.getByRole("heading", { name: "把这台平板或手机接到本站电脑" })).toBeVisible();
    await tablet.goto("about:blank");
    await tablet.goto(first);
    await expect(tablet.locator(".door")).toBeVisible();
    expect(tablet.url()).toBe(`${origin}/`);
    expect(await tablet.evaluate(() => [document.cookie, ...Object.keys(localStorage)]), "no cookie a script could read, and nothing else: looks are kept when somebody changes them").toEqual([""]);

    // Somebody photographed the address.
    await other.goto(first);
    await expect(other.locator("#told")).toContainText("已用过");
    await expect(other.locator("#fingerprint")).toContainText(hash.slice(1, 3).toUpperCase());
    if (process.env.E2E_PICTURES) await other.screenshot({ path: `${process.env.E2E_PICTURES}/pair.png`, fullPage: true });
    await other.locator("#code").fill(((await hub.pairing(2)).split(":").pop() ?? "").toLowerCase());
    await other.getByRole("button", { name: "连接" }).click();
    await expect(other.locator(".door")).toBeVisible();
    // What is made at the laptop alone is not offered here.
    await expect(other.getByRole("button", { name: "添加同事账号" })).toHaveCount(0);

    await begin(tablet, OPERATOR);
    await begin(other, COLLEAGUE);
    await expect(other.locator("button.who")).toContainText(COLLEAGUE.name);
    await expect(tablet.locator("button.who")).toContainText(OPERATOR.name);
    await expect(tablet.locator("nav.ways")).not.toContainText("打印");
    const person = await reach(other, VILLAGER.id);
    await other.evaluate((to) => (location.hash = to), `#/person/${person}`);
    await expect(other.locator("main")).toContainText(VILLAGER.name);

    await atForm(tablet, GENERAL, VILLAGER.id);
    await tablet.getByRole("textbox", { name: "身高", exact: true }).fill("157.4");
    await tablet.keyboard.press("Control+Enter");
    await expect(tablet.locator(".banner .title", { hasText: "已保存" })).toBeVisible();
    await expect(other.locator("main")).toContainText("157.4");
    if (process.env.E2E_PICTURES) await other.screenshot({ path: `${process.env.E2E_PICTURES}/tablet.png` });

    // One locks; the other works on.
    await other.locator("button.who").click();
    await expect(other.locator(".door")).toBeVisible();
    await expect(tablet.locator(".frame")).toBeVisible();
    await Promise.all([one.close(), two.close()]);
  } finally {
    hub.end();
  }
});

/** Files of a browser's folder in which one of these texts stands, in any of the ways in which it writes texts. */
function kept(folder: string, texts: string[]): string[] {
  const forms = texts.flatMap((text) => (["utf8", "utf16le"] as const).map((form) => Buffer.from(text, form)));
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) => one.isFile()).map((one) => join(one.parentPath, one.name));
  return files.filter((file) => {
    const bytes = readFileSync(file);
    return forms.some((form) => bytes.includes(form));
  });
}

test("a tablet keeps nothing of anybody, neither for a script nor on its disk, and a locked page shows nobody", async ({ host }) => {
  test.skip(host === "fake", "a hub is a real program");
  const hub = Hub.start();
  const folder = mkdtempSync(join(hall().folder, "tablet-"));
  const context = await engine.launchPersistentContext(folder, { ...chromium, ignoreHTTPSErrors: true, locale: "zh-CN", viewport: { width: 1366, height: 768 } });
  const texts = [VILLAGER.name, VILLAGER.id, COLLEAGUE.password];
  try {
    const tablet = await context.newPage();
    const pairing = await hub.pairing(1);
    await tablet.goto(pairing);
    await begin(tablet, COLLEAGUE);
    const person = await atForm(tablet, GENERAL, VILLAGER.id);
    const drafted = answered(tablet, "draft_put", '"166"');
    await tablet.getByRole("textbox", { name: "身高", exact: true }).fill("166");
    await drafted;
    expect(await tablet.content(), "control: the open form shows whose it is").toContain(VILLAGER.name);
    await tablet.locator("button.who").click();
    await expect(tablet.locator(".door")).toBeVisible();
    for (const text of [VILLAGER.name, VILLAGER.id, person]) expect(await tablet.content()).not.toContain(text);
    const left = await tablet.evaluate(async () => ({
      cookie: document.cookie, local: Object.keys(localStorage), session: Object.keys(sessionStorage), databases: (await indexedDB.databases()).length,
      caches: (await caches.keys()).length, workers: (await navigator.serviceWorker.getRegistrations()).length,
    }));
    expect(left).toEqual({ cookie: "", local: [], session: [], databases: 0, caches: 0, workers: 0 });
    expect((await context.cookies()).map((one) => [one.name, one.httpOnly, one.secure])).toEqual([["__Host-seat", true, true]]);
    // The draft is the laptop's: it is there again for whoever opens it at a browser, and only then.
    await openDoor(tablet, COLLEAGUE);
    await expect(tablet.getByText("没写完的表").first()).toBeVisible();
    await tablet.locator("button.who").click();
    await expect(tablet.locator(".door")).toBeVisible();
    await context.close();
    expect(kept(folder, texts)).toEqual([]);
    // And a name that is kept would be found.
    const other = await engine.launchPersistentContext(folder, { ...chromium, ignoreHTTPSErrors: true });
    const page = await other.newPage();
    await page.goto(`${new URL(pairing).origin}/`);
    await page.evaluate((name) => localStorage.setItem("control", name), VILLAGER.name);
    await other.close();
    expect(kept(folder, texts).length, "control").toBeGreaterThan(0);
  } finally {
    await context.close();
    hub.end();
    rmSync(folder, { recursive: true, force: true });
  }
});
