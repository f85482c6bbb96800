// 单位电话和村医: which unit is being said anew, what is typed of it, and what came in meanwhile. Pure. Not what a phone may look
// like: the host refuses.
import type { ContactRow, ContactSetAsk, ContactsView } from "../platform/api";

export interface Model {
  view: ContactsView | null;
  /** What is looked for in the list. */
  wanted: string;
  /** The unit whose fields stand open; empty = none. */
  open: string;
  phone: string;
  doctor: string;
  /** What is on its way to be recorded. */
  saving: ContactSetAsk | null;
}

export type Event =
  | { kind: "told"; view: ContactsView }
  | { kind: "wanted"; text: string }
  | { kind: "change"; unit: string }
  | { kind: "phone" | "doctor"; text: string }
  | { kind: "cancel" }
  | { kind: "save" }
  | { kind: "saved" }
  | { kind: "failed" };

export type Effect = { kind: "focus" } | { kind: "set"; ask: ContactSetAsk };

export const closed: Model = { view: null, wanted: "", open: "", phone: "", doctor: "", saving: null };

export function openedOf(model: Model): ContactRow | null {
  return model.view?.rows.find((one) => one.unit === model.open) ?? null;
}

/** Units whose name has the words, or whose code begins with them. */
export function foundOf(model: Model): ContactRow[] {
  const words = model.wanted.trim();
  const rows = model.view?.rows ?? [];
  return words === "" ? rows : rows.filter((one) => one.label.includes(words) || one.unit.startsWith(words));
}

/** As the fields show it: a doctor with an account by that. */
const saidOf = ({ said }: ContactRow) => ({ phone: said.phone, doctor: said.account || said.doctor });
const askOf = (model: Model): ContactSetAsk => ({ unit: model.open, phone: model.phone.trim(), doctor: model.doctor.trim() });

/** What somebody else said meanwhile is seen before it is said anew: a field that nobody typed into follows it. */
function told(model: Model, view: ContactsView): Model {
  const before = openedOf(model);
  const next = { ...model, view };
  const now = openedOf(next);
  if (!before || !now) return next;
  const [old, fresh] = [saidOf(before), saidOf(now)];
  return { ...next, phone: model.phone === old.phone ? fresh.phone : model.phone, doctor: model.doctor === old.doctor ? fresh.doctor : model.doctor };
}

export function update(model: Model, event: Event): [Model, Effect[]] {
  switch (event.kind) {
    case "told":
      return [told(model, event.view), []];
    case "wanted":
      return [{ ...model, wanted: event.text }, []];
    case "change": {
      const row = model.view?.rows.find((one) => one.unit === event.unit);
      if (!row || model.open !== "" || model.view?.may_set !== true) return [model, []];
      return [{ ...model, open: row.unit, ...saidOf(row) }, [{ kind: "focus" }]];
    }
    case "phone":
    case "doctor":
      return [{ ...model, [event.kind]: event.text }, []];
    case "cancel":
      return [{ ...model, open: "" }, []];
    case "save": {
      if (model.saving !== null || openedOf(model) === null) return [model, []];
      const ask = askOf(model);
      return [{ ...model, saving: ask }, [{ kind: "set", ask }]];
    }
    case "saved": {
      const [sent, now] = [model.saving, askOf(model)];
      // Another unit opened meanwhile, or something typed since, is still to be said.
      const isSame = sent !== null && sent.unit === now.unit && sent.phone === now.phone && sent.doctor === now.doctor;
      return [{ ...model, saving: null, open: isSame ? "" : model.open }, []];
    }
    case "failed":
      return [{ ...model, saving: null }, []];
  }
}
