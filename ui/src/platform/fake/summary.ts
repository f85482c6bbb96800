// The fake host's 汇总 and a person's report as paper: a few figures of the people here. Not the project's rules.
import type { Commands } from "../api";
import type { Word } from "../platform";
import { CLOCK_DAY, type Records } from "./records";

type Own = "summary" | "person_paper";
type Answers = { [W in Own & Word]: (ask: Commands[W]["ask"]) => Commands[W]["answer"] };

export function summaryAnswers(records: Records): Answers {
  const unit = () => records.choice?.unit ?? "";
  const here = () => records.people.filter((one) => one.unit === unit());
  return {
    summary: () => ({
      title: "居民健康体检村汇总", unit: unit(), kind: "village", name: unit(), as_of: CLOCK_DAY, note: "分子或分母少于 5 人的不显示。", choices: [{ unit: unit(), kind: "village", name: unit(), kind_zh: "村汇总" }],
      overview: [{ left: "实检人数", right: String(here().length) }], problems: [{ left: "合计", right: "" }], groups: [{ name: "合计", people: here().length }],
      rates: [{ heading: "随访（按异常项数）", name: "转诊率（A、B 级）", found: "不显示", measured: "不显示", rate: "不显示", left_out: "0" }], unmeasured: [],
    }),
    person_paper: () => ({ version: null, may_print: true, reasons: ["还没有总检医生签发"] }),
  };
}
