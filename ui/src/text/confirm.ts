// The sentences of 检查者确认, loaded with its screens: the first page is not to carry them. Not sentences of other screens (zh.ts).
import type { ValueCell } from "../platform/api";
import { filled } from "./zh";

export const CONFIRM = {
  confirm: "待确认", confirm_n: "待确认 {n} 份", title: "待检查者确认", lead: "下面是别人替您录入的结果。逐份看过：对的确认；不对的打开这个人的全部结果改错，改过的不用再确认。",
  mine: "等您确认：{n} 份", mine_none: "没有等您确认的结果。", others: "等别的检查者确认：{n} 份", others_lead: "请检查者换上自己的账号来确认，也可以在大厅里别的设备上确认。不确认也不耽误下一个人。",
  typed: "{by} 录入", examined: "检查者 {name}", unnamed: "没有写明检查者，由医生确认", no_account: "这位检查者没有对应的账号，请协调员在服务器上注明", one: "确认这一份", fix: "不对，去改", skip: "先不确认这一份",
  looked: "我已逐份看过", look_first: "看过后勾选“我已逐份看过”，再确认", all: "确认这 {n} 份", done: "已确认 {n} 份", moved: "{n} 份刚才改过或确认过，没有记，请再看", stand: "已看 {n} 份，还没有确认", stand_none: "现在没有要您确认的", stand_left: "这 {n} 份都先不确认", more: "还有 {n} 份没有列出",
  awaited: "代录，检查者还没有确认", confirmed: "{name} 已确认", own: "检查者本人录入", person: "{station}：代录，等{name}确认", whoever: "检查者",
} as const;

export type ConfirmKey = keyof typeof CONFIRM;

/** A sentence with its `{places}` filled. */
export function tf(key: ConfirmKey, vars: Record<string, string | number> = {}): string {
  return filled(CONFIRM[key], vars);
}

/** Whether the examiner stands behind a value, in words; empty where nobody's word is asked for. */
export function wordOf(cell: ValueCell | undefined): string {
  if (cell === undefined || cell.word === "not_asked") return "";
  return cell.word === "confirmed" ? tf("confirmed", { name: cell.confirmed_by }) : tf(cell.word);
}

/** Of everything that stands, the stations whose examiner has not said so yet: a line each. */
export function waiting(items: { current: ValueCell[] }[]): string[] {
  const lines = items.flatMap((item) => item.current).filter((cell) => cell.word === "awaited");
  return [...new Set(lines.map((cell) => tf("person", { station: cell.station, name: cell.examiner || tf("whoever") })))];
}
