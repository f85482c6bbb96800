// One row of a 随访单 as it is keyed: which field comes next, what is still missing, what is asked of the host. Pure. Not what may
// be said of a finding: the host says that with each chain (`may`).
import type { TaskAct, TaskChain, TaskHeldRow, TaskRecordAsk, TaskStep } from "../platform/api";
import { dateOf, halfWidth } from "./digits";

export type Part = "number" | "result" | "told" | "at" | "read_back" | "place" | "way" | "day" | "next" | "note" | "why";

export interface Keyed {
  number: string;
  result: string;
  told: string;
  at: string;
  isReadBack: boolean;
  place: string;
  way: string;
  day: string;
  next: string;
  note: string;
  /** The step in whose place it stands; empty = none. */
  replaces: string;
  /** Why it stands there. */
  why: string;
}

/** What a row is keyed about: a finding as it stands, or as it would stand without the step that is put right. */
export interface About {
  awaits_answer: boolean;
  may: TaskAct[];
}

/** An empty row; the day before stays: a sheet is often of one day. */
export function emptyRow(day: string, number = ""): Keyed {
  return { number, result: "", told: "", at: "", isReadBack: false, place: "", way: "", day, next: "", note: "", replaces: "", why: "" };
}

/** What was said, to be put right. */
export function rowOf(step: TaskStep, number: string): Keyed {
  const digits = (day: string | null) => (day ?? "").split("-").join("");
  return { number, result: step.code, told: step.told, at: step.at, isReadBack: step.read_back, place: step.place, way: step.way, day: digits(step.day), next: digits(step.next), note: step.note, replaces: step.entry, why: "" };
}

/** What is written in a row that was held, to be gone on with. */
export function rowOfHeld(held: TaskHeldRow): Keyed {
  const { day, way, result, next, note, told, at, is_read_back } = held.cells;
  // What is no date stays as it was written: the field says so.
  const digits = (text: string) => text.split("-").join("");
  const isReferral = result.trim() === "2";
  return { ...emptyRow(digits(day), held.number), way, result, next: digits(next), note: isReferral ? "" : note, place: isReferral ? note : "", told, at, isReadBack: is_read_back };
}

/** That a step was said by mistake. */
export function withdrawalOf(step: TaskStep, number: string, today: string, why: string): TaskRecordAsk {
  return { ...askOf({ ...emptyRow(today, number), replaces: step.entry, why }), act: "withdrawn" };
}

const NUMBER_DIGITS = 12;
/** The digits of a number, however it was typed. */
export function digitsOfNumber(text: string): string {
  return halfWidth(text).replace(/[\s-]/g, "");
}
export function isWholeNumber(text: string): boolean {
  return new RegExp(`^\\d{${NUMBER_DIGITS}}$`).test(digitsOfNumber(text));
}

export function actOf(chain: About | null, result: string): TaskAct | null {
  return chain?.may.find((one) => one.code === halfWidth(result).trim()) ?? null;
}

/** The fields of a row, in the order in which Enter leads through them. */
export function partsOf(chain: About | null, keyed: Keyed): Part[] {
  const act = actOf(chain, keyed.result)?.act;
  // Before a result is chosen too: what a level A asks is to be seen at once.
  const answer: Part[] = (act === "told" || act === undefined) && chain?.awaits_answer === true ? ["told", "at", "read_back"] : [];
  const place: Part[] = act === "referred" ? ["place"] : [];
  const why: Part[] = keyed.replaces === "" ? [] : ["why"];
  return ["number", "result", ...answer, ...place, "way", "day", "next", "note", ...why];
}

export function partAfter(chain: About | null, keyed: Keyed, part: Part): Part | null {
  const parts = partsOf(chain, keyed);
  return parts[parts.indexOf(part) + 1] ?? null;
}

/** 14:05, also as 1405 and 14：05; null where it is no time of a day. */
export function timeOf(text: string): string | null {
  const found = /^(\d{1,2})[:.]?(\d{2})$/.exec(halfWidth(text).replace(/\s/g, ""));
  if (!found || Number(found[1]) > 23 || Number(found[2]) > 59) return null;
  return `${(found[1] ?? "").padStart(2, "0")}:${found[2]}`;
}

/** The first field that keeps the row from being saved. */
export function missing(chain: About | null, keyed: Keyed): Part | null {
  if (chain === null) return "number";
  const act = actOf(chain, keyed.result)?.act;
  if (act === undefined) return "result";
  if (act === "told" && chain.awaits_answer && keyed.told.trim() === "") return "told";
  if (act === "told" && chain.awaits_answer && timeOf(keyed.at) === null) return "at";
  // Of a level A it is not known to have arrived before it was said back.
  if (act === "told" && chain.awaits_answer && !keyed.isReadBack) return "read_back";
  if (act === "referred" && keyed.place.trim() === "") return "place";
  if (dateOf(keyed.day) === null) return "day";
  if (keyed.next.trim() !== "" && dateOf(keyed.next) === null) return "next";
  if ((act === "not_reached" || act === "lost") && keyed.note.trim() === "") return "note";
  if (keyed.replaces !== "" && keyed.why.trim() === "") return "why";
  return null;
}

/** The finding whose next step is keyed: the one chosen, else the one something is typed at, else an A that nobody was told of, else the first that
    waits. What is typed at never becomes another finding's: where its own takes no step any more, none is keyed. */
export function keyingOf(chains: Pick<TaskChain, "number" | "bucket" | "may" | "awaits_answer">[], chosen: string | null, held: string | null): string | null {
  const open = chains.filter((one) => one.may.length > 0);
  const wanted = held ?? chosen;
  const own = open.find((one) => one.number === wanted);
  if (own || held !== null) return own?.number ?? null;
  const untold = open.find((one) => one.awaits_answer);
  return (untold ?? open.find((one) => ["due", "overdue"].includes(one.bucket)))?.number ?? null;
}

/** `anyway`: somebody has seen that a step of a later day stands. */
export function askOf(keyed: Keyed, anyway = false): TaskRecordAsk {
  return {
    anyway,
    number: digitsOfNumber(keyed.number), act: halfWidth(keyed.result).trim(), way: halfWidth(keyed.way).trim(), day: dateOf(keyed.day) ?? "", next: dateOf(keyed.next) ?? "",
    told: keyed.told.trim(), at: timeOf(keyed.at) ?? halfWidth(keyed.at).trim(), read_back: keyed.isReadBack, place: keyed.place.trim(), note: keyed.note.trim(), replaces: keyed.replaces === "" ? [] : [keyed.replaces], reason: keyed.why.trim(),
  };
}
