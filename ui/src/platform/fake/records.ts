// What the fake host remembers: people, values, drafts; and the views made of them. Kept in the tab's session so that
// a reload is a restart. Not a database, not the project's rules.
import packages from "@catalogue/packages.json";
import stations from "@catalogue/stations.json";
import type { DayChoice, Draft, FindingRow, OwedRow, PersonRow, Slot, StationProgress, Typed, ValueCell } from "../api";
import { ageOn } from "../../entry/digits";
import { ITEMS, RANGE, bmiOf, classOf, itemOf } from "./judge";
import { EARLIER, UNITS, everybody, type Somebody } from "./people";

/** A station as the catalogue's file has it. */
export const STATIONS = stations.stations as { code: number; key: string; name_zh: string; digit_goes_on?: boolean; items: string[] }[];

interface Package {
  key: string;
  kind: string;
  name_zh: string;
  adds?: { age_from_years?: number; age_below_years?: number; age_unknown?: boolean; answer?: { item: string; is: string[] } };
  mandatory: string[];
  optional: string[];
}
const PACKAGES = packages.packages as Package[];
export const CLOCK_DAY = "2026-04-18";

export interface Records {
  people: Somebody[];
  values: Record<string, Record<string, ValueCell[]>>;
  drafts: Draft[];
  owed: OwedRow[];
  choice: DayChoice | null;
  operator: Slot | null;
  accounts: Slot[];
  tries: number;
  saves: string[];
  saved: number;
  unsent: number;
  syncedAt: string | null;
  minutes: number;
  decided: Record<string, boolean>;
  phase: "empty" | "locked" | "open";
  isNoticed: boolean;
}

export function unitLabel(unit: string): string {
  return UNITS.find((one) => one.unit === unit)?.label ?? "外地";
}

export function packageOf(somebody: Somebody): string[] {
  return PACKAGES.find((one) => (one.kind === "pupil") === somebody.isPupil)?.mandatory ?? [];
}

/** Every item somebody may be asked: of the round's package and those that age or an answer adds. */
export function askedOf(records: Records, somebody: Somebody): Set<string> {
  const age = ageOn(somebody.birth, CLOCK_DAY);
  const values = currentValues(records, somebody.person);
  const fits = ({ adds }: Package) => {
    if (!adds) return true;
    if (adds.answer) return adds.answer.is.includes(values[adds.answer.item] ?? "");
    return age === null ? adds.age_unknown === true : age >= (adds.age_from_years ?? 0) && age < (adds.age_below_years ?? 999);
  };
  const own = PACKAGES.filter((one) => (one.kind === "pupil") === somebody.isPupil && fits(one));
  const sex = somebody.sex === "男" ? "M" : "F";
  return new Set(own.flatMap((one) => [...one.mandatory, ...one.optional]).filter((key) => (itemOf(key)?.sex ?? sex) === sex));
}

/** The columns while a class is walked. */
export function walkOf(station: string): string[] {
  const named = new Set(PACKAGES.filter((one) => !one.adds).flatMap((one) => [...one.mandatory, ...one.optional]));
  return stationItems(station).filter((item) => named.has(item.key) && !item.shown_if).slice(0, 6).map((item) => item.key);
}

export function clock(records: Records): string {
  const at = 9 * 60 + 12 + records.minutes;
  return `${CLOCK_DAY} ${String(Math.floor(at / 60)).padStart(2, "0")}:${String(at % 60).padStart(2, "0")}`;
}

export function stationOf(item: string): string {
  return STATIONS.find((station) => station.items.includes(item))?.key ?? "";
}

/** Words of a station with a phrase book: somebody dictated them. */
export const isDictated = (item: string) => ["ecg_note", "ultrasound_note", "ultrasound_other_note", "chest_xray_note", "internal_note", "surgery_note"].includes(item);

/** A choice as printed. */
function printed(item: string, text: string): string {
  const of = itemOf(item);
  const word = (key: string) => of?.choices?.find((choice) => choice.key === key)?.zh ?? key;
  if (of?.kind === "teeth") return text === "0" ? "无龋失补" : text.split(",").join(" ");
  return of?.kind === "several" ? text.split(",").map(word).join("、") : word(text);
}

export const ABSENT: Record<string, string> = {
  refused: "拒检", not_measured: "未测", device_failure: "设备故障", not_applicable: "不适用", awaited: "待回报",
};

