// What the fake host makes of typed values: enough to look right on screen. Not the rules: those are `domain`'s.
import items from "@catalogue/items.json";
import type { ItemVerdict, Judged, Typed } from "../api";
import { isNumber } from "../../entry/digits";
import type { Somebody } from "./people";

/** An item as the catalogue's file has it. */
export interface Item {
  code: number;
  key: string;
  name_zh: string;
  short_zh: string;
  unit_zh: string;
  kind: "number" | "choice" | "several" | "text" | "date" | "teeth";
  decimals_shown?: number;
  derived?: boolean;
  choices?: { code: number; key: string; zh: string; exclusive?: boolean }[];
  chars_max?: number;
  sex?: "M" | "F";
  shown_if?: { item: string; is?: string[] };
  hint_zh?: string;
}
export const ITEMS = items.items as Item[];
export const itemOf = (key: string) => ITEMS.find((item) => item.key === key);

/** For anyone; pupils' heights and weights by age are left wide. */
const USUAL: Record<string, [number, number]> = {
  height_cm: [130, 200], weight_kg: [30, 150], waist_cm: [50, 140], temperature_cel: [35, 39], pulse_per_min: [40, 150],
  sbp1_mmhg: [70, 250], dbp1_mmhg: [40, 130], sbp2_mmhg: [70, 250], dbp2_mmhg: [40, 130], vision_right: [3.5, 5.3],
  vision_left: [3.5, 5.3], glucose_mmol_l: [2.2, 25], hb_g_l: [40, 200],
};
const PUPIL: Record<string, [number, number]> = { height_cm: [105, 185], weight_kg: [14, 90] };
export const RANGE: Record<string, string> = {
  sbp1_mmhg: "90–139", dbp1_mmhg: "60–89", glucose_mmol_l: "3.9–6.0", hb_g_l: "115–150", vision_right: "≥5.0", vision_left: "≥5.0",
};

export function hardLimits(key: string): [string | null, string | null] {
  const limits = (itemOf(key) as { hard_limits?: { min?: string; max?: string } } | undefined)?.hard_limits;
  return [limits?.min ?? null, limits?.max ?? null];
}

function slip(key: string, value: number): string | null {
  const [min, max] = USUAL[key] ?? [0, 0];
  for (const factor of [100, 10, 0.1]) {
    const other = Math.round(value * factor * 10) / 10;
    if (other >= min && other <= max) return String(other);
  }
  return null;
}

interface Class {
  text: string;
  level: "" | "A" | "B" | "C";
  arrow: string;
}
const FINE: Class = { text: "", level: "", arrow: "" };

function pressure(high: number, low: number): Class {
  if (high >= 180 || low >= 110) return { text: "血压 3 级（重度）", level: "A", arrow: "高" };
  if (high >= 160 || low >= 100) return { text: "血压 2 级（中度）", level: "B", arrow: "高" };
  if (high >= 140 || low >= 90) return { text: "血压 1 级（轻度）", level: "B", arrow: "高" };
  if (high >= 120 || low >= 80) return { text: "正常高值", level: "", arrow: "" };
  return { text: "血压正常", level: "", arrow: "" };
}

export function classOf(key: string, values: Record<string, string>): Class {
  const value = Number(values[key]);
  if (!values[key]) return FINE;
  if (/^[sd]bp\d/.test(key)) {
    const turn = key[3] === "1" ? "1" : "2";
    const [high, low] = [Number(values[`sbp${turn}_mmhg`]), Number(values[`dbp${turn}_mmhg`])];
    if (!high || !low) return FINE;
    const all = pressure(high, low);
    const own = key.startsWith("s") ? pressure(high, 0) : pressure(0, low);
    return { ...all, arrow: own.arrow };
  }
  if (key === "glucose_mmol_l") {
    if (value >= 16.7) return { text: "血糖危急值", level: "A", arrow: "高" };
    if (value >= 7) return { text: "空腹血糖达糖尿病界值", level: "B", arrow: "高" };
    if (value >= 6.1) return { text: "空腹血糖受损", level: "C", arrow: "高" };
  }
  if (key.startsWith("vision")) return value > 0 && value < 5 ? { text: value < 4.6 ? "重度视力不良" : "视力不良", level: "C", arrow: "低" } : FINE;
  if (key === "bmi_kg_m2") {
    if (value >= 28) return { text: "肥胖", level: "C", arrow: "高" };
    if (value >= 24) return { text: "超重", level: "C", arrow: "高" };
    return { text: "体重正常", level: "", arrow: "" };
  }
  return FINE;
}

export function bmiOf(values: Record<string, string>): string {
  const [height, weight] = [Number(values.height_cm), Number(values.weight_kg)];
  return height > 50 && weight > 5 ? (weight / (height / 100) ** 2).toFixed(1) : "";
}

function verdict(somebody: Somebody, typed: Typed, values: Record<string, string>): ItemVerdict {
  const fine: ItemVerdict = { item: typed.item, band: "fine", text: "", suggestion: null, class_text: "", level: "" };
  const item = itemOf(typed.item);
  if (!item || typed.absent !== null) return fine;
  if (typed.text === "") return { ...fine, band: "empty" };
  if (item.kind !== "number") return typed.text === "abnormal" ? { ...fine, class_text: "异常，由医生结论", level: "C" } : fine;
  if (!isNumber(typed.text)) return { ...fine, band: "impossible", text: "不是数字" };
  const [min, max] = hardLimits(typed.item);
  const value = Number(typed.text);
  const unit = item.unit_zh;
  if ((min !== null && value < Number(min)) || (max !== null && value > Number(max))) {
    return { ...fine, band: "impossible", text: `不可能：应在 ${min}–${max} ${unit} 之间`, suggestion: slip(typed.item, value) };
  }
  const usual = (somebody.isPupil ? PUPIL[typed.item] : undefined) ?? USUAL[typed.item];
  if (usual && (value < usual[0] || value > usual[1])) {
    return { ...fine, band: "unusual", text: `少见：通常 ${usual[0]}–${usual[1]} ${unit}，请核对`, suggestion: slip(typed.item, value) };
  }
  if (/^dbp/.test(typed.item)) {
    const high = Number(values[typed.item.replace("d", "s")]);
    if (high && high <= value) return { ...fine, band: "impossible", text: "舒张压不低于收缩压，请核对是否颠倒" };
  }
  const found = classOf(typed.item, values);
  return { ...fine, class_text: found.text, level: found.level };
}

export function judge(somebody: Somebody, typed: Typed[]): Judged {
  const values = Object.fromEntries(typed.map((one) => [one.item, one.text]));
  const bmi = bmiOf(values);
  const isHigh = (turn: string) => Number(values[`sbp${turn}_mmhg`]) >= 180 || Number(values[`dbp${turn}_mmhg`]) >= 110;
  return {
    items: typed.map((one) => verdict(somebody, one, values)),
    derived: bmi === "" ? [] : [{ item: "bmi_kg_m2", text: bmi, absent: null, confirmed: true }],
    recheck: isHigh("1") && !values.sbp2_mmhg
      ? { items: ["sbp2_mmhg", "dbp2_mmhg"], station: "bp", text: "血压达 180/110：请静坐 5 分钟后复测，填在第二次。", urgent: "现在就问：有没有剧烈头痛？有，马上叫医生。", rest_min: 5, go: "静坐后去复测", wait: "{name}先别走：坐到 {until}，再量一次", since: "{at} 量的，{until} 以后再量", left: "还要坐 {n} 分钟", ready: "{at} 量的，可以再量了", meanwhile: "" }
      : null,
    still: null,
  };
}
