// The sentences of 发放, loaded with its screen: the first page is not to carry them. Not sentences of other screens (zh.ts).
import { filled } from "./zh";

export const HANDOUTS = {
  handouts: "报告发放", not_given: "待发放", holds_old: "旧版在手", given: "已发放", not_final: "未签发", not_allowed: "您的账号只能看，不能记打印和签收",
  print: "打印报告", print_lead: "只打印已总检的正式报告，村里 A 级和 B 级在前，再按组；学校按班。打印后自动记下。", print_due: "打印还没发的", print_all: "打印全部正式报告", made: "已生成：{name}",
  which_unit: "哪个单位",
  sheet: "签收单", sheet_lead: "只有这个单位的人，和报告同一顺序，有姓名和版本，没有身份证号和检查结果。", sheet_pdf: "A4 纸单", sheet_xlsx: "表格",
  list: "谁手里是哪一版", none: "这个单位还没有人检查过。", dropped: "刚才这几人的报告变了，已经不选了，请核对手里的那一份再选：{names}", version: "第 {n} 版", printed: "已打印", held: "手里第 {n} 版 {day} {by}", more: "还有 {n} 人没有列出，请用签收单。", choose_all: "选上所有已打印、还没签收的（{n} 人）",
  unsigned_show: "还有 {n} 人未签发，点这里看是谁", unsigned_hide: "收起未签发的 {n} 人", no_report: "还没有一份正式报告。", stand_none: "还没有报告可发：{n} 人等医生总检签发",
  taken_by: "谁领的", taken_by_hint: "本人、家属、班主任或姓名", self: "本人", receive: "记下 {n} 人已签收", received: "已记签收 {n} 人", left_out: "{n} 人没有办理：在您账号的单位以外检查的，请由管那里的账号办理；签发在“今天开工”的日期以后的，请改好日期再记。{names}", stand: "待发放 {due} 人，旧版在手 {old} 人", take_back: "请收回旧版",
} as const;

export type HandoutsKey = keyof typeof HANDOUTS;

/** A sentence with its `{places}` filled. */
export function th(key: HandoutsKey, vars: Record<string, string | number> = {}): string {
  return filled(HANDOUTS[key], vars);
}
