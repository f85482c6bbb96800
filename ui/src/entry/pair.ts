// Two readings that are typed one right after the other: when the first is whole. Pure. Not the jump (station.ts).
import type { ItemForm } from "../platform/api";

/** Is a first half of a pair complete, so that the cursor may jump? */
export function isPairComplete(item: ItemForm, text: string): boolean {
  if (item.pair === null || item.kind !== "number") return false;
  if (item.decimals === 0) return /^[123]\d\d$|^[789]\d$/.test(text);
  // 4.9: one digit, a point, one digit.
  return item.decimals === 1 && /^\d\.\d$/.test(text);
}
