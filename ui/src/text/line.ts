// Sentences of the arrangement of a stop's line: loaded with the start of the day. Not the frame's (zh.ts).
import { filled } from "./zh";

export const LINE_ZH = {
  line_title: "这个点怎么排",
  line_lead: "导检单和每个人的下一站按这个顺序走。几个工位在一张桌子上，就合并；今天没有的，勾“今天不设”：没做的人仍然记为未检。总检在现场做的，取消它的“今天不设”。",
  line_own: "现在按这台设备自己排的顺序。加入大厅的设备没有自己排的，会跟着大厅主机。",
  line_plain: "没有人排过：按系统的顺序。",
  line_given: "现在按大厅主机排的顺序，主机改了这里也跟着改。在这里一改，就只按这台设备自己的。",
  line_as_given: "改回按大厅主机的顺序",
  line_as_plain: "改回系统的顺序",
  conclude: "总检",
  conclude_door: "总检：医生看结果、下结论",
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
