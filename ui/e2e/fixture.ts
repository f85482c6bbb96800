// Who the specs meet, on every host: one place for names, numbers and words. Made-up people (platform/fake/people.ts);
// what stations are called comes from the catalogue, so that a renamed one is no failure.
import { readFileSync } from "node:fs";
import { checkCharacter } from "../src/entry/id_number";
import { PASSWORD, everybody, type Somebody } from "../src/platform/fake/people";

function id(first17: string): string {
  return first17 + checkCharacter(first17);
}
const PEOPLE = everybody();
const numberOf = (name: string) => PEOPLE.find((one) => one.name === name)?.id ?? "";

export const OPERATOR = { name: "周琴", password: PASSWORD };
export const COLLEAGUE = { name: "龙海", password: PASSWORD };

export const VILLAGER = { name: "龙秀英", tail: numberOf("龙秀英").slice(-4), pinyin: "longxiuying", initials: "lxy", phone: "13900009999", id: numberOf("龙秀英") };
export const PUPIL = { name: "吴子轩", id: numberOf("吴子轩"), studentNo: `G${numberOf("吴子轩")}` };
/** On nobody's list. */
export const STRANGER = { name: "彭玉兰", id: id("43139919630520514"), sex: "女", birth: "1963-05-20" };
/** On nobody's list, and old enough for every questionnaire. */
export const ELDER = { name: "向桂兰", id: id("43139919510520514") };
export const RARE = ["阿依古丽·买买提", "石𠮷", "麻㐂凤"];
/** Weighed on two devices that did not know of each other. */
export const TWICE = { name: PEOPLE[4]?.name ?? "", id: PEOPLE[4]?.id ?? "", weights: ["62.5", "65.2"] };

/** Measured this morning with a pressure that the rules call high. */
export const HIGH = { name: PEOPLE[7]?.name ?? "", id: PEOPLE[7]?.id ?? "" };
/** Measured this morning with one so high that it is to be repeated. */
export const OWED = { name: PEOPLE[8]?.name ?? "", id: PEOPLE[8]?.id ?? "" };

interface Station {
  key: string;
  name_zh: string;
  items: string[];
}
const CATALOGUE = new URL("../../schema/catalogue/", import.meta.url);
const ALL = (JSON.parse(readFileSync(new URL("stations.json", CATALOGUE), "utf8")) as { stations: Station[] }).stations;
/** The station that records an item, and what it is called. */
export function stationOf(item: string): { key: string; name: string } {
  const station = ALL.find((one) => one.items.includes(item));
  if (station === undefined) throw new Error(`no station records ${item}`);
  return { key: station.key, name: station.name_zh };
}
export const GENERAL = stationOf("height_cm");
export const BP = stationOf("sbp1_mmhg");
export const BLOOD = stationOf("glucose_mmol_l");
export const URINE = stationOf("urine_protein");
export const VISION = stationOf("vision_right");
export const DENTAL = stationOf("tooth_row");
/** What the specs' device serves. */
export const STATIONS = [GENERAL, BP, VISION, BLOOD, URINE];

export const VILLAGE = { unit: "水洞底镇 慕隆村" };
export const SCHOOL = { unit: "水洞底镇 明德小学", class: "四年级 2班" };
/** The station of the questions asked at the registration. */
export const REGISTER = stationOf("known_hypertension");
/** Stations the device does not serve by itself; their forms open all the same. */
export const OTHERS = ALL.map((one) => ({ key: one.key, name: one.name_zh })).filter((one) => one.key !== "register" && !STATIONS.some((own) => own.key === one.key));

/** A class as large as they come, at the same school. On the real host only. */
export const LARGE_CLASS = { name: "五年级 1班", pupils: 40 };
export function largeClass(): Somebody[] {
  const given = ["安", "博", "辰", "德", "恩", "帆", "歌", "涵"];
  return Array.from({ length: LARGE_CLASS.pupils }, (_, at) => {
    const [family, name] = [["田", "尚", "符", "舒", "贺"][at % 5] ?? "", `${given[at % 8]}${given[Math.floor(at / 5)]}`];
    const birth = `2015-${String((at % 8) + 1).padStart(2, "0")}-${String((at % 27) + 1).padStart(2, "0")}`;
    const number = id(`431399${birth.split("-").join("")}${String(500 + at)}`);
    const [grade, group] = LARGE_CLASS.name.split(" ");
    return {
      person: `large-${at}`, name: family + name, pinyin: "", sex: at % 2 === 0 ? "女" : "男", birth, id: number, phone: "", studentNo: `G${number}`,
      unit: "school-01", grade: grade ?? "", group: group ?? "", isPupil: true, standing: "名单内",
    };
  });
}
