// One key for a reason why there is no value: the letter a pinyin typist expects, or a sign on the number block.
// Not the words themselves (they come with the forms).

/** reason -> the keys that stand for it, the first one is shown. */
export const ABSENT_KEYS: Record<string, readonly string[]> = {
  refused: ["J", "-"],
  not_measured: ["W", "*"],
  device_failure: ["G", "+"],
  not_applicable: ["B"],
  awaited: ["D"],
};

/** The reason a lone key stands for; null where it stands for none. */
export function absentOf(text: string): string | null {
  const key = text.trim().toUpperCase();
  if (key === "") return null;
  return Object.keys(ABSENT_KEYS).find((reason) => ABSENT_KEYS[reason]?.includes(key)) ?? null;
}
