// A believable host in memory: every command of the boundary, made-up people, the tab's session as its disk. Not the
// project's rules and not a test of them: it is here so that screens can be built, tested and pictured without one.
import items from "@catalogue/items.json";
import packages from "@catalogue/packages.json";
import phrases from "@catalogue/phrases.json";
import type { AppState, Checks, Commands, DayView, FailureCode, Forms, Found, HeldRow, HubView, PersonRow, PhraseBook, RegisterAsk, SyncState, ValueCell } from "../api";
import { readId } from "../../entry/id_number";
import { download } from "../files";
import { Failure, type Platform, type Word } from "../platform";
import { ITEMS, hardLimits, judge } from "./judge";
import { TUBES, labAnswers } from "./lab";
import { EXAMINERS, PASSWORD, ROUNDS, SLOTS, UNITS, type Somebody } from "./people";
import { concludeAnswers } from "./conclude";
import { consentAnswers } from "./consent";
import { contactAnswers } from "./contacts";
import * as stop from "./stop";
import { handoutAnswers } from "./handouts";
import { summaryAnswers } from "./summary";
import { taskAnswers, unansweredOf } from "./tasks";
import { ABSENT, CLOCK_DAY, STATIONS, askedOf, clock, currentCells, earlierFindings, findingsOf, keepSoon, load, progressOf, put, rowOf, stationItems, unitLabel, packageOf, type Records } from "./records";

const FREE_TRIES = 5;
const ROWS_MAX = 12;
const WATCH_MS = 20_000;

/** Knobs for tests: what fails next, how slow the host is. */
export interface FakeKnobs {
  failNext: Partial<Record<Word, FailureCode>>;
  delayMs: number;
  calls: { command: Word; ask: unknown }[];
}

type Answers = { [W in Word]: (ask: Commands[W]["ask"]) => Commands[W]["answer"] };

const FORMS: Forms = {
  version: items.version,
  items: ITEMS.map((item) => ({
    item: item.key, name: item.name_zh, short: item.short_zh, unit: item.unit_zh, kind: item.kind,
    is_derived: item.derived === true, decimals: item.decimals_shown ?? 0, hard_min: hardLimits(item.key)[0], hard_max: hardLimits(item.key)[1],
    chars_max: item.chars_max ?? 12, choices: (item.choices ?? []).map(({ code, key, zh, exclusive }) => ({ code, key, zh, exclusive: exclusive === true })),
    shown_if: item.shown_if ? { item: item.shown_if.item, keys: item.shown_if.is ?? [] } : null, hint: item.hint_zh ?? "", has_phrases: phrases.phrases.some((one) => one.items.includes(item.key)),
    pair: item.key.startsWith("sbp") ? item.key.replace("sbp", "dbp") : item.key.startsWith("vision") && item.key.endsWith("right") ? item.key.replace("right", "left") : null,
  })),
  stations: STATIONS.map((station) => ({ station: station.key, name: station.name_zh, items: station.items, digit_goes_on: station.digit_goes_on === true, draws_tubes: TUBES.some((tube) => tube.station === station.key), from_tubes: [] })),
  packages: packages.packages.filter((one) => !("adds" in one)).map((one) => ({ is_pupil: one.kind === "pupil", name: one.name_zh, mandatory: one.mandatory, optional: one.optional })),
  absent: items.absent_words.map(({ reason }) => ({ reason, zh: ABSENT[reason] ?? reason })),
  tables: [{ stations: ["blood", "urine"], name: "采血尿" }],
};

const BOOK: PhraseBook = {
  phrases: phrases.phrases.map((one) => ({
    phrase: one.key, items: one.items, text: one.text, initials: one.initials, level: one.finding === undefined ? "" : one.level, is_normal: one.level === "normal", hint: one.hint_zh ?? "",
  })),
};

function stateOf(records: Records): AppState {
  const wait = records.tries > FREE_TRIES ? 15 * (records.tries - FREE_TRIES) : 0;
  const notice = records.isNoticed ? null : "这台设备上次是突然断电的，已自动核对：保存过的内容都在，没有丢失。";
  return {
    phase: records.phase, device_name: "体检车 3 号平板", slots: [...SLOTS, ...records.accounts].map((slot) => ({ ...slot, wait_s: wait })), operator: records.operator,
    capabilities: { id_card_reader: true, id_card_simulated: true, save_files: false, at_device: true, hall: true, enrol: records.phase === "empty" }, app_version: "0.0.0", catalogue_version: 1,
    lock_after_min: 10, clock: clock(records), clock_warning: null, key_lost: null, notice: records.phase === "open" ? notice : null,
  };
}

