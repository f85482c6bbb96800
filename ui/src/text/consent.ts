// The sentences of 知情同意, loaded with its screen: the first page is not to carry them. Not sentences of other screens (zh.ts).
import { filled } from "./zh";

export const CONSENT = {
  classes_none: "今天的站点没有学生名单：村里不用同意书；学校请先补上学生名单。", class_missing: "未交回 {n}", class_whole: "都已交回", class_of: "{n} 人",
  lead: "按 A 全班同意，再逐个改例外：上下键选人，1 同意，2 同意但有例外，3 全部不同意，4 未交回。", all: "全班同意", given: "同意", but: "同意，除…", refused: "全部不同意", missing: "未交回",
  answer_of: "{name}的同意书", but_of: "{name}家长不同意的工位", but_lead: "按数字选上或去掉，回车选完。", but_done: "选完", answers: "这一名学生",
  differs: "两份说法不一样，按较严的执行，请问清楚后再登记一次", in_spite: "家长不同意，但已有结果：{items}。不打印，请决定是否撤销", to_results: "看全部结果",
  stand: "未交回 {missing} 人，改了 {n} 人还没有保存", stand_saved: "未交回 {missing} 人", save: "保存", unsaved: "未保存", leave_sure: "再按一次，放弃 {n} 人未保存的勾选", saved: "已保存 {n} 人的同意书",
  file: "把学校交来的名单放到这里，或点这里选择文件", file_lead: "表头要有“姓名”和“同意”，可以有年级、班级、身份证号、学籍号和“不同意项目”。姓名写“全班”的一行，管这个班其余的人。", file_reading: "正在读取名单",
  file_kept: "{n} 人此前写明有不同意的项目，“全班”这一行没有改他们。家长改了主意的，请单独写一行，或在下面点名字。",
  file_done: "{rows} 行：登记 {taken} 人，早已这样登记 {known} 人，没有填写 {blank} 行，没有采用 {problems} 行", file_row: "{sheet} 第 {row} 行",
} as const;

export type ConsentKey = keyof typeof CONSENT;

/** A sentence with its `{places}` filled. */
export function tn(key: ConsentKey, vars: Record<string, string | number> = {}): string {
  return filled(CONSENT[key], vars);
}
