// Tubes where blood is drawn, and a laboratory's file dropped in, on the real host. Not what a file may be (tests/tests/lab.rs).
import { BLOOD, TWICE, VILLAGER } from "./fixture";
import { answered, atForm, atVillage, scanIn, scanned } from "./steps";
import { expect, test, type Page } from "./test";

const CODE = "B2609140001";
const HEAD = "条码号,项目,结果,单位,范围";
const tube = (page: Page, name: string) => page.locator(".tubelist li", { hasText: name });
const csv = (name: string, rows: string[]) => ({ name, mimeType: "text/csv", buffer: Buffer.from([HEAD, ...rows].join("\n")) });

test("a tube scanned where blood is drawn is that person's; another's code asks first; a person's code still leads to the person", async ({ page }) => {
  await atVillage(page);
  await atForm(page, BLOOD, VILLAGER.id);
  await expect(tube(page, "生化管")).toContainText("还没扫码");
  await scanned(page, CODE);
  await expect(page.locator(".banner .title", { hasText: `生化管 ${CODE} 已绑定，已保存` })).toBeVisible();
  await expect(tube(page, "生化管")).toContainText("待回报");
  // The question in hand is as it was: nothing of the code is in it.
  await expect(page.locator(".question input[type=text]").first()).toHaveValue("");
  await scanned(page, TWICE.id);
  await expect(page.locator(".strip h1")).toHaveText(TWICE.name);
  await scanIn(page, CODE);
  const asked = page.getByRole("dialog", { name: `${CODE} 已经绑定过` });
  await expect(asked).toBeVisible();
  await asked.getByRole("button", { name: "改绑到这个人" }).click();
  await expect(asked.getByText("请写明原因。")).toBeVisible();
  await asked.getByRole("button", { name: "不绑" }).click();
  await expect(tube(page, "生化管")).toContainText("还没扫码");
  await page.getByText("没有扫码枪：手工输入条码").click();
  await page.getByRole("textbox", { name: "管上的条码" }).fill("B2609140002");
  await page.keyboard.press("Enter");
  await expect(tube(page, "生化管")).toContainText("B2609140002");
  await tube(page, "生化管").getByRole("button", { name: "需重采" }).click();
  const spoil = page.getByRole("dialog", { name: "生化管 B2609140002 需重采" });
  await spoil.getByRole("radio", { name: "标本溶血" }).check();
  await expect(async () => {
    await spoil.getByRole("button", { name: "需重采" }).click({ timeout: 700 });
    await expect(tube(page, "生化管")).toContainText("需重采", { timeout: 2_000 });
    await expect(spoil).toHaveCount(0, { timeout: 700 });
  }).toPass();
});

test("a tube's code as short as the engine takes is bound as it is scanned, and answers no question", async ({ page }) => {
  await atVillage(page);
  await atForm(page, BLOOD, VILLAGER.id);
  await expect(page.locator(".question :focus").first()).toBeVisible();
  await scanned(page, "1123451");
  await expect(tube(page, "生化管")).toContainText("1123451");
  await scanned(page, "1120");
  await expect(page.locator(".tubelist")).toContainText("1120");
  await expect(page.locator(".question .chip.on")).toHaveCount(0);
});

test("a save pressed right behind a scan is taken: no scanner holds Ctrl; and what a laboratory gives back is not asked of who draws", async ({ page }) => {
  await atVillage(page);
  await atForm(page, BLOOD, VILLAGER.id);
  await expect(page.locator(".sheethead")).toContainText("必检还有 1 项");
  await page.keyboard.press("1");
  await expect(page.locator(".sheethead")).toContainText("还要扫 2 支管");
  const saved = answered(page, "save");
  await scanIn(page, CODE);
  await page.keyboard.press("Control+Enter");
  expect((await saved).ok()).toBe(true);
  await expect(page.locator(".next-person")).toBeVisible();
});

test("a laboratory's file dropped in is taken, and what fits no tube waits with its reason until it has its code", async ({ page }) => {
  await atVillage(page);
  await atForm(page, BLOOD, VILLAGER.id);
  await scanned(page, CODE);
  await expect(tube(page, "生化管")).toContainText("待回报");
  await page.evaluate(() => (location.hash = "#/coverage"));
  await page.getByRole("button", { name: "检验结果" }).click();
  await page.getByRole("textbox", { name: "检验机构" }).fill("示例检验科");
  const told = { barcode: "条码号", rows: { analyte: "项目", value: "结果", unit: "单位", range: "范围" }, items: { ALT: { item: "alt_u_l" } } };
  const [mapping, results] = [page.locator('input[type="file"]').nth(0), page.locator('input[type="file"]').nth(1)];
  await mapping.setInputFiles({ name: "列对应.json", mimeType: "application/json", buffer: Buffer.from(JSON.stringify(told)) });
  await expect(page.getByText("列对应文件：列对应.json")).toBeVisible();
  await results.setInputFiles(csv("结果.csv", ["B2609149999,ALT,35,U/L,<50"]));
  await expect(page.locator(".banner .title", { hasText: "没有采用任何结果" })).toBeVisible();
  await expect(page.getByText("没有绑定过这个条码，请核对条码，或等采血的设备同步后重试")).toBeVisible();
  await page.getByRole("textbox", { name: "正确的条码" }).fill(CODE);
  await page.getByRole("button", { name: "按这个条码采用" }).click();
  await expect(page.getByText("没有对不上的报告。")).toBeVisible();
  await expect(page.locator("tr", { hasText: "生化管" }).locator("td").nth(2)).toHaveText("1部分回报 1");
  // Known by now: neither name nor mapping is asked again.
  await expect(page.getByRole("radio", { name: "示例检验科" })).toBeChecked();
  await page.locator('input[type="file"]').setInputFiles(csv("二.csv", [`${CODE},ALT,35,U/L,<50`]));
  await expect(page.locator(".banner p", { hasText: "没有变化 1 份" })).toBeVisible();
  // Corrected, and changed back: the old value waits until somebody says that it is right again.
  await page.locator('input[type="file"]').setInputFiles(csv("三.csv", [`${CODE},ALT,53,U/L,<50`]));
  await expect(page.locator(".banner p", { hasText: "其中更正 1 项" })).toBeVisible();
  await page.locator('input[type="file"]').setInputFiles(csv("四.csv", [`${CODE},ALT,35,U/L,<40`, `${CODE},ALT,35,U/L,<40`]));
  await expect(page.getByText("没有对不上的报告。")).toBeVisible();
  await page.locator('input[type="file"]').setInputFiles(csv("五.csv", [`${CODE},ALT,53,U/L,<50`]));
  await page.getByRole("button", { name: "核对过了，照样采用" }).click();
  await expect(page.locator(".banner p", { hasText: "其中更正 1 项" })).toBeVisible();
  await expect(page.getByText("没有对不上的报告。")).toBeVisible();
  // A cell that cannot be read is named, with the laboratory's own word for it.
  await page.locator('input[type="file"]').setInputFiles(csv("六.csv", [`${CODE},ALT,<5,U/L,<50`]));
  await expect(page.locator(".checks .said")).toHaveText("ALT　<5 U/L");
  if (process.env.E2E_PICTURES) await page.screenshot({ path: `${process.env.E2E_PICTURES}/lab-line.png`, fullPage: true });
});