function syncOf(records: Records): SyncState {
  const open = stop.heldRows(records).filter((row: HeldRow) => row.decided === null).length + stop.conflicts(records);
  const untold = records.people.filter((one) => unansweredOf(records, one).length > 0).map((one) => one.person);
  return {
    phase: "offline", urgent: untold.length, urgent_person: untold.length === 1 ? (untold[0] ?? null) : null, saved: records.saved, unsent: records.unsent, carried: 0, uploaded: records.saved - records.unsent, backed_up: records.saved - records.unsent, attention: open, conflicts: stop.conflicts(records), synced_at: records.syncedAt, line: 0,
    sentence: "连不上服务器。内容都在本机，有网络时会自动上传，现在不用做什么。", notice: null,
  };
}

function dayView(records: Records): DayView {
  const stations = ["general", "bp", "vision", "blood"].map((station) => ({ station, examiner: "e1" }));
  const proposal = { round: "r4", unit: "431399001001", day: CLOCK_DAY, stations, line: [] };
  return { choice: records.choice, proposal, rounds: ROUNDS, units: UNITS, examiners: EXAMINERS, given: null, names: [{ station: "conclude", name: "总检" }], may_record: true };
}

function find(records: Records, text: string, stopUnit: string): Found {
  const words = text.toUpperCase();
  const small = text.toLowerCase();
  if (words === "") return { rows: [], exact: false, more: false };
  const whole = records.people.filter((one) => one.id === words || (one.studentNo !== "" && one.studentNo === words) || `JK${one.person.replace("-", ".").toUpperCase()}` === words);
  if (whole.length === 1) return { rows: whole.map((one) => rowOf(records, one)), exact: true, more: false };
  const hits = records.people.filter(
    (one) => one.name.includes(text) || one.pinyin.startsWith(small) || one.id.endsWith(words) || (words.length > 5 && one.id.startsWith(words)) || (words.length > 3 && one.phone.includes(words)) || one.studentNo.endsWith(words),
  );
  hits.sort((a, b) => Number(b.unit === stopUnit) - Number(a.unit === stopUnit));
  return { rows: hits.slice(0, ROWS_MAX).map((one) => rowOf(records, one)), exact: false, more: hits.length > ROWS_MAX };
}

function duplicates(records: Records, ask: RegisterAsk): PersonRow[] {
  const same = records.people.filter((one) => (ask.id_number !== "" && one.id === ask.id_number) || (one.name === ask.name.trim() && (ask.birth === "" || one.birth === ask.birth)));
  return same.slice(0, 5).map((one) => rowOf(records, one));
}

function somebodyOf(records: Records, person: string): Somebody {
  const found = records.people.find((one) => one.person === person);
  if (!found) throw new Failure("person_unknown");
  return found;
}

function peopleAnswers(records: Records): Pick<Answers, "find" | "person" | "register_check" | "register" | "card_read"> {
  return {
    find: ({ text }) => find(records, text, records.choice?.unit ?? ""),
    person: ({ person }) => {
      const somebody = somebodyOf(records, person);
      const own = records.values[person] ?? {};
      const histories = FORMS.items.filter((item) => own[item.item]).map((item) => ({ item: item.item, current: currentCells(records, person, item.item), ever: own[item.item] ?? [] }));
      const row = rowOf(records, somebody);
      const state = row.done === 0 ? "已登记" : row.done < row.of ? "检查中" : "现场完成";
      return { row, state, stations: progressOf(records, somebody), findings: [...findingsOf(records, person), ...earlierFindings(records, person)], unanswered: unansweredOf(records, somebody), items: histories, id_number_is_proposed: false };
    },
    register_check: (ask) => {
      const id = readId(ask.id_number);
      const problems = id.kind === "wrong" ? [{ field: "id_number", code: "id_number_invalid", text: "身份证号码不对，请核对。", is_refusal: true }] : [];
      return { birth: id.kind === "good" ? id.birth : null, sex: id.kind === "good" ? id.sex : null, age: null, problems, duplicates: duplicates(records, ask) };
    },
    register: (ask) => {
      if (ask.same_as) return { person: ask.same_as, row: rowOf(records, somebodyOf(records, ask.same_as)) };
      if (!ask.is_new_for_sure && duplicates(records, ask).length > 0) throw new Failure("person_ambiguous");
      const unit = ask.home_unit ?? records.choice?.unit ?? "";
      const standing = unit === records.choice?.unit ? "名单外" : UNITS.some((one) => one.unit === unit) ? "名单外·本区" : "名单外·外区";
      const somebody: Somebody = {
        person: `new-${records.people.length}`, name: ask.name.trim(), pinyin: "", sex: ask.sex === "男" ? "男" : "女", birth: ask.birth, id: ask.id_number, phone: ask.phone,
        studentNo: ask.student_no, unit, grade: ask.grade || null, group: ask.group || null, isPupil: ask.is_pupil, standing,
      };
      records.people.push(somebody);
      records.saved += 1;
      records.unsent += 1;
      return { person: somebody.person, row: rowOf(records, somebody) };
    },
    card_read: () => {
      const somebody = records.people[3];
      if (!somebody) throw new Failure("person_unknown");
      return { name: somebody.name, id_number: somebody.id, sex: somebody.sex, birth: somebody.birth, address: unitLabel(somebody.unit) };
    },
  };
}

