// Made-up people, units and rounds of the fake host. Nobody here exists: the area 431399 is assigned to no place.
import { checkCharacter } from "../../entry/id_number";
import type { ExaminerRow, RoundRow, Slot, UnitRow } from "../api";

export const PASSWORD = "kuaiche-2026-lian";

export const SLOTS: Slot[] = [
  { slot: "s1", account: "zhouqin", name: "周琴", wait_s: 0 },
  { slot: "s2", account: "longhai", name: "龙海", wait_s: 0 },
  { slot: "s3", account: "shiyue", name: "石悦", wait_s: 0 },
];

export const ROUNDS: RoundRow[] = [{ round: "r4", name: "第四轮", from: "2026-03-01", to: "2026-12-31" }];
export const EARLIER = [
  { round: "第一轮", day: "2020-05-11" },
  { round: "第二轮", day: "2022-04-20" },
  { round: "第三轮", day: "2024-04-16" },
];

export const UNITS: UnitRow[] = [
  { unit: "431399001001", label: "水洞底镇 慕隆村", is_school: false, listed: 126 },
  { unit: "431399001002", label: "水洞底镇 文建村", is_school: false, listed: 0 },
  { unit: "school-01", label: "水洞底镇 明德小学", is_school: true, listed: 42 },
];

export const EXAMINERS: ExaminerRow[] = [
  { examiner: "e1", name: "周琴", title: "护士" },
  { examiner: "e2", name: "龙海", title: "主治医师" },
  { examiner: "e3", name: "石悦", title: "检验士" },
];

export interface Somebody {
  person: string;
  name: string;
  pinyin: string;
  sex: "男" | "女";
  birth: string;
  id: string;
  phone: string;
  studentNo: string;
  unit: string;
  grade: string | null;
  group: string | null;
  isPupil: boolean;
  standing: string;
}

const FAMILY = ["王wang", "李li", "张zhang", "龙long", "石shi", "吴wu", "杨yang", "麻ma", "田tian", "向xiang", "彭peng", "滕teng"];
const GIVEN = ["秀英xiuying", "建国jianguo", "桂花guihua", "志强zhiqiang", "春兰chunlan", "明ming", "小红xiaohong", "金凤jinfeng", "德胜desheng", "玉梅yumei", "家兴jiaxing", "美玲meiling", "子轩zixuan", "雨桐yutong", "浩然haoran", "思琪siqi"];

function split(word: string): [string, string] {
  const at = word.search(/[a-z]/);
  return [word.slice(0, at), word.slice(at)];
}

export function idNumber(birth: string, order: number, sex: "男" | "女"): string {
  const last = ((order * 2) % 1000) + (sex === "男" ? 1 : 0);
  const first17 = `431399${birth.replace(/-/g, "")}${String(last % 1000).padStart(3, "0")}`;
  return first17 + checkCharacter(first17);
}

function made(at: number, isPupil: boolean): Somebody {
  const [family, familyPinyin] = split(FAMILY[(at * 5 + (isPupil ? 3 : 0)) % FAMILY.length] ?? "王wang");
  const [given, givenPinyin] = split(GIVEN[(at * 7 + (isPupil ? 12 : 0)) % GIVEN.length] ?? "明ming");
  const sex = at % 2 === 0 ? "女" : "男";
  const year = isPupil ? 2015 + (at % 2) : 1942 + ((at * 11) % 60);
  const birth = `${year}-${String((at % 12) + 1).padStart(2, "0")}-${String(((at * 3) % 27) + 1).padStart(2, "0")}`;
  const id = idNumber(birth, at + (isPupil ? 300 : 10), sex);
  return {
    person: `${isPupil ? "pupil" : "villager"}-${String(at).padStart(3, "0")}`,
    name: family + given, pinyin: familyPinyin + givenPinyin, sex, birth,
    id,
    phone: isPupil ? "" : `1390000${String(1000 + at).slice(-4)}`,
    studentNo: isPupil ? `G${id}` : "",
    unit: isPupil ? "school-01" : "431399001001",
    grade: isPupil ? "四年级" : null,
    group: isPupil ? (at < 22 ? "1班" : "2班") : `${(at % 4) + 1}组`,
    isPupil, standing: "名单内",
  };
}

function named(person: string, name: string, pinyin: string, sex: "男" | "女", birth: string, order: number, more: Partial<Somebody>): Somebody {
  return {
    person, name, pinyin, sex, birth, id: idNumber(birth, order, sex), phone: "13900009999", studentNo: "", unit: "431399001001",
    grade: null, group: "2组", isPupil: false, standing: "名单内", ...more,
  };
}

export function everybody(): Somebody[] {
  return [
    named("villager-a", "龙秀英", "longxiuying", "女", "1954-03-07", 201, {}),
    named("villager-b", "石𠮷", "shiji", "男", "1961-11-30", 202, { phone: "13900008888" }),
    named("villager-c", "阿依古丽·买买提", "ayigulimaimaiti", "女", "1978-08-15", 203, { standing: "名单外·外区" }),
    named("villager-d", "麻㐂凤", "maxifeng", "女", "1949-01-02", 204, { group: "1组" }),
    ...Array.from({ length: 122 }, (_, at) => made(at, false)),
    named("pupil-a", "吴子轩", "wuzixuan", "男", "2015-09-12", 205, { unit: "school-01", isPupil: true, grade: "四年级", group: "2班", studentNo: `G${idNumber("2015-09-12", 205, "男")}`, phone: "" }),
    ...Array.from({ length: 41 }, (_, at) => made(at, true)),
  ];
}
