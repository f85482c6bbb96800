import { describe, expect, it } from "vitest";
import type { LastSaved } from "../app";
import { later, resting } from "./resting";

const saved = (person: string, station: string, recheck: string | null) => ({ row: { person }, station, saved: { recheck } }) as unknown as LastSaved;
const who = (all: LastSaved[]) => all.map((one) => `${one.row.person} ${one.station}`);

describe("who sits and rests", () => {
  it("stays listed while others are saved, and goes when the repeat is saved", () => {
    const one = resting([], saved("a", "bp", "复测"));
    const two = resting(one, saved("b", "bp", null));
    expect(who(two)).toEqual(["a bp"]);
    const three = resting(two, saved("c", "bp", "复测"));
    expect(who(three)).toEqual(["a bp", "c bp"]);
    expect(who(resting(three, saved("a", "bp", null)))).toEqual(["c bp"]);
  });
  it("is listed once, with the last time", () => {
    expect(who(resting([saved("a", "bp", "复测")], saved("a", "bp", "复测")))).toEqual(["a bp"]);
  });
  it("is not let go by a save at another station", () => {
    expect(who(resting([saved("a", "bp", "复测")], saved("a", "blood", null)))).toEqual(["a bp"]);
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
