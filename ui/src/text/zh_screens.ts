// Sentences of screens that load after the first page: apart, so that the first page does not wait for them. Not the first page's (zh.ts).
import { filled } from "./zh";

export const ZH_SCREENS = {
  proposed: "已经记录：{because}。危险因素控制由医生定。", proposed_take: "填入：{choices}",
  // What was found, and till when
  leaving: "今天离场前处理",
  due_by: "{day} 前跟进",
  due_before: "应在 {day} 前跟进；跟进了没有，这里看不到，请问本人",
  // The card and the person whole
  of_station: "{n} 项未做", of_other: "在别的设备做：{n} 项",
  whole_nothing: "{state} · 这一轮还没有结果",
  range_none: "无",
  every_all: "全部 {n} 条",
  conflict_ask: "先问本人或重测，再选；另一个留在记录里。选定之前，异常先按更严重的一个判断。",
  conflict_open: "两个值都存着，还没有选定",
  // Registering
  same_id: "这个身份证号已登记：{name}",
  same_id_step: "是同一个人就打开。不是，先核对证号；证号没有录错，就空着证号登记，再告诉协调员。",
  same_id_open: "就是{name}，打开",
  same_id_wrong: "证号录错了，重输",
  stopped_same: "身份证号已登记，请先选是不是同一个人",
  stopped_look: "像是已有这个人，请先看上面",
  // A class or a group
  consent_of: "同意书：{answer}", consent_lead: "同意书未交回的照样可以查，报告等交回再发；不同意的项目已自动关闭，不问。",
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
  day_look: "往下看工位和检查者，再确认",
  day_attention: "这台设备上有要人处理的：见“{word}”。",
  // The list of the stop
  coverage_print_of: "打印应检名单（{n} 人）", no_reason: "还没有记",
  coverage_whose: "按这台设备上已有的记录算；别的设备还没传来的不在内。",
  // The end of a day
  results_n: "结果（项）",
  // Sync
  attention_two: "人有两个值，要选定", attention_held: "条要核对", attention_of: "件需处理：{conflicts} 人有两个值，{held} 条要核对",
  sync_all: "全部已上传",
  sync_some: "还有 {n} 条没有上传，都安全地存在本机",
  sync_nothing_to_do: "有网络时自动上传，现在不用做什么。",
  sync_saved_long: "本机已存",
  sync_sent_long: "已上传",
  sync_backed_up: "已备份",
  sync_attention_long: "需处理",
  sync_last: "上次同步：{at}",
  sync_now: "现在同步",
  carry_title: "没有网络时",
  carry_lead: "把没有上传的记录存成一个文件带回去，只有本区服务器能打开。存好后记录仍在本机。",
  carry_button: "存到U盘",
  carry_running: "正在存到U盘",
  sync_stand_idle: "自动同步已开",
  sync_stand_running: "正在同步，可以继续干活",
  sync_stand_offline: "现在没有网络，可以继续干活", sync_stand_carry: "可以继续干活；回去前还没网，再存到U盘",
  sync_stand_failed: "上次同步没有成功，可以继续干活",
  held_none: "没有需要处理的。",
  sync_conflicts: "{n} 人的结果里有两个值，要人来选定一个。",
  sync_conflicts_step: "名单在收工页，不影响继续体检。",
  held_taken: "协调员已决定收下",
  held_left: "协调员已决定不收",
  // Settings
  looks: "显示与输入",
  theme: "主题",
  theme_day: "日间",
  theme_sun: "强光",
  pad_order: "数字键盘排列",
  pad_phone: "电话式（1 在上）",
  pad_calculator: "计算器式（7 在上）",
  pad_when: "屏幕数字键盘",
  pad_touch: "手指操作时",
  pad_always: "一直显示",
  pad_never: "不显示",
  jump: "收缩压输完自动跳到舒张压",
  jump_yes: "自动跳",
  jump_no: "按回车再跳",
  lock_now: "锁屏",
  keys: "键盘",
  key_enter: "下一项；确认少见的值",
  key_save: "保存；按这一页最下面的深色按钮",
  key_esc: "离开输入框；再按回首页",
  key_find: "找人",
  key_stations: "这台设备的工位",
  key_scan: "回到扫码框",
  key_absent: "拒检、未测、设备故障",
  key_digits: "选标着这个数字的",
  about: "{device} · 程序 {version} · 项目标准 {catalogue} · 本机时间 {clock}",
  settings_kept: "点一下就生效，并且记在这台设备上。",
  // Printing
  make_of: "生成{what}",
  // Leaving
  not_yet_first: "先别走，有要先处理的",
} as const;

export type ScreensKey = keyof typeof ZH_SCREENS;

export function ts(key: ScreensKey, vars: Record<string, string | number> = {}): string {
  return filled(ZH_SCREENS[key], vars);
}
