// Which column of a laboratory's file is what, as somebody says it on the screen, and the mapping that the host remembers. Pure.
// Not how a file is read, nor what a value means: the host's.
import type { LabItemRow, LabLook } from "../platform/api";

/** A line for each analyte, or a line for each tube. */
export type Shape = "rows" | "columns";
export type Role = "barcode" | "analyte" | "value" | "unit" | "range";
export const ROLES: Role[] = ["barcode", "analyte", "value", "unit", "range"];
/** Said of an analyte that is not kept. */
export const LEFT_OUT = "-";

interface Analyte { item: string; unit?: string | null }
interface Mapping {
  barcode: string;
  rows: { analyte: string; value: string; unit: string | null; range: string | null } | null;
  columns: Record<string, Analyte>;
  items: Record<string, Analyte>;
  ignore: string[];
  rejected: string[];
  /** Of a line for each tube: every heading that was looked at; one that comes later is asked about. */
  known?: string[];
}
export interface Said { item: string; unit: string }
/** `before`: headings that were looked at when this was told before; null where nobody has. */
export interface Model { look: LabLook; shape: Shape; roles: Record<Role, string>; said: Record<string, Said>; rejected: string[]; before: string[] | null }
export type Problem = { kind: "role"; role: Role } | { kind: "unsaid"; name: string } | { kind: "unit"; name: string } | { kind: "twice"; name: string } | { kind: "none" } | { kind: "many" };

/** Words of headings; the first column that fits is proposed, and a person looks. */
const WORDS: Record<Role, RegExp> = {
  barcode: /条码|条形码|样本号|标本号|管号|barcode/i,
  analyte: /项目代码|项目|analyte|test/i,
  value: /结果|测定值|检测值|result|value/i,
  unit: /单位|unit/i,
  range: /参考|范围|range/i,
};
/** Words in place of a value that a laboratory uses for a sample that is no good. */
const REJECTED = ["溶血", "标本不合格"];

function told(text: string): Partial<Mapping> {
  try {
    return text === "" ? {} : (JSON.parse(text) as Partial<Mapping>);
  } catch {
    return {};
  }
}
const plain = (text: string) => text.replace(/\s/g, "").toLowerCase();

/** An item of that very name, or whose key begins with it: `ALT` is alt_u_l. Else none. */
function guess(items: LabItemRow[], name: string): string {
  const bare = plain(name.replace(/[（(].*[)）]/, ""));
  return items.find((one) => plain(one.name) === bare || one.item.split("_")[0] === bare)?.item ?? "";
}
/** `mmol/L` of `葡萄糖(mmol/L)`, where it is declared for the item. */
function unitIn(item: LabItemRow | undefined, name: string): string {
  const inside = /[（(](.*)[)）]/.exec(name)?.[1] ?? "";
  return item?.units.find((unit) => plain(unit) === plain(inside)) ?? "";
}
export const itemOf = (model: Model, name: string) => model.look.items.find((one) => one.item === model.said[name]?.item);

export function begin(look: LabLook): Model {
  const before = told(look.mapping);
  const headings = look.columns.map((one) => one.heading);
  const here = (heading: string | null | undefined) => (heading && headings.includes(heading) ? heading : "");
  const known: Partial<Record<Role, string>> = { barcode: here(before.barcode), analyte: here(before.rows?.analyte), value: here(before.rows?.value), unit: here(before.rows?.unit), range: here(before.rows?.range) };
  const taken = new Set<string>(Object.values(known));
  const roles = { barcode: "", analyte: "", value: "", unit: "", range: "" };
  for (const role of ROLES) {
    roles[role] = known[role] || (headings.find((one) => WORDS[role].test(one) && !taken.has(one)) ?? "");
    taken.add(roles[role]);
  }
  const isRows = before.rows ? true : Object.keys(before.columns ?? {}).length > 0 ? false : roles.analyte !== "" && roles.value !== "";
  const said: Record<string, Said> = {};
  for (const name of before.ignore ?? []) said[name] = { item: LEFT_OUT, unit: "" };
  for (const [name, one] of Object.entries({ ...before.columns, ...before.items })) said[name] = { item: one.item, unit: one.unit ?? "" };
  return proposed({ look, shape: isRows ? "rows" : "columns", roles, said, rejected: before.rejected ?? REJECTED, before: look.is_told_twice ? [] : (before.known ?? null) });
}

