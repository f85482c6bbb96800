// The sentences of 随访, loaded with its screens: the first page is not to carry them. Not sentences of other screens (zh.ts).
import { filled } from "./zh";

export const TASKS = {
  tasks: "随访", tasks_of: "{name} 的随访", due: "待随访", overdue: "已超期", done: "已完成", lost: "失访", gone: "依据已撤", differs: "两人记得不一样", differs_title: "两个人记得不一样，以没有完成的为准，请问清楚后再记一次",
  all: "全部", leaving: "A 级 {n} 人：今天离场前告知", go_tell: "去告知并记下", everybody: "所有人", nobody_yet: "还没人跟进", by_owner: "按谁在跟进", which: "看哪些", none: "没有要列出的随访。", more: "还有 {n} 条没有列出。", until: "{day} 前", until_today: "就在今天", until_leaving: "今天离场前", until_past: "原定 {day} 前", first: "今天离场前：{action}", phone: "登记的电话：{phone}", no_day: "未定日期", phone_none: "没有电话",
  not_allowed: "您的账号只能看，不能记随访", keyed: "录纸质随访单", keyed_lead: "纸质随访单逐行录入：先输 12 位编号，核对姓名，再输结果。每行记好后回到编号。", sheet: "随访单", sheet_lead: "含姓名和电话，不含身份证号，用途只能是随访，每次导出都会记录。",
  sheet_xlsx: "导出表格", sheet_pdf: "导出 A4 纸单", slips: "转诊单（A4）", slip: "打印转诊单", slips_lead: "每个人去每个地方一张：上半张存根留下，下半张和回执给本人。没有身份证号，用途只能是转诊，每次都会记录。回执收回来，按编号在“录纸质随访单”里记。",
  sheet_made: "已生成：{name}", sheet_back: "把填好的随访单放到这里，或点这里选择文件", sheet_reading: "正在读取随访单", sheet_done: "{rows} 行：记下 {taken} 行，早已记过 {known} 行，没有填写 {blank} 行，待处理 {held} 行",
  held: "退回的行", held_none: "没有退回的行。", held_row: "{file} 第 {row} 行 {number}", held_seen: "已处理，拿掉",
  held_key: "录这一行", held_says: "填的是：{words}", held_lead: "退回的行，填的都在下面，改好再记：{text}", held_result: "结果 {n}", held_way: "方式 {n}", held_told: "告知{who} {at}", held_next: "下次 {day}", to_chain: "看这个人的随访",
  stale: "这一天以后已经有更新的随访。核对后仍要补记的，点“照样记”。", anyway: "照样记", sheet_of: "做的是：{unit}", sheet_choose: "本机有几个单位，请先在上面点一个单位，再导出它的随访单。", page_before: "上一页", page_next: "下一页", page_of: "第 {n} 页，共 {of} 页",
  by_state: "按进展", state_open: "待告知", state_told: "已告知", state_referred: "已转诊", state_arrived: "已到诊", state_diagnosed: "已诊断", state_treated: "已治疗", state_in_care: "已纳管", state_controlled: "已控制", state_cleared: "排除", state_lost: "失访",
  elsewhere: "{round}还有 {n} 条没做完", elsewhere_untold: "{round}还有 {n} 条没做完，其中紧急未通知 {a} 条", look_round: "看{round}的", other_round: "这里是{round}的随访", own_round: "回到本轮",
  untold: "紧急未通知", number: "编号", number_of: "随访单编号 {number}", number_hint: "12 位，单子最左边一栏", number_missing: "请先输完整的 12 位编号", result: "结果", result_wrong: "这里不能填这个数字", part_missing: "请填写{part}", way: "方式", press: "点选{part}", result_hint: "点一个，有键盘也可输数字", press_one: "点一个", way_hint: "可不填；点一个，有键盘也可输数字", way_1: "当面", way_2: "电话", way_3: "上门", way_4: "微信短信", way_5: "学校转告", day: "日期", next: "下次日期", told: "告诉了谁", told_hint: "本人、家属或姓名",
  at: "几点", at_hint: "如 14:05，也可输 1405", at_wrong: "写成几点几分，如 14:05 或 1405", read_back: "对方已复述", read_back_missing: "请对方复述一遍，再按空格打上勾", place: "转到哪里", note: "备注", reason: "原因", save: "记下", saved: "{name} 已记下：{state}", unread: "已经记下。这一页没有重新读出来，还是原来的样子；不用再记一遍。", saved_known: "{name} 早已这样记过，没有重复记录", awaits: "A 级：先记下告诉了谁、几点、对方复述了没有",
  found_on: "{day} 发现", replaced: "已被代替", idle: "前面一步更正后，这一步不再起作用", why_replaced: "更正：{reason}", by: "{name} 记", next_step: "接着记一步", chain_none: "这个人没有要随访的结果。", stand: "待随访 {due} 条，已超期 {overdue} 条", stand_typing: "还没有记下", stand_gone: "这一条刚由别人记过，刚才输入的没有记下，请看过再记", to_list: "随访名单", handouts: "报告发放", summary: "汇总", contacts: "单位电话和村医",
  by_unit: "按单位", where_stop: "今天的单位", where_all: "本机全部单位", amend: "更正", withdraw: "撤回", amending: "更正这一步：{words}", withdrawing: "撤回这一步：{words}", why: "为什么要改", why_hint: "记错人、记错日期等", withdraw_do: "撤回", cancel: "不改了", withdrawn: "{name} 已撤回一步",
} as const;

export type TaskKey = keyof typeof TASKS;

/** A sentence with its `{places}` filled. */
export function tt(key: TaskKey, vars: Record<string, string | number> = {}): string {
  return filled(TASKS[key], vars);
}

/** The last day of a follow-up, against today: a level A of today is due before its person leaves. Nothing without one. */
export function dueWords(due: string | null, today: string, level: string): string {
  if (due === null || due === "") return "";
  if (due === today) return tt(level === "A" ? "until_leaving" : "until_today");
  return tt(due < today ? "until_past" : "until", { day: due });
}
