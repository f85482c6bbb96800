// The fake host's 随访: findings of A and B of people measured here, and the steps said in this tab. Not the project's rules.
import type { Commands, TaskAct, TaskChain, TaskCounts, TaskListRow, TaskStates, TaskStep } from "../api";
import { Failure, type Word } from "../platform";
import { CLOCK_DAY, findingsOf, type Records } from "./records";
import type { Somebody } from "./people";

type Own = "tasks" | "task_chains" | "task_record" | "task_sheet" | "referrals" | "task_sheet_in" | "task_held_drop";
type Answers = { [W in Own & Word]: (ask: Commands[W]["ask"]) => Commands[W]["answer"] };

const ACTS: [string, string, string][] = [["told", "1", "已告知"], ["referred", "2", "已转诊"], ["arrived", "3", "已到诊"], ["diagnosed", "4", "已明确诊断"], ["treated", "5", "已治疗"], ["in_care", "6", "已纳入慢病管理"], ["controlled", "7", "已控制"], ["cleared", "8", "复查正常或排除"], ["not_reached", "9", "未联系上"]];
const DONE = ["treated", "in_care", "controlled", "cleared"];
/** Said in this tab, by number. */
const said: Record<string, { act: string; step: TaskStep; next: string }[]> = {};

function chainsOf(records: Records, one: Somebody): TaskChain[] {
  const order = records.people.indexOf(one);
  return findingsOf(records, one.person).filter((found) => found.level === "A" || found.level === "B").map((found, at) => {
    const number = `${String(1000 + order)} ${String(5600 + at)} 9018`;
    const steps = said[number] ?? [];
    const last = steps.filter((step) => step.act !== "not_reached" && step.step.stands).at(-1);
    const state = ACTS.find(([act]) => act === last?.act)?.[2] ?? "待告知";
    const isDone = last !== undefined && DONE.includes(last.act);
    const may: TaskAct[] = isDone ? [] : ACTS.map(([act, code, name]) => ({ act, code, name }));
    return {
      number, round: "", level: found.level, lines: [`${found.text} ${found.value}`], action: "两周内复查", state, bucket: isDone ? "done" : "due", bucket_zh: isDone ? "已完成" : "待随访", day: CLOCK_DAY,
      due: isDone ? null : last?.next || "2026-05-02", differs: false, awaits_answer: found.level === "A" && last === undefined, steps: steps.map((step) => step.step), may,
    };
  });
}

/** Findings of level A of which nobody has said who was told. */
export function unansweredOf(records: Records, one: Somebody): string[] {
  return chainsOf(records, one).filter((chain) => chain.awaits_answer).flatMap((chain) => chain.lines);
}

export function taskAnswers(records: Records): Answers {
  const here = () => records.people.filter((one) => one.unit === records.choice?.unit);
  const all = () => here().flatMap((one) => chainsOf(records, one).map((chain) => ({ one, chain })));
  const row = ({ one, chain }: { one: Somebody; chain: TaskChain }): TaskListRow => ({
    number: chain.number, person: one.person, name: one.name, who: [one.sex, one.birth].filter(Boolean).join(" "), phone: one.phone, group: [one.grade, one.group].filter(Boolean).join(""), level: chain.level, state: chain.state, bucket: chain.bucket, bucket_zh: chain.bucket_zh,
    due: chain.due, differs: false, owner: chain.steps.at(-1)?.by ?? "", seen: chain.lines.join("；"), action: chain.action,
  });
  const counts = (): TaskCounts => ({ due: all().filter(({ chain }) => chain.bucket === "due").length, overdue: 0, done: all().filter(({ chain }) => chain.bucket === "done").length, lost: 0, gone: 0, differs: 0 });
  const STATES = { open: "待告知", told: "已告知", referred: "已转诊", arrived: "已到诊", diagnosed: "已明确诊断", treated: "已治疗", in_care: "已纳入慢病管理", controlled: "已控制", cleared: "复查正常或排除", lost: "失访" };
  const states = () => Object.fromEntries(Object.entries(STATES).map(([key, word]) => [key, all().filter(({ chain }) => chain.state === word).length])) as unknown as TaskStates;
  const plain = (number: string) => number.replace(/\s/g, "");
  return {
    tasks: ({ which }) => ({
      unit: records.choice?.unit ?? "", sheet_unit: records.choice?.unit ?? "", today: CLOCK_DAY, may_record: true, all: counts(), units: [{ key: records.choice?.unit ?? "", name: "", counts: counts(), states: states() }], owners: [{ key: "", name: "", counts: counts(), states: states() }],
      rows: all().filter(({ chain }) => which === null || chain.bucket === which).map(row), left_out: 0, held: [], elsewhere: [],
    }),
    task_chains: ({ person, number }) => {
      const of = number === null ? records.people.find((one) => one.person === person) : all().find(({ chain }) => plain(chain.number) === plain(number))?.one;
      if (!of) throw new Failure("task_unknown");
      return { person: of.person, name: of.name, who: [of.sex, of.birth].filter(Boolean).join(" "), phone: of.phone, today: CLOCK_DAY, may_record: true, chains: chainsOf(records, of) };
    },
    task_record: (ask) => {
      const of = all().find(({ chain }) => plain(chain.number) === plain(ask.number));
      if (!of) throw new Failure("task_unknown");
      const [act = "", , name = ""] = ACTS.find((one) => one[1] === ask.act || one[0] === ask.act) ?? [];
      if (of.chain.awaits_answer && !(act === "told" && ask.read_back) && act !== "not_reached") throw new Failure("task_not_answered");
      const words = [name, ask.place, ask.told, ask.next === "" ? "" : `下次 ${ask.next}`, ask.note].filter(Boolean).join("　");
      const step = { entry: `e${records.saved}`, day: ask.day, by: records.operator?.name ?? "", act, words, reason: ask.reason, stands: act !== "", is_head: true, is_idle: false, code: ask.act, way: ask.way, told: ask.told, at: ask.at, read_back: ask.read_back, place: ask.place, next: ask.next === "" ? null : ask.next, note: ask.note, may: ACTS.map(([one, code, word]) => ({ act: one, code, name: word })), awaits_answer: false };
      for (const one of said[of.chain.number] ?? []) if (ask.replaces.includes(one.step.entry)) one.step = { ...one.step, stands: false, may: [] };
      said[of.chain.number] = [...(said[of.chain.number] ?? []), { act, step, next: ask.next }];
      records.saved += 1;
      records.unsent += 1;
      return { is_new: true, state: name, due: ask.next === "" ? null : ask.next, name: of.one.name };
    },
    task_sheet: ({ is_workbook }) => ({ name: is_workbook ? "follow-up.xlsx" : "follow-up.pdf", media_type: "application/octet-stream", content: "" }),
    referrals: () => ({ name: "referral.pdf", media_type: "application/pdf", content: "" }),
    task_sheet_in: () => {
      throw new Failure("task_sheet_invalid");
    },
    task_held_drop: () => {
      throw new Failure("held_unknown");
    },
  };
}
