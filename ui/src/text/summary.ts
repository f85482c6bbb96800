// The sentences of 汇总, loaded with its screen: the first page is not to carry them.
import { filled } from "./zh";

export const SUMMARY = {
  summary: "汇总", which: "汇总哪个单位", group: "看哪一组", people: "{name} {n} 人", overview: "概况", problems: "主要健康问题", rates: "各项率", item: "指标", found: "分子", measured: "分母", rate: "率", left_out: "除外", unmeasured: "没有人检查的：{items}。",
  as_of: "截至 {at}，只统计本机上有的单位和记录。", nobody: "这个单位还没有人检查过。", small: "显示 1 至 4 人的数（0 照常显示；只供卫生机构内部，不得外传）", files: "打印和导出", files_lead: "纸和表格与屏幕上的数相同，没有姓名。", pdf: "打印 A4", xlsx: "导出表格", made: "已生成：{name}", stand: "{name} · 实检 {n} 人",
} as const;

export type SummaryKey = keyof typeof SUMMARY;

/** A sentence with its `{places}` filled. */
export function ts(key: SummaryKey, vars: Record<string, string | number> = {}): string {
  return filled(SUMMARY[key], vars);
}