export function cell(typed: Typed, more: Partial<ValueCell>): ValueCell {
  return {
    text: typed.absent === null ? printed(typed.item, typed.text) : (ABSENT[typed.absent] ?? typed.absent), absent: typed.absent,
    unusual: false, current: true, conflict: false, held: false, arrow: "", range: RANGE[typed.item] ?? "", range_own: "", range_ours: RANGE[typed.item] ?? "", round: "第四轮", day: CLOCK_DAY,
    unit_label: "水洞底镇 慕隆村", station: stationOf(typed.item), operator: "周琴", examiner: "周琴", word: isDictated(typed.item) && typed.absent === null ? "awaited" : "not_asked", confirmed_by: "", at: "09:12", device: "", entry: "", ...more,
  };
}

export function put(records: Records, person: string, typed: Typed, more: Partial<ValueCell> = {}): void {
  const own = (records.values[person] ??= {});
  const made = cell(typed, { entry: `n${records.saved + 1}`, ...more });
  own[typed.item] = [...(own[typed.item] ?? []).map((old) => (more.round ? old : { ...old, current: old.current && old.round !== made.round })), made];
}

/** Results of this round that stand, as plain values. */
export function currentValues(records: Records, person: string): Record<string, string> {
  const out: Record<string, string> = {};
  for (const [item, cells] of Object.entries(records.values[person] ?? {})) {
    const now = cells.filter((one) => one.round === "第四轮" && one.current).pop();
    if (now && now.absent === null) out[item] = now.text;
  }
  return out;
}

export function currentCells(records: Records, person: string, item: string): ValueCell[] {
  const all = (records.values[person]?.[item] ?? []).filter((one) => one.round === "第四轮" && one.current);
  const values = currentValues(records, person);
  return all.map((one) => ({ ...one, conflict: all.length > 1, arrow: one.absent === null ? classOf(item, values).arrow : "" }));
}

export function findingsOf(records: Records, person: string): FindingRow[] {
  const values = currentValues(records, person);
  const bmi = bmiOf(values);
  const all: Record<string, string> = { ...values, ...(bmi === "" ? {} : { bmi_kg_m2: bmi }) };
  const rows: FindingRow[] = [];
  for (const item of ["sbp1_mmhg", "glucose_mmol_l", "bmi_kg_m2", "vision_right", "vision_left"]) {
    const found = classOf(item, all);
    if (found.level === "" || rows.some((row) => row.text === found.text)) continue;
    const value = item === "sbp1_mmhg" ? `${all.sbp1_mmhg}/${all.dbp1_mmhg} mmHg` : (all[item] ?? "");
    rows.push({ rule: item, code: found.text, level: found.level, text: found.text, item, value, round: "第四轮", due_days: found.level === "A" ? 1 : found.level === "B" ? 14 : 90 });
  }
  return rows.sort((a, b) => (a.level < b.level ? -1 : 1));
}

/** Of the round before, as far as these made-up rules know it: blood pressure. */
export function earlierFindings(records: Records, person: string): FindingRow[] {
  const last = (item: string) => (records.values[person]?.[item] ?? []).filter((one) => one.round !== "第四轮").pop();
  const [sbp, dbp] = [last("sbp1_mmhg"), last("dbp1_mmhg")];
  if (!sbp || !dbp) return [];
  const found = classOf("sbp1_mmhg", { sbp1_mmhg: sbp.text, dbp1_mmhg: dbp.text });
  return found.level === "" ? [] : [{ rule: "sbp1_mmhg", code: found.text, level: found.level, text: found.text, item: "sbp1_mmhg", value: `${sbp.text}/${dbp.text} mmHg`, round: sbp.round, due_days: null }];
}

export function isAnswered(records: Records, person: string, item: string): boolean {
  return currentCells(records, person, item).length > 0;
}

export function rowOf(records: Records, somebody: Somebody): PersonRow {
  const asked = packageOf(somebody);
  return {
    person: somebody.person, name: somebody.name, sex: somebody.sex, age: ageOn(somebody.birth, CLOCK_DAY), birth: somebody.birth,
    id_number: somebody.id === "" ? null : `${somebody.id.slice(0, 6)}********${somebody.id.slice(-4)}`,
    phone: somebody.phone === "" ? null : `${somebody.phone.slice(0, 3)}****${somebody.phone.slice(-4)}`,
    unit_label: unitLabel(somebody.unit), grade: somebody.grade, group: somebody.group, is_pupil: somebody.isPupil, standing: somebody.standing,
    done: asked.filter((item) => isAnswered(records, somebody.person, item)).length, of: asked.length,
    worst: findingsOf(records, somebody.person)[0]?.level ?? "N",
  };
}

export function progressOf(records: Records, somebody: Somebody): StationProgress[] {
  const asked = packageOf(somebody);
  return STATIONS.map((station) => {
    const own = station.items.filter((item) => asked.includes(item));
    const answered = own.map((item) => currentCells(records, somebody.person, item)[0]);
    return { station: station.key, done: answered.filter(Boolean).length, of: own.length, absent: answered.filter((one) => one?.absent).length };
  });
}

