// Sentences of screens that load after the first page: apart, so that the first page does not wait for them. Not the first page's (zh.ts).
import { filled } from "./zh";

export const ZH_SCREENS = {
  proposed: "已经记录：{because}。危险因素控制由医生定。", proposed_take: "填入：{choices}",
  // What was found, and till when
  leaving: "今天离场前处理",
  due_by: "{day} 前跟进",
  due_before: "应在 {day} 前跟进；跟进了没有，这里看不到，请问本人",
  // The card and the person whole
  of_station: "{n} 项未做",
  whole_nothing: "{state} · 这一轮还没有结果",
  range_none: "无",
  every_all: "全部 {n} 条",
  conflict_ask: "先问本人或重测，再选；另一个留在记录里。选定之前，异常先按较重的一个判断。",
  // Registering
  same_id: "这个身份证号已登记：{name}",
  same_id_step: "是同一个人就打开。不是，先核对证号；证号没有录错，就空着证号登记，再告诉协调员。",
  same_id_open: "就是{name}，打开",
  same_id_wrong: "证号录错了，重输",
  stopped_same: "身份证号已登记，请先选是不是同一个人",
  stopped_look: "像是已有这个人，请先看上面",
  // A class or a group
  consent_of: "同意书：{answer}", consent_lead: "同意书未交回的照样可以查，报告等交回再发；不同意的项目自己关着，不问。",
  class_title: "走一个班：{station}", group_title: "走一个组：{station}",
  other_class: "换一个班", other_group: "换一个组",
  class_done: "这里都做完了",
  absent_done: "{name}：没做的都记成了“{reason}”",
  absent_undo: "撤销",
  absent_undone: "已撤销 {name} 的“{reason}”",
  absent_mistake: "按错了",
  // The start of a day
  day_other: "体检日期 {day} 不是今天（{today}）",
  day_other_step: "补录以前的才这样。今天体检，请把日期改成今天，再确认。",
  units_none: "这个账号和这台设备没有共同的单位",
  units_none_step: "请协调员核对账号的单位和设备的单位；改好后同步，再来选站点。",
  day_attention: "这台设备上有要人处理的：见“{word}”。",
  // The list of the stop
  coverage_whose: "按这台设备上已有的记录算；别的设备还没传来的不在内。",
  // The end of a day
  results_n: "结果（项）",
  // Sync
  attention_two: "人有两个值，要选定", attention_held: "条要核对", attention_of: "件需处理：{conflicts} 人有两个值，{held} 条要核对",
  // Printing
  make_of: "生成{what}",
  // Leaving
  not_yet_first: "先别走，有要先处理的",
} as const;

export type ScreensKey = keyof typeof ZH_SCREENS;

export function ts(key: ScreensKey, vars: Record<string, string | number> = {}): string {
  return filled(ZH_SCREENS[key], vars);
}
