// A scanner's burst and a person's typing told apart: rows of events. Not the listeners.
import { expect, test } from "vitest";
import { checkCharacter } from "./id_number";
import { HAND_GAP_MIN_MS, noScan, restOf, scan, SCAN_GAP_MAX_MS, SCAN_REPEAT_MS, type ScanEffect, type ScanEvent, type ScanModel } from "./scan";

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

test.each<[string, string, number, boolean, string[]]>([
  ["a scanner's", "B2609140001", 5, true, ["B2609140001"]],
  ["where no screen waits for one", "B2609140001", 5, false, []],
  ["a hand's, however quick", "26091400", 45, true, []],
  ["a value with its point", "1234.5", 5, true, []],
  ["as short as the engine takes", "1123451", 5, true, ["1123451"]],
  ["of four", "A120", 12, true, ["A120"]],
  ["a quick hand's four digits", "1123", 25, true, []],
  ["three digits are a value", "112", 5, true, []],
])("a tube's code is taken where tubes are bound: %s", (_, code, gap, wantsTube, codes) => {
  let model = noScan;
  [...code].forEach((sign, at) => ([model] = scan(model, { kind: "key", sign, at: 1_000 + at * gap, isField: false })));
  const [, effects] = scan(model, { kind: "end", at: 1_000 + code.length * gap, isComposing: false, wantsTube });
  expect(scanned(effects)).toEqual(codes);
});

test("the end of a person's number whose scanner paused is no tube's code", () => {
  const through = (pause: number) => {
    let [model, at] = [noScan, 1_000];
    for (const [place, sign] of [...ID].entries()) {
      at += place === 12 ? pause : 5;
      [model] = scan(model, { kind: "key", sign, at, isField: false });
    }
    return scanned(scan(model, { kind: "end", at: at + 5, isComposing: false, wantsTube: true })[1]);
  };
  expect(through(300)).toEqual([]);
  expect(through(5), "control: without the pause it is the person's").toEqual([ID]);
  expect(through(2_000), "control: by itself so much is a tube's").toEqual([ID.slice(12)]);
});

