// The sentences of 总检, loaded with its screens: the first page is not to carry them. Not sentences of other screens (zh.ts).
import { filled } from "./zh";

export const CONCLUDE = {
  sign: "签发", sign_all: "签发这 {n} 人", signed_toast: "总检第 {n} 版已签发", signed_all_toast: "已签发 {n} 人的总检", left_out: "{n} 人没有签发：在您账号的单位以外检查的，请由管那里的医生账号签发；在“今天开工”的日期以后检查的，请改好日期再签。{names}",
  conclude_moved: "刚才有新的结果或总检进来，和您正在看的不同了", look_again: "重新看", conclude_changed: "签发之后有变化，需要再看", conclude_unsure: "有的结果可能是别人的，先核对再签发", conclude_not_doctor: "您的账号不是医生，只能看，不能签发", conclude_call: "请总检医生来：锁屏后用医生自己的账号登录，再打开这一页。",
  proposed: "按规则提出的异常", proposed_none: "没有异常", proposed_keys: "上下键选一条，回车或 1 采用，2 改写，3 不采用；0 填入现成的健康指导", why: "依据",
  answer_of: "{finding}：怎么处理", answer_accept: "采用", answer_reword: "改写", answer_reject: "不采用", answer_words: "改写为", answer_reason: "不采用的原因", answer_words_missing: "请写上文字",
  answer_earlier: "此前对 {value} 签的是：{word}（{said}）。现在的值不同，请重新看", answer_graded: "{word}，医生定级 {level}",
  own: "再加一条异常", own_days: "几天内", own_days_wrong: "请输 0 到 365 的天数，或空着", own_action: "做什么、去哪里", own_due: "{n} 天内", graded: "医生定级", own_level: "级别", own_level_missing: "请先选级别", own_add: "加上", own_drop: "去掉", own_stopped: "这一条写了还没有加上，请按回车加上，或清空", advice: "健康指导", advice_usual: "填入现成的健康指导", conclude_reason: "更正的原因",
  conclude_open: "还没有结果的：{items}", conclude_unanswered: "还有 {n} 条没有处理", conclude_draft: "{state} · 写的留成草稿，签发才算数", signed_before: "签发记录", signed_withdrawn: "已撤回", version: "第 {n} 版",
  owed: "还没有复测：人在就先去复测再签发，不在就按这一次的读数写明。", concluded_word: "已总检", look_again_word: "需再看", one_by_one: "待总检", nobody_left: "没有待总检的人了。", normal_word: "未见异常", normal_wait: "未见异常，待签发", normal_title: "未见异常，可成批签发：{n} 人",
  normal_lead: "项目齐全，没有异常，没有待回报，没有超出参考范围的值。请逐行看过再签发。", normal_looked: "我已逐人看过", normal_look_first: "看过后勾选“我已逐人看过”，再签发", conclude_stand: "已总检 {n} 人", handouts: "报告发放",
} as const;

export type ConcludeKey = keyof typeof CONCLUDE;

/** A sentence with its `{places}` filled. */
export function tc(key: ConcludeKey, vars: Record<string, string | number> = {}): string {
  return filled(CONCLUDE[key], vars);
}
