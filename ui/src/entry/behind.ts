// Keys pressed while a save is under way: they are meant for whoever comes next. Pure. Not the listening (shut.ts).

/** Keys that do here what they always do. */
const OWN = /^(F\d+|Tab|Escape|Shift|Control|Alt|AltGraph|Meta|CapsLock)$/;

/** What is held with this key; null: it goes its own way. Enter ends what is held: a line feed. */
export function behind(held: string, { key, ctrlKey, altKey, metaKey }: Pick<KeyboardEvent, "key" | "ctrlKey" | "altKey" | "metaKey">): string | null {
  if (ctrlKey || altKey || metaKey || OWN.test(key)) return null;
  if (key === "Backspace") return held.slice(0, -1);
  if (held.endsWith("\n")) return held;
  if (key === "Enter") return held === "" ? held : `${held}\n`;
  return key.length === 1 ? held + key : held;
}
