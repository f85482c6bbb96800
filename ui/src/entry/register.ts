// Registering somebody new: the ID number first, it fills birth date and sex; people who may be the same are shown
// before anything is saved. Pure. Not the verdict on the fields (the host's).
import type { Draft, PersonRow, RegisterAsk, RegisterHints, Typed } from "../platform/api";
import { dateOf } from "./digits";
import { plainId, readId } from "./id_number";

export type Field = "id_number" | "name" | "sex" | "birth" | "phone" | "student_no" | "grade" | "group" | "home_unit" | "home_text";

export interface Model {
  ask: RegisterAsk;
  hints: RegisterHints | null;
  /** Asked with the fields as they are now. */
  asked: number;
  /** Of which asking the hints are: of an earlier one until the answer is here. */
  told: number;
  phase: "editing" | "saving" | "saved";
  stopped: "" | "refused" | "duplicates" | "failed";
  /** The person said: somebody else. */
  isSure: boolean;
}

export type Event =
  /** What was typed before a lock, a crash or another person. */
  | { kind: "taken"; draft: Draft }
  | { kind: "typed"; field: Field; text: string }
  | { kind: "card"; name: string; id_number: string; sex: string; birth: string; address: string }
  | { kind: "hints"; asked: number; hints: RegisterHints }
  | { kind: "sure" }
  /** One of those shown is the one described. */
  | { kind: "same"; person: string }
  | { kind: "save" }
  | { kind: "registered"; person: string }
  | { kind: "failed" };

export type Effect =
  | { kind: "check"; asked: number; ask: RegisterAsk }
  | { kind: "draft"; values: Typed[] }
  | { kind: "register"; ask: RegisterAsk }
  | { kind: "open"; person: string }
  | { kind: "focus"; field: string };

export function blank(isPupil: boolean, text: string, homeUnit: string | null): Model {
  const id = plainId(text);
  const looksLikeId = /^\d{15,17}[\dX]?$/.test(id);
  const looksLikeName = !looksLikeId && /^[^\d\s]{2,}$/.test(text);
  const ask: RegisterAsk = {
    name: looksLikeName ? text : "", id_number: "", student_no: "", birth: "", sex: "", phone: /^1\d{10}$/.test(id) ? id : "",
    is_pupil: isPupil, home_unit: homeUnit, home_text: "", grade: "", group: "", is_new_for_sure: false, same_as: null,
  };
  const model: Model = { ask, hints: null, asked: 0, told: 0, phase: "editing", stopped: "", isSure: false };
  return looksLikeId ? update(model, { kind: "typed", field: "id_number", text: id })[0] : model;
}

/** Birth date and sex stand in a good number: they are filled, never contradicted silently. */
function fromId(ask: RegisterAsk): RegisterAsk {
  const echo = readId(ask.id_number);
  return echo.kind === "good" ? { ...ask, birth: echo.birth, sex: echo.sex } : ask;
}

export function canCheck(ask: RegisterAsk): boolean {
  return readId(ask.id_number).kind === "good" || ask.student_no.length >= 4 || ask.name.trim().length >= 2;
}

function checked(model: Model, ask: RegisterAsk): [Model, Effect[]] {
  const asked = model.asked + 1;
  const next: Model = { ...model, ask, asked, stopped: "", isSure: false, hints: canCheck(ask) ? model.hints : null };
  const draft: Effect = { kind: "draft", values: valuesOf(ask) };
  return [next, canCheck(ask) ? [draft, { kind: "check", asked, ask }] : [draft]];
}

const WORDS = ["id_number", "name", "sex", "birth", "phone", "student_no", "grade", "group", "home_text"] as const;

/** As a draft keeps it. Nothing, where nobody typed a word: where somebody lives is filled by itself. */
export function valuesOf(ask: RegisterAsk): Typed[] {
  const value = (item: string, text: string): Typed => ({ item, text, absent: null, confirmed: false });
  const words = WORDS.filter((item) => ask[item] !== "").map((item) => value(item, ask[item]));
  if (words.length === 0) return [];
  return [...words, value("is_pupil", ask.is_pupil ? "1" : ""), ...(ask.home_unit === null ? [] : [value("home_unit", ask.home_unit)])];
}