function stationAnswers(records: Records): Pick<Answers, "form" | "judge" | "save" | "draft_put" | "draft_drop" | "drafts" | "amend" | "choose" | "void"> {
  const dropDraft = (person: string, station: string) => {
    records.drafts = records.drafts.filter((draft) => draft.person !== person || draft.station !== station);
  };
  const changed = (person: string, item: string, change: (cells: ValueCell[]) => void) => {
    const cells = records.values[person]?.[item];
    if (!cells) throw new Failure("result_unknown");
    change(cells);
    records.saved += 1;
    records.unsent += 1;
    return { entry: `n${records.saved}`, replaced: 1 };
  };
  return {
    form: ({ person, station }) => {
      const somebody = somebodyOf(records, person);
      const own = records.values[person] ?? {};
      const earlier = (item: string) => (own[item] ?? []).filter((one) => one.round !== "第四轮").pop() ?? null;
      return {
        row: rowOf(records, somebody), station,
        items: stationItems(station).filter((item) => askedOf(records, somebody).has(item.key)).map((item) => ({ item: item.key, is_mandatory: packageOf(somebody).includes(item.key), current: currentCells(records, person, item.key), last: earlier(item.key) })),
        proposed: [], refused: [], saw: stationItems(station).flatMap((item) => currentCells(records, person, item.key).map((one) => one.entry)), draft: records.drafts.find((draft) => draft.person === person && draft.station === station) ?? null, recheck: null, still: null,
      };
    },
    judge: ({ person, values }) => judge(somebodyOf(records, person), values),
    save: (ask) => {
      const somebody = somebodyOf(records, ask.person);
      const judged = judge(somebody, ask.values);
      const refused = judged.items.filter((one) => one.band === "impossible");
      const done = { saved_at: clock(records), findings: [], recheck: judged.recheck, open: [], entry: "", refused };
      if (refused.length > 0 || records.saves.includes(ask.save_id)) return { ...done, results: 0, row: rowOf(records, somebody) };
      records.saves.push(ask.save_id);
      records.minutes += 1;
      records.saved += 1;
      records.unsent += 1;
      for (const typed of ask.values) put(records, ask.person, typed, { unusual: typed.confirmed, day: CLOCK_DAY, operator: records.operator?.name ?? "" });
      for (const typed of judged.derived) put(records, ask.person, typed);
      dropDraft(ask.person, ask.station);
      const owed = judged.recheck ? [{ row: rowOf(records, somebody), at: clock(records), repeat: judged.recheck }] : [];
      records.owed = [...records.owed.filter((one) => one.row.person !== ask.person), ...owed];
      return { ...done, saved_at: clock(records), results: ask.values.length, findings: findingsOf(records, ask.person), row: rowOf(records, somebody) };
    },
    draft_put: (draft) => {
      dropDraft(draft.person, draft.station);
      if (draft.values.length > 0) records.drafts.push({ ...draft, at: clock(records), name: somebodyOf(records, draft.person).name });
      return {};
    },
    draft_drop: ({ person, station }) => {
      dropDraft(person, station);
      return {};
    },
    drafts: () => {
      const whose = records.people.filter((one) => records.drafts.some((draft) => draft.person === one.person));
      return { drafts: records.drafts, people: whose.map((one) => rowOf(records, one)), owed: records.owed };
    },
    amend: (ask) => changed(ask.person, ask.item, () => put(records, ask.person, { item: ask.item, text: ask.text, absent: null, confirmed: true })),
    choose: (ask) => changed(ask.person, ask.item, (cells) => cells.forEach((one) => (one.current = one.current && one.text === ask.text))),
    void: (ask) => changed(ask.person, ask.item, (cells) => cells.forEach((one) => (one.current = one.current && one.round !== "第四轮"))),
  };
}

