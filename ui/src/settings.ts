// This device's looks: theme, text size, number pad. Kept by the browser; nothing personal. Not the day's choices.
import { reactive, watchEffect } from "vue";

export interface Settings {
  theme: "day" | "sun";
  /** Per cent. */
  size: number;
  pad: "phone" | "calculator";
  padShown: "touch" | "always" | "never";
  pairJump: boolean;
}

export const SIZES = [100, 110, 125, 150] as const;
/** From here on the sheets stand one under another on tablets. */
const LARGE = 125;
const KEPT = "jkkc-looks";
const FIRST: Settings = { theme: "day", size: 100, pad: "phone", padShown: "touch", pairJump: true };

function load(): Settings {
  try {
    return { ...FIRST, ...(JSON.parse(localStorage.getItem(KEPT) ?? "{}") as Partial<Settings>) };
  } catch {
    return { ...FIRST };
  }
}

export const settings = reactive<Settings>(load());

export function applySettings(): void {
  // Each write is a word with the browser's other process: none at a start that changes nothing.
  let kept = JSON.stringify(settings);
  watchEffect(() => {
    const root = document.documentElement;
    root.dataset.letters = settings.size >= LARGE ? "large" : "usual";
    root.dataset.theme = settings.theme;
    root.style.setProperty("--size", String(settings.size / 100));
    const now = JSON.stringify(settings);
    if (now === kept) return;
    kept = now;
    try {
      localStorage.setItem(KEPT, now);
    } catch {
      // Not kept: the looks last until the app closes.
    }
  });
}