test("short codes one behind the other are each a tube's, and a scanner's echo of one is nobody's", () => {
  let [model, effects]: [ScanModel, ScanEffect[]] = [noScan, []];
  const codes: string[] = [];
  for (const [code, from] of [["A1123", 1_000], ["A1123", 1_150], ["A1124", 1_700]] as const) {
    for (const [place, sign] of [...code].entries()) [model] = scan(model, { kind: "key", sign, at: from + place * 5, isField: false });
    [model, effects] = scan(model, { kind: "end", at: from + 30, isComposing: false, wantsTube: true });
    expect(effects.filter((one) => one.kind === "give_back")).toEqual([]);
    codes.push(...scanned(effects));
  }
  expect(codes).toEqual(["A1123", "A1124"]);
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

/** Two fields and what is no field (null), with a cursor: what the machine says is done, and time passes. */
class Sheet {
  model = noScan;
  values: Record<string, string> = { a: "", b: "162" };
  cursor: string | null = "a";
  isSelected = false;
  codes: string[] = [];
  /** Keys that came through where no field is. */
  elsewhere: string[] = [];
  ends = 0;
  now = 1_000;

  /** `holds`: off, only the fields are listened to, as where an input method keeps the keys. */
  constructor(readonly holds = true) {}

  private feed(event: ScanEvent): boolean {
    const [model, effects] = scan(this.model, event);
    this.model = model;
    for (const effect of effects) {
      if (effect.kind === "restore") this.values[effect.field] = effect.value;
      else if (effect.kind === "scanned") this.codes.push(effect.code);
      else if (effect.kind === "give_back") {
        this.cursor = effect.into ?? this.cursor;
        for (const sign of effect.signs) this.land(sign);
      }
    }
    return effects.some((effect) => effect.kind === "swallow");
  }
  private land(sign: string): void {
    if (this.cursor === null) return void this.elsewhere.push(sign);
    const [field, before] = [this.cursor, this.values[this.cursor] ?? ""];
    const after = this.isSelected ? sign : before + sign;
    this.isSelected = false;
    this.values[field] = after;
    this.feed({ kind: "input", field, before, after, at: this.now, isComposing: false, byKey: this.holds });
  }
  wait(ms: number): this {
    const rest = restOf(this.model);
    if (rest !== null && ms >= rest) this.feed({ kind: "rest", at: this.now + rest });
    this.now += ms;
    return this;
  }
  focus(field: string | null): this {
    this.cursor = field;
    this.isSelected = field !== null;
    return this;
  }
  keys(signs: string, gap: number): this {
    for (const sign of signs) {
      if (!this.holds || !this.feed({ kind: "key", sign, at: this.now, isField: this.cursor !== null })) this.land(sign);
      this.wait(gap);
    }
    return this;
  }
  enter(): this {
    if (!this.feed({ kind: "end", at: this.now, isComposing: false })) this.ends += 1;
    return this;
  }
}

/** A burst begun in `from`, with a form that takes the cursor to a field and selects what it holds before the `at`th key. */
function swapped(from: string | null, to: string | null, at: number, gap: number, holds = true): Sheet {
  return new Sheet(holds).focus(from).keys(ID.slice(0, at), gap).focus(to).keys(ID.slice(at), gap).enter();
}
const isWhole = (sheet: Sheet) => sheet.codes.join() === ID && sheet.values.a === "" && sheet.values.b === "162" && sheet.elsewhere.length + sheet.ends === 0;
const SWAPS = ["a", "b", null].flatMap((from) => ["a", "b", null].flatMap((to) => Array.from({ length: ID.length }, (_, at) => [from, to, at] as const)));

test("a burst is the find's whole, and no value changes, whenever a form takes the cursor in the middle of it", () => {
  for (const [from, to, at] of SWAPS) expect(isWhole(swapped(from, to, at, 5)), `${from} to ${to} before key ${at}`).toBe(true);
});

test("control: without holding the keys back, a form that takes the cursor spoils bursts", () => {
  const spoilt = SWAPS.filter(([from, to, at]) => from !== null && to !== null && !isWhole(swapped(from, to, at, 5, false)));
  expect(spoilt.length).toBeGreaterThan(10);
});

test("four keys into a burst no field holds a piece of it: a screen may go meanwhile", () => {
  for (const field of ["a", "b"]) {
    const sheet = new Sheet().focus(field).keys(ID.slice(0, 4), 5);
    expect(sheet.values).toEqual({ a: "", b: "162" });
  }
});

test("a scanner at its slowest is known in a field, over what was selected, and elsewhere", () => {
  for (const field of ["a", "b", null]) expect(isWhole(swapped(field, field, 0, 80)), String(field)).toBe(true);
});

test.each([5, 20, 35, 41, 60, 90, 120])("a hand's keys arrive once and in their order, %i ms apart", (gap) => {
  const sheet = new Sheet().keys("157.4", gap).enter().wait(SCAN_GAP_MAX_MS);
  expect([sheet.values.a, sheet.codes, sheet.model.queue]).toEqual(["157.4", [], ""]);
  const choices = new Sheet().focus(null).keys("1w2", gap).wait(SCAN_GAP_MAX_MS);
  expect(choices.elsewhere).toEqual(["1", "w", "2"]);
});

test("two keys that roll over each other wait no longer than a hand's pause; the first one never waits", () => {
  const sheet = new Sheet().keys("12", 15);
  expect(sheet.values.a).toBe("1");
  expect(sheet.wait(HAND_GAP_MIN_MS).values.a).toBe("12");
});

test("one key on a choice waits in case it is a scanner's first", () => {
  const sheet = new Sheet().focus(null).keys("1", 0).wait(SCAN_GAP_MAX_MS - 1);
  expect(sheet.elsewhere).toEqual([]);
  expect(sheet.wait(SCAN_GAP_MAX_MS).elsewhere).toEqual(["1"]);
});

test("what belongs to no code lets go of what was held back, in its order", () => {
  const sheet = new Sheet().focus(null).keys("1", 0);
  const [model, effects] = scan(sheet.model, { kind: "other" });
  expect(effects).toEqual([{ kind: "give_back", signs: "1", into: null }]);
  expect(scan(model, { kind: "other" })[1]).toEqual([]);
});

test("a burst of no code comes into the field it was taken back from", () => {
  const sheet = new Sheet().focus("b").keys(ID.slice(0, 17), 5).focus("a").enter();
  expect([sheet.values, sheet.codes]).toEqual([{ a: "", b: ID.slice(0, 17) }, []]);
});

test("a code that checks itself needs no Enter; the scanner's late or second one does nothing, a hand's later one does", () => {
  const sheet = new Sheet().keys(ID, 5).wait(SCAN_GAP_MAX_MS);
  expect([sheet.codes, sheet.values.a]).toEqual([[ID], ""]);
  expect(sheet.wait(50).enter().ends).toBe(0);
  expect(new Sheet().keys(ID, 5).enter().enter().ends).toBe(0);
  expect(new Sheet().keys(ID, 5).enter().wait(SCAN_REPEAT_MS + 1).enter().ends).toBe(1);
});

test("a printed code of open length is not taken for whole before its Enter", () => {
  const sheet = new Sheet().keys("JKVILLAGER.A", 5).wait(SCAN_GAP_MAX_MS);
  expect(sheet.codes).toEqual([]);
  expect(new Sheet().keys("JKVILLAGER.A", 5).enter().codes).toEqual(["JKVILLAGER.A"]);
});

test("no key of an echo lands anywhere, not even for a moment: the search under way is not disturbed; a later key does", () => {
  const sheet = new Sheet().keys(ID, 5).enter().wait(30).keys(ID.slice(0, 1), 0);
  expect(sheet.values.a).toBe("");
  expect(new Sheet().keys(ID, 5).enter().wait(SCAN_REPEAT_MS + 1).keys("4", 0).values.a).toBe("4");
});

test("an echo of held keys is dropped like any other", () => {
  const sheet = new Sheet().keys(ID, 5).enter().wait(30).keys(ID, 5).enter();
  expect([sheet.codes, sheet.values.a, sheet.ends]).toEqual([[ID], "", 0]);
});

test("words behind a number that was just acted on are the same card's and go out again, a hand's later ones stay", () => {
  const words = (model: ScanModel, at: number) => scan(model, { kind: "input", field: "f", before: ID, after: `${ID}周`, at, isComposing: false });
  const [after] = run(noScan, { code: ID, at: 1000 });
  const end = 1000 + (ID.length - 1) * 5 + 5;
  const [model, effects] = words(after, end + 5);
  expect(effects).toEqual([{ kind: "undo" }]);
  expect(scan(model, { kind: "end", at: end + 10, isComposing: false })[1], "and so does the line's end").toEqual([{ kind: "swallow" }]);
  expect(words(after, end + SCAN_GAP_MAX_MS + 20)[1], "control: a hand, as soon as it can").toEqual([]);
  expect(words(noScan, 1000)[1], "control: behind no number").toEqual([]);
});
