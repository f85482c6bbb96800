// The sentence over those who wait for another reading. Comes with the list. What stands beside each name comes with the repeat.
export const RESTING_ZH = {
  resting: "还没走，等着再量",
} as const;
