// What of a long list that is walked is drawn: a class or a group has no largest number, and a page of all its rows would be slow on the
// tablets at hand. Pure. Not the walk itself (class_list.ts, consent.ts).

/** Rows of one block of a list that is longer than what is drawn of it. */
export const BLOCK = 20;

/** The cursor's block and its neighbours, so that the cursor always has rows on both sides. */
export function drawn(count: number, at: number): { from: number; to: number } {
  const block = Math.floor(Math.max(0, at) / BLOCK);
  return { from: Math.max(0, block - 1) * BLOCK, to: Math.min(count, (block + 2) * BLOCK) };
}