/** What an analyte may be called in this file, in its order. */
export function names(model: Model): string[] {
  const { look, roles, shape } = model;
  if (look.is_hl7) return look.columns[0]?.distinct ?? [];
  if (shape === "rows") return look.columns.find((one) => one.heading === roles.analyte)?.distinct ?? [];
  return look.columns.map((one) => one.heading).filter((heading) => heading !== roles.barcode);
}
function proposed(model: Model): Model {
  const said = { ...model.said };
  for (const name of names(model)) {
    if (said[name]) continue;
    const isWide = !model.look.is_hl7 && model.shape === "columns";
    // Beside the analytes a wide table has names and days: left out, until somebody has looked at it and a column is new.
    const isLeft = isWide && model.before?.includes(name) === true;
    const item = isLeft ? LEFT_OUT : guess(model.look.items, name);
    said[name] = { item: item || (isWide && model.before === null ? LEFT_OUT : ""), unit: unitIn(model.look.items.find((one) => one.item === item), name) };
  }
  return { ...model, said };
}
export const withShape = (model: Model, shape: Shape) => proposed({ ...model, shape });
export const withRole = (model: Model, role: Role, heading: string) => proposed({ ...model, roles: { ...model.roles, [role]: heading } });
export function withItem(model: Model, name: string, item: string): Model {
  const units = model.look.items.find((one) => one.item === item)?.units ?? [];
  const before = model.said[name]?.unit ?? "";
  return { ...model, said: { ...model.said, [name]: { item, unit: units.includes(before) ? before : "" } } };
}
export const withUnit = (model: Model, name: string, unit: string): Model => ({ ...model, said: { ...model.said, [name]: { item: model.said[name]?.item ?? "", unit } } });

/** Whether the unit has to be said here: the file names none, and a number needs one. */
export function needsUnit(model: Model, name: string): boolean {
  const isNamed = model.look.is_hl7 || (model.shape === "rows" && model.roles.unit !== "");
  return !isNamed && (itemOf(model, name)?.units.length ?? 0) > 0;
}

/** What keeps the mapping from being one; the first of each kind. */
export function problems(model: Model): Problem[] {
  const found: Problem[] = [];
  const { look, roles, shape } = model;
  if (!look.is_hl7) {
    const wanted: Role[] = shape === "rows" ? ["barcode", "analyte", "value"] : ["barcode"];
    for (const role of wanted) if (roles[role] === "") found.push({ kind: "role", role });
    const used = (shape === "rows" ? ROLES : ["barcode" as const]).map((role) => roles[role]).filter((heading) => heading !== "");
    const twice = used.find((heading, at) => used.indexOf(heading) !== at);
    if (twice) found.push({ kind: "twice", name: twice });
    if (shape === "rows" && roles.analyte !== "" && names(model).length === 0) found.push({ kind: "many" });
  }
  const all = names(model);
  const unsaid = all.find((name) => (model.said[name]?.item ?? "") === "");
  if (unsaid !== undefined) found.push({ kind: "unsaid", name: unsaid });
  const kept = all.filter((name) => itemOf(model, name));
  if (unsaid === undefined && kept.length === 0) found.push({ kind: "none" });
  const unit = kept.find((name) => needsUnit(model, name) && model.said[name]?.unit === "");
  if (unit !== undefined) found.push({ kind: "unit", name: unit });
  const twice = kept.find((name) => kept.some((other) => other !== name && model.said[other]?.item === model.said[name]?.item));
  if (twice !== undefined) found.push({ kind: "twice", name: twice });
  return found;
}

/** As the host keeps it. What was said before of analytes that this file does not name stays said. */
export function mapping(model: Model): Mapping {
  const { roles, shape, look } = model;
  const isWide = !look.is_hl7 && shape === "columns";
  const here = new Set(names(model));
  const analytes: Record<string, Analyte> = {};
  const ignore: string[] = [];
  for (const [name, one] of Object.entries(model.said)) {
    if (one.item === LEFT_OUT && !isWide) ignore.push(name);
    if (one.item === LEFT_OUT || one.item === "" || (isWide && !here.has(name))) continue;
    analytes[name] = one.unit === "" ? { item: one.item } : { item: one.item, unit: one.unit };
  }
  const rows = look.is_hl7 || isWide ? null : { analyte: roles.analyte, value: roles.value, unit: roles.unit || null, range: roles.range || null };
  return { barcode: look.is_hl7 ? (told(look.mapping).barcode ?? "") : roles.barcode, rows, columns: isWide ? analytes : {}, items: isWide ? {} : analytes, ignore, rejected: model.rejected, ...(isWide ? { known: [...here] } : {}) };
}
