import { describe, expect, it } from "vitest";
import type { LastSaved } from "../app";
import { later, resting, takenAt } from "./resting";

const saved = (person: string, station: string, recheck: string | null, at = "") =>
  ({ row: { person }, station, saved: { saved_at: at, recheck: recheck === null ? null : { station: recheck } } }) as unknown as LastSaved;
const who = (all: LastSaved[]) => all.map((one) => `${one.row.person} ${takenAt(one)}`);

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
    expect(who(resting([saved("a", "bp", "bp")], saved("a", "bp", "bp")))).toEqual(["a bp"]);
  });
  it("is of the station that takes it, and began when it was measured", () => {
    const first = resting([], saved("a", "bp", "bp", "09:00"));
    const elsewhere = resting(first, saved("a", "dental", "bp", "09:04"));
    expect(elsewhere.map((one) => one.saved.saved_at)).toEqual(["09:00"]);
    // What another device measured has no time here.
    expect(who(resting([], saved("a", "dental", "bp")))).toEqual([]);
    const both = resting(elsewhere, saved("a", "blood", "blood", "09:05"));
    expect(who(both)).toEqual(["a bp", "a blood"]);
    expect(who(resting(both, saved("a", "blood", "bp", "09:06")))).toEqual(["a bp"]);
  });
  it("is not let go by a save at another station that says it is still owed, and is by one that says nothing is", () => {
    expect(who(resting([saved("a", "bp", "bp"), saved("b", "bp", "bp")], saved("a", "blood", "bp")))).toEqual(["a bp", "b bp"]);
    // Taken on another device.
    expect(who(resting([saved("a", "bp", "bp"), saved("b", "bp", "bp")], saved("a", "blood", null)))).toEqual(["b bp"]);
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
