import { expect, test } from "vitest";
import { stationKey } from "./keys";

test("a key is named for the stations that have one, and F9 is the scan field's", () => {
  const named = Array.from({ length: 16 }, (_, at) => stationKey(at));
  expect(named.slice(0, 8)).toEqual(["F2", "F3", "F4", "F5", "F6", "F7", "F8", ""]);
  expect(named.slice(7).every((key) => key === "")).toBe(true);
});
