// The sentences of 单位电话和村医, loaded with its screen: the first page is not to carry them. Not sentences of other screens (zh.ts).
import { filled } from "./zh";

export const CONTACTS = {
  contacts: "单位电话和村医", lead: "电话印在这个单位的体检报告和转诊单上；村里没有写的，印乡镇的。村医、校医负责这个单位的随访。", not_allowed: "您的账号只能看。改电话和村医，请换协调员或乡镇公卫人员的账号。",
  find: "找单位", find_hint: "村名、学校名或代码", none: "没有这个单位。", more: "还有 {n} 个单位没有列出，请写得更全。", today: "今天的单位",
  phone: "电话", phone_hint: "如 0738-8312345；两个号码中间用“、”，不印就空着", doctor: "村医、校医", doctor_hint: "有账号的写账号，没有的写姓名；没有就空着", doctors: "能记随访的账号：{list}",
  printed: "印的电话：{phone}", printed_town: "印乡镇的电话：{phone}", printed_none: "没有电话，转诊单上留着手写", doctor_is: "村医、校医：{name}", doctor_none: "没有写村医、校医",
  differs: "另有一处记得不一样，核对后再保存一次：{words}", nothing: "都空着", change: "改 {unit}", cancel: "不改了", save: "保存", saved: "{unit} 已保存，同步以后其他设备也印新的", stand: "{n} 个单位，{without} 个没有电话可印", stand_open: "正在改：{unit}",
} as const;

export type ContactsKey = keyof typeof CONTACTS;

/** A sentence with its `{places}` filled. */
export function tk(key: ContactsKey, vars: Record<string, string | number> = {}): string {
  return filled(CONTACTS[key], vars);
}
