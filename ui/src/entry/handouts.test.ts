// What stays ticked when somebody else changed a report meanwhile.
import { expect, test } from "vitest";
import { kept } from "./handouts";

const row = (person: string, version: number | null, state = "not_given") => ({ person, name: `n${person}`, version, state });

test("whose report became another version, was given, or is not there any more, is no longer ticked, and is named", () => {
  const before = [row("a", 1), row("b", 1), row("c", 1), row("d", 1)];
  const now = [row("a", 1), row("b", 2), row("c", 1, "given")];
  expect(kept(before, now, ["a", "b", "c", "d"])).toEqual({ chosen: ["a"], dropped: ["nb", "nc", "nd"] });
  expect(kept(before, before, ["a", "b"])).toEqual({ chosen: ["a", "b"], dropped: [] });
});