function doorAnswers(records: Records): Pick<Answers, "state" | "enrol" | "unlock" | "lock" | "account_add" | "password_change"> {
  return {
    state: () => {
      const state = stateOf(records);
      if (state.notice !== null) records.isNoticed = true;
      return state;
    },
    enrol: (ask) => {
      if (ask.code.length < 6) throw new Failure("code_invalid");
      records.phase = "open";
      records.operator = SLOTS[0] ?? null;
      // As the host: the device is registered by then.
      if (ask.account_code !== null && ask.account_code.length < 6) throw new Failure("code_invalid");
      return stateOf(records);
    },
    unlock: ({ slot, password }) => {
      if (password !== PASSWORD) {
        records.tries += 1;
        throw new Failure("wrong_key");
      }
      records.tries = 0;
      records.operator = SLOTS.find((one) => one.slot === slot) ?? null;
      records.phase = "open";
      return stateOf(records);
    },
    lock: () => {
      records.phase = "locked";
      records.operator = null;
      return stateOf(records);
    },
    account_add: (ask) => {
      if (records.phase !== "open") throw new Failure("app_locked");
      if (ask.account_code.length < 6) throw new Failure("code_invalid");
      records.accounts.push({ slot: `s${9 + records.accounts.length}`, account: "xinren", name: "滕玉梅", wait_s: 0 });
      return stateOf(records);
    },
    password_change: (ask) => {
      if (ask.old !== PASSWORD) throw new Failure("wrong_key");
      return {};
    },
  };
}

const ALONE: HubView = { phase: "alone", hindrance: null, sentence: null, hub: null, joined: null };
/** Nobody else works here: a hub is a real program. */
const hallAnswers: Pick<Answers, "hub_state" | "hub_start" | "hub_stop" | "hub_join" | "hub_leave"> = {
  hub_state: () => ALONE,
  hub_start: () => {
    throw new Failure("hub_not_certified");
  },
  hub_stop: () => ALONE,
  hub_join: () => {
    throw new Failure("hub_address_unread");
  },
  hub_leave: () => ALONE,
};

function answersOf(records: Records): Answers {
  return {
    ...doorAnswers(records),
    ...peopleAnswers(records),
    ...stationAnswers(records),
    ...concludeAnswers(records, (person) => peopleAnswers(records).person({ person })),
    ...stop.answers(records),
    ...consentAnswers(records),
    ...labAnswers(records),
    ...taskAnswers(records),
    ...handoutAnswers(records),
    ...contactAnswers(records),
    ...summaryAnswers(records),
    forms: () => FORMS,
    phrases: () => BOOK,
    day: () => dayView(records),
    day_set: (choice) => {
      records.choice = choice;
      return dayView(records);
    },
    ready: (): Checks => ({ checks: stop.readyChecks(records) }),
    watch: () => ({ mark: 1, clock: clock(records) }),
    ...hallAnswers,
    sync_state: () => syncOf(records),
    sync: () => syncOf(records),
  };
}

export function fakeHost(): Platform {
  const records = load();
  const answers = answersOf(records);
  const page = typeof window === "undefined" ? {} : (window as { jkkcFake?: Partial<FakeKnobs> });
  // A test that fails the very start sets them before the page is read.
  const knobs: FakeKnobs = { failNext: {}, delayMs: 0, calls: [], ...page.jkkcFake };
  page.jkkcFake = knobs;
  return {
    async call<W extends Word>(command: W, ask: Commands[W]["ask"]) {
      // Nobody else works here.
      if (command === "watch") await new Promise((resolve) => setTimeout(resolve, WATCH_MS));
      knobs.calls.push({ command, ask });
      await new Promise((resolve) => setTimeout(resolve, knobs.delayMs));
      const code = knobs.failNext[command];
      if (code !== undefined) {
        delete knobs.failNext[command];
        throw new Failure(code);
      }
      try {
        // Copied as over a wire: a screen cannot reach into the host.
        return JSON.parse(JSON.stringify((answers[command] as Answers[W])(JSON.parse(JSON.stringify(ask)) as Commands[W]["ask"]))) as Commands[W]["answer"];
      } finally {
        if (!["find", "judge", "forms", "phrases", "sync_state", "hub_state", "watch", "form", "person"].includes(command)) keepSoon(records);
      }
    },
    async saveFile(file) {
      download(file);
      return true;
    },
    print: () => window.print(),
  };
}
