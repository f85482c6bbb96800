// Sentences of ranges, laboratories' and ours: loaded with the screens that show every value. Not the frame's (zh.ts).
import { filled } from "./zh";

export const RANGES_ZH = {
  range_both: "化验室范围 {own}；本系统 {ours}",
  range_own_only: "化验室范围 {own}；本系统没有这一项的参考范围",
} as const;

/** What a laboratory printed beside a value, and ours; empty where it printed none. */
export function rangeWords(cell: { range_own: string; range_ours: string } | undefined): string {
  if (!cell || cell.range_own === "") return "";
  const words = cell.range_ours === "" ? RANGES_ZH.range_own_only : RANGES_ZH.range_both;
  return filled(words, { own: cell.range_own, ours: cell.range_ours });
}