/** The fields as a draft has them. */
function askOf(ask: RegisterAsk, values: Typed[]): RegisterAsk {
  const text = (item: string) => values.find((one) => one.item === item)?.text;
  const words = Object.fromEntries(WORDS.map((item) => [item, text(item) ?? ""]));
  return { ...ask, ...words, is_pupil: text("is_pupil") === "1", home_unit: text("home_unit") ?? null };
}

export function duplicatesOf(model: Model): PersonRow[] {
  return model.isSure ? [] : (model.hints?.duplicates ?? []);
}

/** The one among them who has this very ID number: nobody else can. The host masks the birth date in it, and tells that apart. */
export function sameNumber(model: Model): PersonRow | null {
  const id = readId(model.ask.id_number);
  if (id.kind !== "good") return null;
  const plain = plainId(model.ask.id_number);
  const isSame = (row: PersonRow) => row.id_number?.length === plain.length && row.birth === id.birth && [...(row.id_number ?? "")].every((one, at) => one === "*" || one === plain[at]);
  return duplicatesOf(model).find(isSame) ?? null;
}

export function update(model: Model, event: Event): [Model, Effect[]] {
  switch (event.kind) {
    case "taken": {
      // What was typed on this page before its answer came is newer.
      if (model.phase !== "editing" || model.asked > 0) return [model, []];
      const [taken, effects] = checked(model, askOf(model.ask, event.draft.values));
      return [taken, effects.filter((one) => one.kind !== "draft")];
    }
    case "typed": {
      if (model.phase !== "editing") return [model, []];
      const ask = { ...model.ask };
      if (event.field === "id_number") ask.id_number = plainId(event.text);
      else if (event.field === "birth") ask.birth = dateOf(event.text) ?? event.text;
      else if (event.field === "home_unit") ask.home_unit = event.text === "" ? null : event.text;
      else ask[event.field] = event.text;
      return checked(model, event.field === "id_number" ? fromId(ask) : ask);
    }
    case "card":
      if (model.phase !== "editing") return [model, []];
      return checked(model, fromId({ ...model.ask, name: event.name, id_number: plainId(event.id_number), sex: event.sex, birth: event.birth, home_text: event.address }));
    case "hints":
      return event.asked === model.asked ? [{ ...model, hints: event.hints, told: event.asked }, []] : [model, []];
    case "sure":
      return [{ ...model, isSure: true, stopped: "" }, []];
    case "same": {
      if (model.phase !== "editing") return [model, []];
      // What the host would refuse is nothing to take over.
      const isRefused = model.hints?.problems.some((problem) => problem.is_refusal) || model.ask.name.trim() === "";
      if (isRefused) return [model, [{ kind: "open", person: event.person }]];
      return [{ ...model, phase: "saving", stopped: "" }, [{ kind: "register", ask: { ...model.ask, same_as: event.person } }]];
    }
    case "save": {
      if (model.phase !== "editing") return [model, []];
      if (model.ask.name.trim() === "") return [{ ...model, stopped: "refused" }, [{ kind: "focus", field: "name" }]];
      // What was wrong before the last key may be right by now: of that the host decides.
      const refusal = model.told === model.asked && model.hints?.problems.find((problem) => problem.is_refusal);
      if (refusal) return [{ ...model, stopped: "refused" }, [{ kind: "focus", field: refusal.field }]];
      if (duplicatesOf(model).length > 0) return [{ ...model, stopped: "duplicates" }, [{ kind: "focus", field: "duplicates" }]];
      return [{ ...model, phase: "saving", stopped: "" }, [{ kind: "register", ask: { ...model.ask, is_new_for_sure: model.isSure } }]];
    }
    case "registered":
      return [{ ...model, phase: "saved" }, [{ kind: "open", person: event.person }]];
    case "failed":
      return [{ ...model, phase: "editing", stopped: "failed" }, []];
  }
}
