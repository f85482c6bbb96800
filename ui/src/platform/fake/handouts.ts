// The fake host's 发放: people examined here, signed as far as the fake's 总检 goes. Not the project's rules.
import type { Commands, HandoutRow } from "../api";
import { Failure, type Word } from "../platform";
import { CLOCK_DAY, type Records } from "./records";

type Own = "handouts" | "handout_print" | "handout_sheet" | "handout_received";
type Answers = { [W in Own & Word]: (ask: Commands[W]["ask"]) => Commands[W]["answer"] };

/** Printed and received in this tab. */
const printed = new Set<string>();
const received = new Map<string, string>();

export function handoutAnswers(records: Records): Answers {
  const here = () => records.people.filter((one) => one.unit === records.choice?.unit);
  const row = (one: ReturnType<typeof here>[number]): HandoutRow => {
    const by = received.get(one.person);
    return {
      person: one.person, name: one.name, group: [one.grade, one.group].filter(Boolean).join(""), state: by === undefined ? "not_given" : "given", state_zh: by === undefined ? "待发放" : "已发放", version: 1, printed: printed.has(one.person),
      holds: by === undefined ? null : 1, received_on: by === undefined ? "" : CLOCK_DAY, taken_by: by ?? "",
    };
  };
  return {
    handouts: () => {
      const rows = here().map(row);
      const given = rows.filter((one) => one.state === "given").length;
      const unit = records.choice?.unit ?? "";
      return { unit, code: unit, units: [{ unit, label: unit }], may_record: true, not_final: 0, not_given: rows.length - given, given, holds_old: 0, rows };
    },
    handout_print: ({ people }) => {
      const of = here().filter((one) => people.length === 0 || people.includes(one.person));
      if (of.length === 0) throw new Failure("report_not_final");
      of.forEach((one) => printed.add(one.person));
      return { file: { name: "reports.pdf", media_type: "application/pdf", content: "" }, left_out: [] };
    },
    handout_sheet: ({ is_workbook }) => ({ name: is_workbook ? "receipts.xlsx" : "receipts.pdf", media_type: "application/octet-stream", content: "" }),
    handout_received: ({ people, taken_by }) => {
      const fresh = people.filter((person) => !received.has(person));
      fresh.forEach((person) => received.set(person, taken_by));
      records.saved += fresh.length;
      records.unsent += fresh.length;
      return { recorded: fresh.length, known: people.length - fresh.length, left_out: [] };
    },
  };
}
