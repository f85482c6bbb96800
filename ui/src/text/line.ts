// Sentences of the arrangement of a stop's line: loaded with the start of the day. Not the frame's (zh.ts).
import { filled } from "./zh";

export const LINE_ZH = {
  line_title: "这个点怎么排",
  line_lead: "导检单和每个人的下一站按这个顺序走。几个工位在一张桌子上，就合并；今天没有的，勾“今天不设”：没做的人仍然记为未检。只在这台设备上排，别的设备要各排一次。",
  line_up: "上移",
  line_down: "下移",
  line_join: "与上一个合并",
  line_split: "分开",
  line_away: "今天不设",
  line_of: "{table}：{what}",
} as const;

export type LineKey = keyof typeof LINE_ZH;

export function tl(key: LineKey, vars: Record<string, string | number> = {}): string {
  return filled(LINE_ZH[key], vars);
}
