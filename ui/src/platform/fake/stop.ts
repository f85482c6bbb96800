// The fake host's commands about a whole stop: rosters, classes, coverage, leaving, the day's end, held work, printing.
// Not the project's counts.
import type { Check, Commands, CoverageRow, HeldRow, PersonRow } from "../api";
import type { Word } from "../platform";
import { awaited } from "./conclude";
import { Failure } from "../platform";
import { consentOf } from "./consent";
import type { Somebody } from "./people";
import { STATIONS, currentCells, isAnswered, packageOf, rowOf, stationItems, unitLabel, walkOf, type Records } from "./records";
import { itemOf } from "./judge";
import { unansweredOf } from "./tasks";

type Own = "roster_import" | "class_list" | "coverage" | "check_out" | "day_end" | "carry" | "held" | "print";
type Answers = { [W in Own & Word]: (ask: Commands[W]["ask"]) => Commands[W]["answer"] };

function here(records: Records): Somebody[] {
  const unit = records.choice?.unit ?? "";
  return records.people.filter((one) => one.unit === unit);
}

function wasSeen(records: Records, somebody: Somebody): boolean {
  return Object.keys(records.values[somebody.person] ?? {}).some((item) => currentCells(records, somebody.person, item).length > 0);
}

function isWhole(records: Records, somebody: Somebody): boolean {
  return packageOf(somebody).every((item) => isAnswered(records, somebody.person, item));
}

export function conflicts(records: Records): number {
  return here(records).filter((one) => Object.keys(records.values[one.person] ?? {}).some((item) => currentCells(records, one.person, item).length > 1)).length;
}

export function heldRows(records: Records): HeldRow[] {
  return [
    {
      entry: "h1", unit_label: "水洞底镇 慕隆村", day: "2026-04-17", station: "采血", reason: "检查时间比轮次开始还早，可能是那台设备的日期不对。",
      step: "请协调员在服务器上核对后决定收或不收；本机不用做什么，内容没有丢失。", decided: records.decided.h1 ?? null,
    },
  ];
}

export function readyChecks(records: Records): Check[] {
  const people = here(records).length;
  return [
    { key: "roster", state: people > 0 ? "good" : "bad", text: people > 0 ? `花名册 ${people} 人，版本 4 月 16 日` : "今天的站点还没有花名册", step: people > 0 ? "" : "有网络时先同步，或把名单文件放进来。" },
    { key: "catalogue", state: "good", text: "项目与标准：版本 1，与服务器一致", step: "" },
    { key: "clock", state: "good", text: "本机时间与服务器相差 2 秒", step: "" },
    { key: "disk", state: "good", text: "磁盘可用 21 GB", step: "" },
    { key: "unsent", state: "note", text: `有 ${records.unsent} 条还没有上传`, step: "出发前连一次网络更稳妥；不连也可以出发，内容都在本机。" },
  ];
}

function coverage(records: Records): CoverageRow[] {
  const groups = new Map<string, Somebody[]>();
  for (const one of here(records)) {
    const key = `${one.grade ?? ""}|${one.group ?? ""}`;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, people]) => {
    const [grade, group] = key.split("|");
    const listed = people.filter((one) => one.standing === "名单内" || one.standing === "名单外·外区").length;
    const examined = people.filter((one) => wasSeen(records, one)).length;
    const missing = listed - examined;
    return {
      grade: grade || null, group: group || null, listed, examined, complete: people.filter((one) => isWhole(records, one)).length, missing, no_consent: people.filter((one) => consentOf(one) === "未交回").length,
      reasons: missing > 6 ? [{ reason: "外出务工", people: 4 }, { reason: "住院", people: 1 }] : [],
    };
  });
}

function dayChecks(records: Records, openA: PersonRow[], early: PersonRow[]): Check[] {
  return [
    { key: "drafts", state: records.drafts.length > 0 ? "bad" : "good", text: records.drafts.length > 0 ? `${records.drafts.length} 张表没有保存完` : "没有未保存的表", step: records.drafts.length > 0 ? "到首页“没写完的表”里逐张打开保存或丢弃。" : "" },
    { key: "open_a", state: openA.length > 0 ? "bad" : "good", text: `A 级异常未处理 ${openA.length} 人`, step: openA.length > 0 ? "逐人打开：当面告知，记录处置。" : "" },
    { key: "left_early", state: early.length > 0 ? "note" : "good", text: `没做完就离开 ${early.length} 人`, step: early.length > 0 ? "能叫回的叫回；叫不回的写明原因。" : "" },
    { key: "unsent", state: records.unsent > 0 ? "note" : "good", text: `待上传 ${records.unsent} 条`, step: records.unsent > 0 ? "回到有网络的地方会自动上传。" : "" },
    { key: "held", state: "note", text: "待处理 1 条", step: "在“保存与同步”里看原因。" },
  ];
}

