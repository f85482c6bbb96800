// The fake host's 知情同意: slips of the tab's session, all in order but those ticked otherwise. Not the project's rules.
import type { Commands, ConsentRow, ConsentSlip } from "../api";
import type { Word } from "../platform";
import { STATIONS, rowOf, unitLabel, type Records } from "./records";
import type { Somebody } from "./people";

type Own = "consent" | "consent_save" | "consent_import";
type Answers = { [W in Own & Word]: (ask: Commands[W]["ask"]) => Commands[W]["answer"] };

const slips: Record<string, ConsentSlip> = {};
const nameOf = (key: string) => STATIONS.find((one) => one.key === key)?.name_zh ?? key;

/** In words, as the real host says it. */
export function consentOf(one: Somebody): string {
  const slip = slips[one.person];
  if (!one.isPupil) return "";
  if (!slip || slip.answer === "missing") return "未交回";
  if (slip.answer === "refused") return "全部不同意";
  return slip.stations.length === 0 ? "同意" : `同意，除${slip.stations.map(nameOf).join("、")}`;
}

export function consentAnswers(records: Records): Answers {
  const pupils = () => records.people.filter((one) => one.unit === records.choice?.unit && one.isPupil);
  const row = (one: Somebody): ConsentRow => {
    const { answer = "missing", stations = [], items = [] } = slips[one.person] ?? {};
    const said = slips[one.person] ? [`${records.choice?.day ?? ""} ${records.operator?.name ?? unitLabel(one.unit)} 登记：${consentOf(one)}`] : [];
    return { row: rowOf(records, one), answer, text: consentOf(one), stations, items, differs: false, said, saw: [], in_spite: [] };
  };
  return {
    consent: ({ grade, group, list }) => {
      const keys = [...new Set(pupils().map((one) => `${one.grade ?? ""}|${one.group ?? ""}`))].sort();
      const classes = keys.map((key) => {
        const [of, in_] = key.split("|");
        const own = pupils().filter((one) => (one.grade ?? "") === of && (one.group ?? "") === in_);
        return { grade: of || null, group: in_ || null, people: own.length, missing: own.filter((one) => consentOf(one) === "未交回").length };
      });
      const rows = list ? pupils().filter((one) => one.grade === grade && one.group === group).map(row) : [];
      return { classes, rows, groups: STATIONS.filter((one) => one.key !== "register" && one.key !== "tcm").map((one) => ({ station: one.key, name: one.name_zh })) };
    },
    consent_save: ({ slips: of }) => {
      for (const slip of of) slips[slip.person] = slip;
      records.saved += of.length;
      records.unsent += of.length;
      return { saved: of.length, known: 0 };
    },
    consent_import: () => ({ rows: 38, blank: 1, taken: 36, known: 0, kept: 1, problems: [{ sheet: "Sheet1", row: 9, text: "同名的不止一人。请在这一行写上身份证号或学籍号。" }] }),
  };
}
