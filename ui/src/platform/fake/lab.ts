// The fake host's tubes and laboratories: codes in memory, a file whose every line is one result. Not the project's reading.
import type { Commands, HandoverDayRow, LabView, TubeRow } from "../api";
import { Failure, type Word } from "../platform";
import type { Records } from "./records";

type Own = "tubes" | "tube_bind" | "tube_spoil" | "arrivals" | "arrive" | "lab" | "lab_look" | "lab_import" | "lab_resolve";
type Answers = { [W in Own & Word]: (ask: Commands[W]["ask"]) => Commands[W]["answer"] };

export const TUBES = [
  { kind: "serum", name: "生化管", station: "blood" },
  { kind: "blood_count", name: "血常规管", station: "blood" },
  { kind: "urine", name: "尿样管", station: "urine" },
];
const ZH = { not_drawn: "未检", awaited: "待回报", reported: "已回报", redraw: "需重采" } as const;

interface Bound {
  person: string;
  kind: string;
  isSpoilt: boolean;
}
const bound = new Map<string, Bound>();

function tubesOf(person: string): TubeRow[] {
  return TUBES.map((tube) => {
    const own = [...bound].filter(([, one]) => one.person === person && one.kind === tube.kind);
    const state = own.some(([, one]) => !one.isSpoilt) ? "awaited" : own.length > 0 ? "redraw" : "not_drawn";
    return { ...tube, state, state_zh: ZH[state], codes: own.map(([code]) => code), way_zh: state === "awaited" ? "在途" : "" };
  });
}

function view(records: Records): LabView {
  const here = records.people.filter((one) => one.unit === records.choice?.unit && !one.isPupil);
  const states = TUBES.map((tube) => {
    const all = here.map((one) => tubesOf(one.person).find((row) => row.kind === tube.kind)?.state);
    const count = (state: string) => all.filter((one) => one === state).length;
    return { name: tube.name, not_drawn: count("not_drawn"), awaited: count("awaited"), on_the_way: count("awaited"), arrived: 0, undecided: 0, reported: 0, partly: 0, redraw: count("redraw") };
  });
  return { laboratories: ["示例检验中心"], held: [], strayed: [], states };
}

const counted = new Map<string, Commands["arrive"]["ask"]>();
/** The day's tubes as one list; what was recorded of it beside it. */
function handed(records: Records): HandoverDayRow[] {
  const day = records.choice?.day ?? "";
  const good = [...bound].filter(([, one]) => !one.isSpoilt);
  const said = counted.get(day);
  const kinds = TUBES.flatMap((tube) => {
    const sent = good.filter(([, one]) => one.kind === tube.kind).length;
    const arrived = said?.counts.find((one) => one.kind === tube.kind)?.arrived ?? null;
    return sent === 0 ? [] : [{ kind: tube.kind, name: tube.name, sent, listed: arrived === null ? null : sent, arrived, unnamed: 0, unlisted: 0, since: 0 }];
  });
  const missing = (said?.missing ?? []).map((code) => ({ code, name: "生化管", person: bound.get(code)?.person ?? null, state_zh: "清点不符", is_open: bound.get(code)?.isSpoilt === false }));
  const when = { arrived_on: said?.on ?? "", at: said?.at ?? "", received_by: said?.received_by ?? "", is_several: false, missing };
  return kinds.length === 0 ? [] : [{ day, kinds, ...when }];
}

export function labAnswers(records: Records): Answers {
  const wrote = () => {
    records.saved += 1;
    records.unsent += 1;
  };
  const done = () => ({ reports: 0, applied: 0, results: 0, amended: 0, unchanged: 0, redraw: 0, is_known_file: false, doubts: [], unusual: [], refused: [], alarms: [], view: view(records) });
  return {
    tubes: ({ person }) => ({ tubes: tubesOf(person) }),
    tube_bind: ({ person, code, kind, reason }) => {
      if (!/^[\dA-Z-]{4,32}$/i.test(code)) throw new Failure("tube_code_invalid");
      const there = bound.get(code);
      const isSame = there?.person === person && there.kind === kind && !there.isSpoilt;
      if (there && !isSame && reason === "") throw new Failure("tube_taken");
      if (!isSame) {
        bound.set(code, { person, kind, isSpoilt: false });
        wrote();
      }
      return { is_new: !isSame, tubes: tubesOf(person) };
    },
    tube_spoil: ({ person, code }) => {
      const there = bound.get(code);
      if (!there) throw new Failure("tube_unknown");
      bound.set(code, { ...there, isSpoilt: true });
      wrote();
      return { is_new: true, tubes: tubesOf(person) };
    },
    arrivals: () => ({ days: handed(records) }),
    arrive: (ask) => {
      if (ask.received_by === "") throw new Failure("arrival_receiver");
      if (handed(records).length === 0) throw new Failure("arrival_nothing_sent");
      counted.set(ask.day, ask);
      wrote();
      return { is_new: true, days: handed(records) };
    },
    lab: () => view(records),
    lab_look: () => ({
      is_hl7: false, mapping: "", is_told_twice: false,
      columns: [["条码号", "B2609140001"], ["项目", "ALT"], ["结果", "35"], ["单位", "U/L"]].map(([heading = "", cell = ""]) => ({ heading, samples: [cell], distinct: [cell] })),
      items: [{ item: "alt_u_l", name: "谷丙转氨酶", tube: "生化管", units: ["U/L"] }],
    }),
    lab_import: done,
    lab_resolve: done,
  };
}
