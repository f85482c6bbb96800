// Columns of a laboratory's file, said on the screen. Not the screen itself.
import { expect, test } from "vitest";
import type { LabColumn, LabItemRow, LabLook } from "../platform/api";
import * as columns from "./columns";

const ITEMS: LabItemRow[] = [
  { item: "alt_u_l", name: "谷丙转氨酶", tube: "生化管", units: ["U/L"] },
  { item: "glucose_mmol_l", name: "血糖", tube: "生化管", units: ["mmol/L"] },
  { item: "hb_g_l", name: "血红蛋白", tube: "血常规管", units: ["g/L", "g/dL"] },
  { item: "urine_protein", name: "尿蛋白", tube: "尿样管", units: [] },
];
const column = (heading: string, ...cells: string[]): LabColumn => ({ heading, samples: cells, distinct: [...new Set(cells)] });
const look = (...all: LabColumn[]): LabLook => ({ is_hl7: false, columns: all, items: ITEMS, mapping: "", is_told_twice: false });
const LONG = look(column("条码号", "B1", "B2"), column("项目", "ALT", "XX"), column("结果", "35", "5"), column("单位", "U/L", ""), column("参考范围", "<50"));

test("headings propose the columns, and only an item of the very name is proposed", () => {
  const model = columns.begin(LONG);
  expect(model.shape).toBe("rows");
  expect(model.roles).toEqual({ barcode: "条码号", analyte: "项目", value: "结果", unit: "单位", range: "参考范围" });
  expect(model.said).toEqual({ ALT: { item: "alt_u_l", unit: "" }, XX: { item: "", unit: "" } });
  expect(columns.problems(model)).toEqual([{ kind: "unsaid", name: "XX" }]);
  const said = columns.withItem(model, "XX", columns.LEFT_OUT);
  expect(columns.problems(said)).toEqual([]);
  expect(columns.mapping(said)).toEqual({
    barcode: "条码号", rows: { analyte: "项目", value: "结果", unit: "单位", range: "参考范围" }, columns: {}, items: { ALT: { item: "alt_u_l" } }, ignore: ["XX"], rejected: ["溶血", "标本不合格"],
  });
});

test("a line for each tube needs the unit of every number, as the heading says it or a person", () => {
  const model = columns.begin(look(column("条码", "B1"), column("谷丙转氨酶", "35"), column("血红蛋白(g/dL)", "13.5"), column("尿蛋白", "-"), column("姓名", "某人")));
  expect(model.shape).toBe("columns");
  expect(columns.problems(model)).toEqual([{ kind: "unit", name: "谷丙转氨酶" }]);
  const said = columns.withUnit(model, "谷丙转氨酶", "U/L");
  expect(columns.problems(said)).toEqual([]);
  const told = columns.mapping(said);
  expect(told.rows).toBeNull();
  expect(told.columns).toEqual({ 谷丙转氨酶: { item: "alt_u_l", unit: "U/L" }, "血红蛋白(g/dL)": { item: "hb_g_l", unit: "g/dL" }, 尿蛋白: { item: "urine_protein" } });
  // Looked at and not kept.
  expect(told.known).toEqual(["谷丙转氨酶", "血红蛋白(g/dL)", "尿蛋白", "姓名"]);
});

test("a column that came later has to be said, and the others stay as they were", () => {
  const first = look(column("条码", "B1"), column("尿蛋白", "-"), column("姓名", "某人"));
  const before = columns.mapping(columns.begin(first));
  const later = look(column("条码", "B1"), column("尿蛋白", "-"), column("姓名", "某人"), column("胱抑素C", "0.8"));
  const again = (known: object) => columns.problems(columns.begin({ ...later, mapping: JSON.stringify({ ...before, ...known }) }));
  expect(again({})).toEqual([{ kind: "unsaid", name: "胱抑素C" }]);
  // The control: looked at before, it is left out again.
  expect(again({ known: ["尿蛋白", "姓名", "胱抑素C"] })).toEqual([]);
});

test.each<[string, (model: columns.Model) => columns.Model, columns.Problem]>([
  ["one column is two things", (model) => columns.withRole(model, "range", "结果"), { kind: "twice", name: "结果" }],
  ["no code of the tube", (model) => columns.withRole(model, "barcode", ""), { kind: "role", role: "barcode" }],
  ["two analytes are one item", (model) => columns.withItem(model, "XX", "alt_u_l"), { kind: "twice", name: "ALT" }],
  ["nothing is kept", (model) => columns.withItem(columns.withItem(model, "ALT", "-"), "XX", "-"), { kind: "none" }],
  ["no unit anywhere", (model) => columns.withRole(columns.withItem(model, "XX", "-"), "unit", ""), { kind: "unit", name: "ALT" }],
])("what is no mapping is named: %s", (_, change, problem) => {
  expect(columns.problems(change(columns.begin(LONG)))).toContainEqual(problem);
});

test("what was said before is kept where its heading is still there, and asked anew where it is not", () => {
  const before = columns.mapping(columns.withItem(columns.begin(LONG), "XX", columns.LEFT_OUT));
  const moved = look(column("样本条码", "B1"), column("项目", "ALT", "GLU"), column("结果", "35", "5"), column("单位", "U/L", ""));
  const model = columns.begin({ ...moved, mapping: JSON.stringify(before) });
  expect(model.roles).toEqual({ barcode: "样本条码", analyte: "项目", value: "结果", unit: "单位", range: "" });
  expect(columns.problems(model)).toEqual([{ kind: "unsaid", name: "GLU" }]);
  const told = columns.mapping(columns.withItem(model, "GLU", "glucose_mmol_l"));
  expect(Object.keys(told.items)).toEqual(["ALT", "GLU"]);
  expect(told.ignore).toEqual(["XX"]);
});

test("of a laboratory that two told otherwise no heading is left out by itself", () => {
  const wide = look(column("条码", "B1"), column("谷丙", "35"));
  const guessed = columns.withShape(columns.begin(wide), "columns");
  expect(columns.problems(guessed).some((one) => one.kind === "unsaid" && one.name === "谷丙")).toBe(false);
  const again = columns.withShape(columns.begin({ ...wide, is_told_twice: true }), "columns");
  expect(columns.problems(again)).toContainEqual({ kind: "unsaid", name: "谷丙" });
});

test("of HL7 the codes are asked about, and no column", () => {
  const model = columns.begin({ is_hl7: true, columns: [column("OBX-3", "2345", "ALT")], items: ITEMS, mapping: "", is_told_twice: false });
  expect(columns.problems(model)).toEqual([{ kind: "unsaid", name: "2345" }]);
  const told = columns.mapping(columns.withItem(model, "2345", "glucose_mmol_l"));
  expect(told).toMatchObject({ rows: null, columns: {}, items: { 2345: { item: "glucose_mmol_l" }, ALT: { item: "alt_u_l" } } });
});
