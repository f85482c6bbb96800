// A digit at numbered choices, two digits where there are more than nine. Pure. Not what the choice does.

export interface Pressed {
  /** The first digit of two, while it waits for the second. */
  begun: string;
  /** The place of the choice, from 0. */
  at: number | null;
}

export const FRESH: Pressed = { begun: "", at: null };

/** What a key makes of the digit begun: any key that is no digit forgets it. */
export function pressed(begun: string, key: string, choices: number): Pressed {
  if (!/^\d$/.test(key)) return FRESH;
  const number = choices > 9 ? begun + key : key;
  if (choices > 9 && number.length === 1) return { begun: number, at: null };
  const at = Number(number) - 1;
  return { begun: "", at: at >= 0 && at < choices ? at : null };
}
