// A chart of teeth as one text, `16=D,55=f`: which teeth there are, their marks, and the sums. The same spelling as the
// host's (domain::grammar). Pure.

/** As one looks at the patient: the right side first, FDI numbers. */
export const ROWS: readonly (readonly number[])[] = [
  [18, 17, 16, 15, 14, 13, 12, 11, 21, 22, 23, 24, 25, 26, 27, 28],
  [55, 54, 53, 52, 51, 61, 62, 63, 64, 65],
  [85, 84, 83, 82, 81, 71, 72, 73, 74, 75],
  [48, 47, 46, 45, 44, 43, 42, 41, 31, 32, 33, 34, 35, 36, 37, 38],
];
/** Every tooth was looked at and none is marked. */
export const SOUND = "0";
export type Mark = "D" | "M" | "F";
export const MARKS: readonly Mark[] = ["D", "M", "F"];

export function marksOf(text: string): Map<number, Mark> {
  const marks = new Map<number, Mark>();
  for (const part of text.split(",")) {
    const found = /^(\d\d)=([DMF])$/i.exec(part.trim());
    if (found) marks.set(Number(found[1]), found[2]?.toUpperCase() as Mark);
  }
  return marks;
}

function spelt(marks: Map<number, Mark>): string {
  const all = [...marks].sort(([a], [b]) => a - b);
  return all.length === 0 ? "" : all.map(([tooth, mark]) => `${tooth}=${tooth < 50 ? mark : mark.toLowerCase()}`).join(",");
}

/** A tooth marked, or its mark taken away. */
export function marked(text: string, tooth: number, mark: Mark | null): string {
  const marks = marksOf(text);
  if (mark === null) marks.delete(tooth);
  else marks.set(tooth, mark);
  return spelt(marks);
}

/** What a tap makes of a mark: none, D, M, F, none. */
export function nextMark(mark: Mark | undefined): Mark | null {
  return mark === undefined ? "D" : (MARKS[MARKS.indexOf(mark) + 1] ?? null);
}

const FIRST_DIGIT = /^[1-8]$/;
/** A tooth called by its two digits as the dentist says them: what is held after one more, and the tooth it names. Digits of no tooth
 * name none (`isWrong`); the last of them may begin another. */
export function called(held: string, digit: string): { held: string; tooth: number | null; isWrong: boolean } {
  const tooth = Number(held + digit);
  if (held !== "" && ROWS.some((row) => row.includes(tooth))) return { held: "", tooth, isWrong: false };
  const isFirst = FIRST_DIGIT.test(digit);
  return { held: isFirst ? digit : "", tooth: null, isWrong: held !== "" || !isFirst };
}

/** What the digits before a key make of it: `one`: it is about the tooth under the cursor; `none`: they name no tooth, and it is about none;
 * `waits`: it writes nothing itself (Shift before a capital), the digits stay. */
export function meant(held: string, isWrong: boolean, word: string): "one" | "none" | "waits" {
  if (word === "SHIFT" || word === "CAPSLOCK") return "waits";
  return held === "" && !isWrong ? "one" : "none";
}

export function sums(text: string): { permanent: number; primary: number } {
  const teeth = [...marksOf(text).keys()];
  return { permanent: teeth.filter((tooth) => tooth < 50).length, primary: teeth.filter((tooth) => tooth > 50).length };
}
