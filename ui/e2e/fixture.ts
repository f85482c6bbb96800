// Who the specs meet: one place for names, numbers and words that another host may know differently. Made-up people.
import { checkCharacter } from "../src/entry/id_number";

function id(first17: string): string {
  return first17 + checkCharacter(first17);
}

export const OPERATOR = { name: process.env.E2E_OPERATOR ?? "周琴", password: process.env.E2E_PASSWORD ?? "kuaiche-2026-lian" };
/** Is the host the made-up one? Only it can be told to fail. */
export const IS_FAKE = process.env.E2E_BASE === undefined;

export const VILLAGER = { name: "龙秀英", tail: "4026", pinyin: "longxiuying", id: id("43139919540307402"), label: "JKVILLAGER.A" };
export const PUPIL = { name: "吴子轩", id: id("43139920150912411") };
export const STRANGER = { name: "彭玉兰", id: id("43139919630520514"), sex: "女", birth: "1963-05-20" };
export const RARE = ["阿依古丽·买买提", "石𠮷", "麻㐂凤"];

export const VILLAGE = { unit: "青石镇 禾库村", stations: ["身高体重", "血压", "视力", "采血"] };
export const SCHOOL = { unit: "青石镇 明德小学", class: "四年级 2班" };
