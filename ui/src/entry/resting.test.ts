import { describe, expect, it } from "vitest";
import type { LastSaved } from "../app";
import type { OwedRow } from "../platform/api";
import { minutesLeft, restWords } from "./rest_left";
import { later, resting, since, takenAt } from "./resting";

const saved = (person: string, station: string, recheck: string | null, at = "") =>
  ({ row: { person }, station, saved: { saved_at: at, recheck: recheck === null ? null : { station: recheck } } }) as unknown as LastSaved;
const who = (all: OwedRow[]) => all.map((one) => `${one.row.person} ${one.repeat.station}`);
/** Saved one after the other. */
const all = (...saves: LastSaved[]) => saves.reduce(resting, [] as OwedRow[]);

describe("who sits and rests", () => {
  it("stays listed while others are saved, and goes when the repeat is saved", () => {
    const one = resting([], saved("a", "bp", "bp"));
    const two = resting(one, saved("b", "bp", null));
    expect(who(two)).toEqual(["a bp"]);
    const three = resting(two, saved("c", "bp", "bp"));
    expect(who(three)).toEqual(["a bp", "c bp"]);
    expect(who(resting(three, saved("a", "bp", null)))).toEqual(["c bp"]);
  });
  it("is listed once, with the last time", () => {
    expect(who(resting(all(saved("a", "bp", "bp")), saved("a", "bp", "bp")))).toEqual(["a bp"]);
  });
  it("is of the station that takes it, and began when it was measured", () => {
    const first = resting([], saved("a", "bp", "bp", "09:00"));
    const elsewhere = resting(first, saved("a", "dental", "bp", "09:04"));
    expect(elsewhere.map((one) => one.at)).toEqual(["09:00"]);
    // What another device measured has no time here.
    expect(who(resting([], saved("a", "dental", "bp")))).toEqual([]);
    const both = resting(elsewhere, saved("a", "blood", "blood", "09:05"));
    expect(who(both)).toEqual(["a bp", "a blood"]);
    expect(who(resting(both, saved("a", "blood", "bp", "09:06")))).toEqual(["a bp"]);
  });
  it("is not let go by a save at another station that says it is still owed, and is by one that says nothing is", () => {
    expect(who(resting(all(saved("a", "bp", "bp"), saved("b", "bp", "bp")), saved("a", "blood", "bp")))).toEqual(["a bp", "b bp"]);
    // Taken on another device.
    expect(who(resting(all(saved("a", "bp", "bp"), saved("b", "bp", "bp")), saved("a", "blood", null)))).toEqual(["b bp"]);
  });
});

describe("the time of the repeat", () => {
  const check = (at: string, minutes: number, then: string) => expect(later(at, minutes)).toBe(then);
  it("is so many minutes later, past the hour and past midnight", () => {
    check("2026-11-30 02:37", 5, "02:42");
    check("09:58", 5, "10:03");
    check("23:58", 5, "00:03");
    check("", 5, "");
  });
});

describe("what the store told", () => {
  const told = (person: string, station: string, at: string) => ({ row: { person }, at, repeat: { station } }) as unknown as OwedRow;
  it("is counted on from, as what was saved here: the repeat lets go of it, and a save elsewhere does not", () => {
    const kept = [told("a", "bp", "2026-11-30 09:58"), told("b", "blood", "2026-11-30 10:00")];
    expect(since(kept, "a", "bp")?.at).toBe("2026-11-30 09:58");
    expect(since(kept, "a", "blood")).toBeUndefined();
    expect(who(resting(kept, saved("a", "bp", null)))).toEqual(["b blood"]);
    expect(who(resting(kept, saved("a", "dental", "bp")))).toEqual(["a bp", "b blood"]);
    // Measured once more: the time begins anew, and they are listed once.
    expect(resting(kept, saved("a", "bp", "bp", "2026-11-30 10:07")).map((one) => one.at)).toEqual(["2026-11-30 10:00", "2026-11-30 10:07"]);
  });
  it("has a save's own place where the repeat is taken", () => expect(takenAt(saved("a", "dental", "bp"))).toBe("bp"));
});

describe("the minutes that are left", () => {
  const left = (at: string, now: string, minutes: number | null) => expect(minutesLeft(at, 5, now)).toBe(minutes);
  it("are counted to the minute, past midnight and past the year", () => {
    left("2026-11-30 09:58", "2026-11-30 09:58", 5);
    left("2026-11-30 09:58", "2026-11-30 10:02", 1);
    left("2026-11-30 09:58", "2026-11-30 10:03", 0);
    left("2026-11-30 23:58", "2026-12-01 00:01", 2);
    left("2026-12-31 23:58", "2027-01-01 00:01", 2);
  });
  it("are not told where the clocks do not say them: put back, or no time at all", () => {
    left("2026-11-30 09:58", "1970-01-01 08:00", null);
    left("", "2026-11-30 10:02", null);
    left("2026-11-30 09:58", "", null);
  });
  const repeat = { station: "bp", rest_min: 5, go: "静坐后去复测", since: "{at} 量的，{until} 以后再量", left: "还要坐 {n} 分钟", ready: "{at} 量的，可以再量了" };
  const words = (at: string, now: string, more: object = {}) => restWords({ at, repeat: { ...repeat, ...more } } as unknown as OwedRow, now);
  it("stand beside the name, or that the reading may be taken", () => {
    expect(words("2026-11-30 09:58", "2026-11-30 10:00")).toBe("09:58 量的，10:03 以后再量 · 还要坐 3 分钟");
    expect(words("2026-11-30 09:58", "2026-11-30 10:03")).toBe("09:58 量的，可以再量了");
    expect(words("2026-11-30 09:58", "1970-01-01 08:00")).toBe("09:58 量的，10:03 以后再量");
    expect(words("", "2026-11-30 10:03")).toBe("静坐后去复测");
  });
  it("are none where the repeat is taken at once", () => {
    const atOnce = { rest_min: 0, since: "{at} 量的，现在就再测", left: "", ready: "{at} 量的，现在就再测" };
    expect(words("2026-11-30 09:58", "2026-11-30 09:58", atOnce)).toBe("09:58 量的，现在就再测");
    expect(words("2026-11-30 09:58", "1970-01-01 08:00", atOnce)).toBe("09:58 量的，现在就再测");
  });
});
