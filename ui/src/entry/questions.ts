// Items of a form as rows on the sheet: a pair stands on one line under one name; which digit takes which choice. Pure.
import type { ItemForm } from "../platform/api";

export interface QuestionRow {
  items: [ItemForm] | [ItemForm, ItemForm];
  label: string;
}

function parts(name: string): [string, string] {
  const found = /^(.*?)（(.*)）$/.exec(name);
  return found ? [found[1] ?? name, found[2] ?? ""] : [name, ""];
}

/** 收缩压（第一次） and 舒张压（第一次）: 收缩压 / 舒张压（第一次）; 裸眼视力（右） and （左）: 裸眼视力（右 / 左）. */
export function pairLabel(first: string, second: string): string {
  const [a, aMore] = parts(first);
  const [b, bMore] = parts(second);
  if (a === b) return `${a}（${aMore} / ${bMore}）`;
  if (aMore === bMore) return `${a} / ${b}${aMore === "" ? "" : `（${aMore}）`}`;
  return `${first} / ${second}`;
}

/** The digit that takes each choice, by their words: what is typed is what is read off the paper. On a strip `N+` is N and
 * 阴性 is 0; of every other list a choice has the number that the form prints before it (1阴性 2阳性), which is its place.
 * Past 9 a choice has none. */
export function digitsOf(words: string[]): string[] {
  const plus = words.map((word) => /^([1-9])\+$/.exec(word)?.[1] ?? "");
  const isStrip = plus.some((digit) => digit !== "");
  const own = words.map((word, at) => (isStrip && word === "阴性" ? "0" : (plus[at] ?? "")));
  const free = ["1", "2", "3", "4", "5", "6", "7", "8", "9"].filter((digit) => !own.includes(digit));
  return own.map((digit) => (digit === "" ? (free.shift() ?? "") : digit));
}

export function rowsOf(items: ItemForm[]): QuestionRow[] {
  const rows: QuestionRow[] = [];
  for (let at = 0; at < items.length; at += 1) {
    const [item, next] = [items[at], items[at + 1]];
    if (!item) continue;
    if (next && item.pair === next.item && item.kind === "number" && next.kind === "number") {
      rows.push({ items: [item, next], label: pairLabel(item.name, next.name) });
      at += 1;
    } else rows.push({ items: [item], label: item.name });
  }
  return rows;
}