function number(item: string, text: string): Typed {
  return { item, text, absent: null, confirmed: true };
}

/** Three earlier rounds for the first people, a morning's work for some. */
function seed(records: Records): void {
  const [first] = records.people;
  EARLIER.forEach(({ round, day }, at) => {
    const old = { round, day, entry: `o${at}`, operator: "龙海", examiner: "龙海" };
    for (const person of ["villager-a", "villager-b", "villager-000", "pupil-a"]) {
      if (person === "pupil-a" && at < 1) continue;
      const tall = person === "pupil-a" ? 118 + at * 7 : 158.2 - at * 0.3;
      put(records, person, number("height_cm", tall.toFixed(1)), old);
      put(records, person, number("weight_kg", (person === "pupil-a" ? 21.4 + at * 4.2 : 61.3 + at * 1.9).toFixed(1)), old);
      if (person === "pupil-a") continue;
      put(records, person, number("waist_cm", (84 + at * 2).toFixed(1)), old);
      put(records, person, number("sbp1_mmhg", String(128 + at * 9)), old);
      put(records, person, number("dbp1_mmhg", String(82 + at * 5)), old);
      put(records, person, number("glucose_mmol_l", (5.4 + at * 0.5).toFixed(1)), old);
    }
  });
  if (!first) return;
  records.people.slice(4, 60).forEach((somebody, at) => {
    const high = 112 + ((at * 17) % 75);
    for (const [item, text] of [["height_cm", 150 + (at % 25)], ["weight_kg", 48 + (at % 31)], ["waist_cm", 70 + (at % 22)], ["sbp1_mmhg", high], ["dbp1_mmhg", Math.round(high * 0.62)]] as const)
      put(records, somebody.person, number(item, String(text)));
    if (at % 3 === 0) return;
    for (const [item, text] of [["fasting", "yes"], ["glucose_mmol_l", (4.4 + (at % 9) * 0.4).toFixed(1)], ["tc_mmol_l", "4.6"], ["tg_mmol_l", "1.4"], ["hdl_mmol_l", "1.3"], ["ldl_mmol_l", "2.7"], ["hb_g_l", "131"], ["urine_protein", "-"], ["urine_glucose", "-"], ["known_hypertension", "no"], ["known_diabetes", "no"]] as const)
      put(records, somebody.person, number(item, text));
  });
  records.people.filter((one) => one.isPupil).slice(1, 19).forEach((pupil, at) => {
    if (at === 6) return put(records, pupil.person, { item: "height_cm", text: "", absent: "not_measured", confirmed: true });
    put(records, pupil.person, number("height_cm", (128 + (at % 14)).toFixed(1)));
    put(records, pupil.person, number("weight_kg", (26 + (at % 11)).toFixed(1)));
  });
  // Two stations measured the same person without knowing of each other.
  put(records, "villager-000", number("weight_kg", "62.5"));
  const own = records.values["villager-000"]?.weight_kg;
  own?.push(cell(number("weight_kg", "65.2"), { entry: "x1", operator: "龙海", examiner: "龙海", station: "general" }));
  records.saved = 318;
  records.unsent = 46;
}

const KEPT = "jkkc-fake";

export function load(): Records {
  try {
    const kept = sessionStorage.getItem(KEPT);
    if (kept !== null) return JSON.parse(kept) as Records;
  } catch {
    // No session storage here: everything is new after a reload.
  }
  const records: Records = {
    people: everybody(), values: {}, drafts: [], owed: [], choice: null, operator: null, accounts: [], tries: 0, saves: [], saved: 0, unsent: 0,
    syncedAt: `${CLOCK_DAY} 07:40`, minutes: 0, decided: {}, phase: "locked", isNoticed: false,
  };
  seed(records);
  return records;
}

let keeping = 0;
/** Once for many changes: a key press in a speed test is not to pay for this made-up disk. */
export function keepSoon(records: Records): void {
  due = records;
  clearTimeout(keeping);
  keeping = setTimeout(keepDue, 250) as unknown as number;
}
let due: Records | null = null;
function keepDue(): void {
  if (due !== null) keep(due);
  due = null;
}
if (typeof window !== "undefined") window.addEventListener("pagehide", keepDue);

function keep(records: Records): void {
  try {
    sessionStorage.setItem(KEPT, JSON.stringify(records));
  } catch {
    // Full or absent: only a reload forgets.
  }
}

export function stationItems(station: string): typeof ITEMS {
  const own = STATIONS.find((one) => one.key === station)?.items ?? [];
  return own.map(itemOf).filter((item) => item !== undefined);
}
