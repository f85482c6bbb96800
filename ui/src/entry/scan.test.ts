// A scanner's burst and a person's typing told apart: rows of events. Not the listeners.
import { expect, test } from "vitest";
import { checkCharacter } from "./id_number";
import { noScan, scan, type ScanEffect, type ScanModel } from "./scan";

const first17 = "43139919540307402";
const ID = first17 + checkCharacter(first17);

interface Burst {
  code: string;
  gap?: number;
  start?: string;
  at?: number;
  isComposing?: boolean;
  rest?: number;
}

function run(model: ScanModel, { code, gap = 5, start = "", at = 1000, isComposing = false, rest = gap }: Burst): [ScanModel, ScanEffect[]] {
  let [now, before] = [at, start];
  for (const sign of code) {
    const after = before + sign;
    [model] = scan(model, { kind: "input", field: "f", before, after, at: now, isComposing });
    before = after;
    now += gap;
  }
  return scan(model, { kind: "end", at: now - gap + rest, isComposing });
}

const scanned = (effects: ScanEffect[]) => effects.filter((one) => one.kind === "scanned").map((one) => one.code);

test.each<[string, Burst, string[]]>([
  ["a scanner's ID number", { code: ID }, [ID]],
  ["a label's code", { code: "JKVILLAGER.A" }, ["JKVILLAGER.A"]],
  ["a printed label's code", { code: "JK0000000000007948" }, ["JK0000000000007948"]],
  ["a printed label misread", { code: "JK0000000000007949" }, []],
  ["a 学籍号", { code: `G${ID}` }, [`G${ID}`]],
  ["a scanner at its slowest", { code: ID, gap: 80 }, [ID]],
  ["a person typing the number", { code: ID, gap: 120 }, []],
  ["a number with a wrong check character", { code: ID.slice(0, 17) + (ID.endsWith("1") ? "2" : "1") }, []],
  ["a quick hand at a pressure", { code: "128", gap: 30 }, []],
  ["a quick hand at a long number", { code: "165.25", gap: 30 }, []],
  ["an input method composing", { code: ID, isComposing: true }, []],
  ["a late Enter", { code: ID, rest: 400 }, []],
])("%s", (_, burst, codes) => expect(scanned(run(noScan, burst)[1])).toEqual(codes));

test("the field gets back what it held, and the key does nothing else", () => {
  const [, effects] = run(noScan, { code: ID, start: "12" });
  expect(effects).toEqual([{ kind: "restore", field: "f", value: "12" }, { kind: "swallow" }, { kind: "scanned", code: ID }]);
});

test("a burst that runs through two fields restores both", () => {
  let model = noScan;
  [...ID].forEach((sign, at) => {
    const field = at < 3 ? "systolic" : "diastolic";
    const before = at < 3 ? ID.slice(0, at) : `7${ID.slice(3, at)}`;
    [model] = scan(model, { kind: "input", field, before, after: before + sign, at: 1000 + at * 5, isComposing: false });
  });
  const [, effects] = scan(model, { kind: "end", at: 1100, isComposing: false });
  expect(effects.slice(0, 2)).toEqual([
    { kind: "restore", field: "systolic", value: "" },
    { kind: "restore", field: "diastolic", value: "7" },
  ]);
  expect(scanned(effects)).toEqual([ID]);
});

test("an exact repeat within 300 ms is dropped, a later one is not, another code is not", () => {
  const [first] = run(noScan, { code: ID, at: 1000 });
  expect(scanned(run(first, { code: ID, at: 1120 })[1])).toEqual([]);
  expect(scanned(run(first, { code: ID, at: 2000 })[1])).toEqual([ID]);
  expect(scanned(run(first, { code: "JKVILLAGER.A", at: 1120 })[1])).toEqual(["JKVILLAGER.A"]);
});

test("whole codes set at once by a reader count as a burst", () => {
  const [model] = scan(noScan, { kind: "input", field: "f", before: "", after: ID, at: 1, isComposing: false });
  expect(scanned(scan(model, { kind: "end", at: 5, isComposing: false })[1])).toEqual([ID]);
});
