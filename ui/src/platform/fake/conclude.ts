// The fake host's 总检: what is proposed, what was signed, who has nothing abnormal. Not the project's rules.
import type { Commands, ConclusionView, ConfirmRow, PersonWhole } from "../api";
import { Failure, type Word } from "../platform";
import { currentCells, findingsOf, isAnswered, packageOf, rowOf, type Records } from "./records";
import { itemOf } from "./judge";
import type { Somebody } from "./people";

type Own = "conclusion" | "conclude" | "conclude_list" | "conclude_all" | "confirm_list" | "confirm";
type Answers = { [W in Own & Word]: (ask: Commands[W]["ask"]) => Commands[W]["answer"] };

/** Signed in this tab, by person. */
const signed: Record<string, ConclusionView["signed"]> = {};
const isNormal = (records: Records, one: Somebody) => packageOf(one).every((item) => isAnswered(records, one.person, item)) && findingsOf(records, one.person).length === 0;
const mark = (records: Records) => `m${records.saved}`;

function sign(records: Records, person: string, findings: string[], advice: string, reason: string): number {
  const before = (signed[person] ?? []).map((one) => ({ ...one, stands: false }));
  const version = before.length + 1;
  signed[person] = [...before, { version, day: "2026-04-18", doctor: records.operator?.name ?? "", stands: true, withdrawn: false, reason, findings, rejected: [], advice }];
  records.saved += 1;
  records.unsent += 1;
  return version;
}

/** Words that wait for whoever dictated them, a row a value. */
export function awaited(records: Records): ConfirmRow[] {
  const here = records.people.filter((one) => one.unit === records.choice?.unit);
  return here.flatMap((one) => Object.keys(records.values[one.person] ?? {}).flatMap((item) => currentCells(records, one.person, item).filter((cell) => cell.word === "awaited").map((cell) => ({
    row: rowOf(records, one), station: cell.station, entry: cell.entry, values: [`${itemOf(item)?.name_zh ?? item}：${cell.text}`], day: cell.day ?? "", at: `${cell.day} ${cell.at}`, typed_by: cell.operator, examiner: cell.examiner, has_no_account: false,
  }))));
}

export function concludeAnswers(records: Records, whole: (person: string) => PersonWhole): Answers {
  const here = () => records.people.filter((one) => one.unit === records.choice?.unit && Object.keys(records.values[one.person] ?? {}).some((item) => currentCells(records, one.person, item).length > 0));
  const normals = () => here().filter((one) => isNormal(records, one) && !signed[one.person]);
  return {
    conclusion: ({ person }) => {
      const before = signed[person] ?? [];
      const proposed = findingsOf(records, person).map((one) => ({ rule: one.rule, code: one.code, item: one.item ?? "", level: one.level, text: one.text, value: one.value, action: "两周内复查", due: null, standard: "成人血压：中国高血压防治指南（2024）", tables: ["hypertension_grades_adult.csv"], answer: null, said: "", is_left_to_the_doctor: false, graded: null, earlier: null, seen_by_person: one.text, to_person: "请两周内到卫生院复查" }));
      return { whole: whole(person), state: before.length > 0 ? "已总检" : "未总检", mark: mark(records), may_sign: true, proposed, added: [], usual_days: [{ level: "A", due_days: 0 }, { level: "B", due_days: 14 }, { level: "C", due_days: null }], advice: before.at(-1)?.advice ?? "", changed: [], unsure: [], open: [], signed: before };
    },
    conclude: (ask) => {
      if (ask.mark !== mark(records)) throw new Failure("conclusion_moved");
      const kept = ask.answers.filter((one) => one.answer !== "reject").map((one) => one.text || one.code);
      const version = sign(records, ask.person, [...kept, ...ask.added.map((one) => one.text)], ask.advice, ask.reason);
      return { version, new: true, findings: kept.length + ask.added.length, rejected: ask.answers.length - kept.length };
    },
    conclude_list: () => ({
      mark: mark(records), may_sign: true,
      normal: normals().map((one) => ({ row: rowOf(records, one), values: ["血压 118/76"], of: 12 })),
      one_by_one: here().filter((one) => !isNormal(records, one) && !signed[one.person]).map((one) => ({ row: rowOf(records, one), state: "待总检" })),
      signed: here().filter((one) => signed[one.person]).length, look_again: 0, conflict: 0, unconfirmed: awaited(records).length,
    }),
    confirm_list: () => ({ mine: awaited(records), others: [] }),
    confirm: ({ saves }) => {
      let confirmed = 0;
      for (const save of saves) for (const cells of Object.values(records.values[save.person] ?? {})) for (const cell of cells) {
        if (cell.entry !== save.entry || cell.word !== "awaited") continue;
        [cell.word, cell.confirmed_by, confirmed] = ["confirmed", records.operator?.name ?? "", confirmed + 1];
      }
      return { confirmed, moved: saves.length - confirmed };
    },
    conclude_all: ({ mark: of }) => {
      if (of !== mark(records)) throw new Failure("conclusion_moved");
      const all = normals();
      all.forEach((one) => sign(records, one.person, [], "", ""));
      return { signed: all.length, left_out: [] };
    },
  };
}