test("a laboratory nobody told of: its columns are said on the screen by keyboard, remembered, and asked again when they moved", async ({ page }) => {
  await atVillage(page);
  await atForm(page, BLOOD, VILLAGER.id);
  await scanned(page, CODE);
  await expect(tube(page, "生化管")).toContainText("待回报");
  await page.evaluate(() => (location.hash = "#/coverage"));
  await page.getByRole("button", { name: "检验结果" }).click();
  await page.getByRole("textbox", { name: "检验机构" }).fill("县医院检验科");
  const results = page.locator('input[type="file"]').last();
  await results.setInputFiles(csv("结果.csv", [`${CODE},ALT,55,U/L,9-60`, `${CODE},RDW,13,%,`]));
  await expect(page.getByRole("heading", { name: "这份文件的列" })).toBeVisible();
  await expect(page.getByRole("cell", { name: CODE }).first()).toBeVisible();
  await page.getByRole("combobox", { name: "ALT是哪个项目" }).focus();
  await page.keyboard.press("Control+Enter");
  await expect(page.getByText("“RDW”还没有对应：选一个项目，或选“不采用”。")).toBeVisible();
  await page.getByRole("combobox", { name: "RDW是哪个项目" }).selectOption("不采用");
  await page.getByRole("combobox", { name: "RDW是哪个项目" }).press("Control+Enter");
  await expect(page.locator(".banner .title", { hasText: "采用 1 份，1 项结果" })).toBeVisible();
  // Remembered; and where the column is called otherwise, asked again with the same file in hand.
  const moved = { ...csv("二.csv", []), buffer: Buffer.from(`样本条码,项目,结果,单位,范围\n${CODE},ALT,56,U/L,9-60`) };
  await page.locator('input[type="file"]').last().setInputFiles(moved);
  await expect(page.getByRole("heading", { name: "这份文件的列" })).toBeVisible();
  await expect(page.getByRole("combobox", { name: "管上的条码" })).toHaveValue("样本条码");
  await page.getByRole("button", { name: "记住并导入" }).click();
  await expect(page.locator(".banner .title", { hasText: "采用 1 份，1 项结果" })).toBeVisible();
  // Both ranges are to be seen with the value; the laboratory's is the one that marks it.
  await page.goBack();
});

test("what arrived is counted against the list, a missing tube is named, and only a decision draws it again", async ({ page }) => {
  await atVillage(page);
  await atForm(page, BLOOD, VILLAGER.id);
  await scanned(page, CODE);
  await expect(tube(page, "生化管")).toContainText("在途");
  await page.evaluate(() => (location.hash = "#/print"));
  await page.getByRole("radio", { name: /送检交接单/ }).check();
  const card = page.locator(".arrivals");
  await card.getByRole("button", { name: "登记送达" }).click();
  await expect(card.getByText("请写收到的支数")).toBeVisible();
  await card.getByRole("textbox", { name: "生化管收到几支" }).fill("0");
  await card.getByRole("textbox", { name: "没有收到的条码" }).fill(CODE);
  await card.getByRole("textbox", { name: "接收人" }).fill("检验科甲某");
  const said = answered(page, "arrive");
  await card.getByRole("button", { name: "登记送达" }).click();
  expect((await said).ok()).toBe(true);
  await expect(card.locator("tr", { hasText: "生化管" })).toContainText("−1");
  await expect(card.getByText("清点不符")).toBeVisible();
  if (process.env.E2E_PICTURES) await card.screenshot({ path: `${process.env.E2E_PICTURES}/arrivals-1366.png` });
  // Nothing is drawn again by itself.
  await card.getByRole("button", { name: "需重采" }).click();
  const asked = page.getByRole("dialog", { name: `生化管 ${CODE} 需重采` });
  await expect(async () => {
    if ((await asked.count()) > 0) await asked.getByRole("button", { name: "需重采" }).click({ timeout: 700 });
    await expect(card.getByText("清点不符")).toHaveCount(0, { timeout: 2_000 });
  }).toPass();
  await expect(card.locator(".checks")).toContainText("需重采");
});
