import { expect, test } from "vitest";
import { behind } from "./behind";

const plain = { ctrlKey: false, altKey: false, metaKey: false };
const press = (...keys: string[]) => keys.reduce((held, key) => behind(held, { key, ...plain }) ?? held, "");

test.each<[string, string[], string]>([
  ["the first signs of the next number", ["4", "0", "2", "3"], "4023"],
  ["a slip put right", ["4", "9", "Backspace", "0"], "40"],
  ["Enter behind them", ["l", "x", "y", "Enter"], "lxy\n"],
  ["Enter pressed twice to save", ["Enter", "Enter"], ""],
  ["arrows change no choice and are nothing to be found", ["ArrowDown", "1"], "1"],
])("%s", (_, keys, held) => expect(press(...keys)).toBe(held));

test("stations, Tab, Esc and Ctrl go their own way", () => {
  for (const key of ["F3", "Tab", "Escape", "Shift"]) expect(behind("12", { key, ...plain }), key).toBeNull();
  expect(behind("12", { key: "Enter", ...plain, ctrlKey: true })).toBeNull();
});
