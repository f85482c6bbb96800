// Values that stand for questions an answer has closed: 从不吸烟, and 20 a day recorded before. Pure. Not which question
// is open (entry/station.ts), and no verdict: the two contradict each other, and a person says which is wrong.
import type { ItemForm } from "../platform/api";
import { isAnswered, isShown, type Model } from "./station";

export interface Standing {
  item: ItemForm;
  /** As printed; two where two devices differ. Reasons for no value are not here: they contradict nothing. */
  values: string[];
}

/** The question on the sheet whose answer closes this one; null where nothing does. */
function closedBy(model: Model, item: ItemForm): string | null {
  if (isShown(model, item)) return null;
  for (let on = item.shown_if; on !== null; ) {
    const key: string = on.item;
    const gate = model.items.find((one) => one.item === key);
    if (!gate) return null;
    if (isShown(model, gate)) return gate.item;
    on = gate.shown_if;
  }
  return null;
}

/** What stands in this round for the questions that a gate's answer closes. A gate without an answer denies nothing. */
export function contradicted(model: Model, gate: string): Standing[] {
  if (!isAnswered(model, gate)) return [];
  return model.items
    .filter((item) => item.shown_if !== null)
    .map((item) => {
      const current = model.view?.items.find((one) => one.item === item.item)?.current ?? [];
      return { item, values: current.filter((cell) => cell.absent === null).map((cell) => cell.text) };
    })
    .filter(({ item, values }) => values.length > 0 && closedBy(model, item) === gate);
}