export function answers(records: Records): Answers {
  const row = (somebody: Somebody) => rowOf(records, somebody);
  return {
    roster_import: ({ files }) => ({
      files: files.length, rows: 61, accepted: 58, merged: 2, no_longer_listed: 0,
      problems: [
        { file: files[0]?.name ?? "", sheet: "Sheet1", row: 14, who: "龙秀英 1954-03-07", column: "身份证号", code: "id_check_digit", text: "身份证号码校验不通过，至少有一位写错，请核对。", cell: "D14", there: "431399195403070000" },
        { file: files[0]?.name ?? "", sheet: "Sheet1", row: 37, who: "", column: "姓名", code: "name_missing", text: "有资料但没有姓名，本行未导入，请补填姓名。", cell: "B37", there: "" },
        { file: files[0]?.name ?? "", sheet: "Sheet1", row: 52, who: "麻小红 2014-06-02", column: "班", code: "class_missing", text: "没有写年级或班级，请补填。", cell: null, there: null },
      ],
      problem_workbook: { name: "名单问题.xlsx", media_type: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", content: "UEsDBA==" },
    }),
    class_list: ({ grade, group, station }) => {
      const all = here(records);
      const keys = coverage(records).map((one) => ({
        grade: one.grade, group: one.group, people: one.listed,
        done: all.filter((person) => person.grade === one.grade && person.group === one.group && stationItems(station).filter((item) => packageOf(person).includes(item.key)).every((item) => isAnswered(records, person.person, item.key))).length,
      }));
      const own = all.filter((one) => one.grade === grade && one.group === group);
      const items = walkOf(station);
      const rows = own.map((one) => {
        const mandatory = stationItems(station).map((item) => item.key).filter((item) => packageOf(one).includes(item));
        const open = (mandatory.length > 0 ? mandatory : items).filter((item) => !isAnswered(records, one.person, item));
        return {
          row: row(one), values: items.map((item) => currentCells(records, one.person, item)[0] ?? null),
          open, is_done: open.length === 0, recheck: null, consent: consentOf(one) === "同意" ? "" : consentOf(one), has_draft: records.drafts.some((draft) => draft.person === one.person),
        };
      });
      return { classes: keys, columns: items, rows };
    },
    coverage: ({ grade, group, list }) => {
      const missing = here(records).filter((one) => (!grade || one.grade === grade) && (!group || one.group === group) && !wasSeen(records, one));
      return { rows: coverage(records), other_villages: 3, outside: 1, missing: list ? missing.map(row) : [] };
    },
    check_out: ({ person }) => {
      const somebody = records.people.find((one) => one.person === person);
      if (!somebody) throw new Failure("person_unknown");
      const missing = STATIONS.map((station) => ({
        station: station.key, items: station.items.filter((item) => packageOf(somebody).includes(item) && !isAnswered(records, person, item)).map((item) => itemOf(item)?.name_zh ?? item),
      })).filter((one) => one.items.length > 0);
      const open = unansweredOf(records, somebody).map((line) => `A 级：${line}，还没有人处理`);
      return { row: row(somebody), missing, is_unanswered: open.length > 0, recheck: null, open };
    },
    day_end: () => {
      const people = here(records).filter((one) => wasSeen(records, one));
      const early = people.filter((one) => !isWhole(records, one)).slice(0, 8).map(row);
      const openA = people.filter((one) => unansweredOf(records, one).length > 0).slice(0, 4).map(row);
      const stations = STATIONS.map((station) => {
        const seen = people.filter((one) => station.items.some((item) => isAnswered(records, one.person, item)));
        return { station: station.key, name: station.name_zh, people: seen.length, results: seen.length * station.items.length };
      }).filter((one) => one.people > 0);
      return { unit_label: unitLabel(records.choice?.unit ?? ""), day: records.choice?.day ?? "", people: people.length, stations, left_early: early, open_a: openA, rechecks: [], conflicts: [], unconfirmed: awaited(records).length, drafts: records.drafts.length, unsent: records.unsent, checks: dayChecks(records, openA, early) };
    },
    carry: () => ({
      entries: records.unsent,
      sentence: records.unsent === 0 ? "服务器已有本机的全部记录，不用存文件。" : `已存入 jkkc-0a0b0c0d-20260914-1730.carry：${records.unsent} 条记录，来自 1 台设备，只有本区服务器能打开。请交给协调员导入；导入后本机下次联网，待上传自动减少。`,
      file: records.unsent === 0 ? null : { name: "jkkc-0a0b0c0d-20260914-1730.carry", media_type: "application/octet-stream", content: btoa("age-encryption.org/v1 made up") },
    }),
    held: () => ({ rows: heldRows(records) }),
    print: ({ kind, purpose }) => ({
      name: `${kind}.pdf`, media_type: "application/pdf",
      content: btoa(`%PDF-1.4 made up ${kind} ${purpose === null ? "masked" : "whole"}`),
    }),
  };
}
