// A value that stands, as the answer it is in its field. Pure. Not what is done with answers (station.ts).
import type { ItemForm, ValueCell } from "../platform/api";
import type { Answer } from "./station";

/** A printed value as it is typed. */
function typedText(item: ItemForm, printed: string): string {
  if (item.kind === "several") {
    return printed.split("、").map((word) => item.choices.find((one) => one.zh === word)?.key ?? word).join(",");
  }
  if (item.kind === "teeth") return /=/.test(printed) ? printed.split(" ").join(",") : "0";
  return printed;
}

export function answerOfCell(item: ItemForm, cell: ValueCell): Answer {
  if (cell.absent !== null) return { text: "", absent: cell.absent, confirmed: true };
  if (item.kind !== "choice") return { text: typedText(item, cell.text), absent: null, confirmed: true };
  const choice = item.choices.find((one) => one.zh === cell.text || one.key === cell.text);
  return { text: choice ? choice.key : cell.text, absent: null, confirmed: true };
}
