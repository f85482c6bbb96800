// Knows a scanner's burst from a person's typing: by the keys where they come plainly, and holds back those that may be a
// code's until it is known whose they are; else (on Android an input method says "Unidentified") by the `input` events of
// whatever fields it landed in. Pure: events in, effects out. Not the listeners (scanner.ts).
import { halfWidth } from "./digits";
import { plainId, readId } from "./id_number";

/** At least so many characters at one go. */
export const SCAN_CHARS_MIN = 4;
/** At most so long between two characters, milliseconds. */
export const SCAN_GAP_MAX_MS = 100;
/** At most so long from first to last, milliseconds. */
export const SCAN_WHOLE_MAX_MS = 1_500;
/** The same code again within this is the scanner's echo, milliseconds. */
export const SCAN_REPEAT_MS = 300;

/** A tube's code checks nothing itself. So many characters, at most so long between two of them on average, milliseconds, are a
 * scanner's: no hand presses eight keys so fast. */
const TUBE_LONG_CHARS = 8;
const TUBE_GAP_MAX_MS = 30;
/** One as short as the engine allows (`SCAN_CHARS_MIN`) comes faster still, and behind a whole code or with nothing before it for so
 * long, milliseconds: the end of a person's number whose scanner paused is no tube. */
const SHORT_GAP_MAX_MS = 15;
const SHORT_QUIET_MS = 1_000;

/** Two presses of a hand are at least so far apart, milliseconds; two that roll over each other may come closer. */
export const HAND_GAP_MIN_MS = 40;

export type ScanEvent =
  /** A key that a code may consist of went down. */
  | { kind: "key"; sign: string; at: number; isField: boolean }
  /** A field's value changed: what it was, what it is. `byKey`: by a key that was told, or by one given back. */
  | { kind: "input"; field: string; before: string; after: string; at: number; isComposing: boolean; byKey?: boolean }
  /** Enter or Tab. `wantsTube`: tubes are bound on this screen. */
  | { kind: "end"; at: number; isComposing: boolean; wantsTube?: boolean }
  /** Nothing came for as long as `restOf` says. */
  | { kind: "rest"; at: number }
  /** A key or a press that belongs to no code. */
  | { kind: "other" };

export type ScanEffect =
  /** The value the field had before the burst goes back into it. */
  | { kind: "restore"; field: string; value: string }
  /** What was just put in goes out again, and nobody hears of it. */
  | { kind: "undo" }
  | { kind: "scanned"; code: string }
  /** The key did its work here, or is held back: nobody else may act on it. */
  | { kind: "swallow" }
  /** A hand's keys after all: they go where the cursor is, or into the field that they were taken back from. */
  | { kind: "give_back"; signs: string; into: string | null };

interface Held {
  field: string;
  value: string;
}

export interface ScanModel {
  /** The fields a burst ran through (a pressure jumps to its pair meanwhile), with their values before it. */
  held: Held[];
  code: string;
  /** The end of the code that is held back: it is in no field, and nobody has acted on it. */
  queue: string;
  /** The field whose piece of the code was taken back into the queue. */
  taken: string | null;
  from: number;
  last: number;
  /** When the last sign before this code came. */
  before: number;
  isField: boolean;
  /** The last code acted on, and when. */
  acted: string;
  actedAt: number;
}

export const noScan: ScanModel = { held: [], code: "", queue: "", taken: null, from: 0, last: -1e9, before: -1e9, isField: false, acted: "", actedAt: -1e9 };

/** Carries a check character, so that its end is known without a key that says so. */
function isChecked(code: string): boolean {
  const id = plainId(code);
  // An ID number; a 学籍号 is one with a letter before it.
  if (/^[GJL]?\d{17}[\dX]$/.test(id)) return readId(id.slice(-18)).kind === "good";
  return /^JK\d{16}$/.test(id) && labelChecks(id.slice(2));
}

/** Only what checks itself is acted on: time alone cannot tell a scanner from a quick hand. */
export function isOwnCode(code: string): boolean {
  const id = plainId(code);
  return isChecked(id) || (!/^JK\d{16}$/.test(id) && /^JK[0-9A-Z][0-9A-Z.]{4,40}$/.test(id));
}

/** So much at such a pace is a scanner's: for screens that wait for other people's codes. */
function isTubeBurst(model: ScanModel): boolean {
  const { length } = model.code;
  const isLong = length >= TUBE_LONG_CHARS;
  return (isLong || model.actedAt >= model.before || model.from - model.before >= SHORT_QUIET_MS) && /^[\dA-Z]+$/i.test(model.code) && model.last - model.from <= (length - 1) * (isLong ? TUBE_GAP_MAX_MS : SHORT_GAP_MAX_MS);
}

/** The last digit of a label's 16 by ISO/IEC 7064, MOD 11,10; the host reads it the same (`domain::label_code`). */
function labelChecks(digits: string): boolean {
  let product = 10;
  for (const digit of digits.slice(0, -1)) product = (((Number(digit) + product) % 10 || 10) * 2) % 11;
  return Number(digits.slice(-1)) === (11 - product) % 10;
}

/** What one input event added; null where it was no plain insertion. */
function inserted(before: string, after: string): string | null {
  if (after.length <= before.length) return null;
  let head = 0;
  while (head < before.length && before[head] === after[head]) head += 1;
  const tail = before.length - head;
  if (!after.endsWith(before.slice(head))) return null;
  return after.slice(head, after.length - tail);
}

/** A sign that a code may consist of. */
export function isSign(key: string): boolean {
  return /^[0-9A-Za-z.]$/.test(key);
}

function goesOn(model: ScanModel, at: number): boolean {
  return model.code !== "" && at - model.last <= SCAN_GAP_MAX_MS && at - model.from <= SCAN_WHOLE_MAX_MS;
}

/** In a field two or three keys that came at once are a hand's as soon as it pauses; elsewhere a choice can wait. */
function isBarelyBegun(model: ScanModel): boolean {
  return model.isField && model.code.length < SCAN_CHARS_MIN;
}

/** How long nothing has to come before what is held back is decided, milliseconds; none where nothing is. */
export function restOf(model: ScanModel): number | null {
  if (model.queue === "") return null;
  return isBarelyBegun(model) ? HAND_GAP_MIN_MS : SCAN_GAP_MAX_MS;
}

const begun = (model: ScanModel): ScanModel => ({ ...model, held: [], code: "", queue: "", taken: null });

function givenBack(model: ScanModel, signs: string): ScanEffect[] {
  return signs === "" ? [] : [{ kind: "give_back", signs, into: model.taken }];
}

/** A whole code: every field gets back what it held, and the code goes to the find. */
function acted(model: ScanModel, at: number, ending: ScanEffect[]): [ScanModel, ScanEffect[]] {
  const code = plainId(model.code);
  const back: ScanEffect[] = [...model.held.map((held): ScanEffect => ({ kind: "restore", ...held })), ...ending];
  const isEcho = code === model.acted && at - model.actedAt <= SCAN_REPEAT_MS;
  return [{ ...begun(model), acted: code, actedAt: at }, isEcho ? back : [...back, { kind: "scanned", code }]];
}

function key(model: ScanModel, { sign, at, isField }: Extract<ScanEvent, { kind: "key" }>): [ScanModel, ScanEffect[]] {
  if (!goesOn(model, at)) {
    // What still waits is a hand's, and this key has to come behind it.
    const next = { ...begun(model), code: sign, from: at, last: at, before: model.last, isField };
    if (model.queue !== "") return [next, [{ kind: "swallow" }, ...givenBack(model, model.queue + sign)]];
    // In a field the first one goes its way: what it changes is put right. A choice cannot be taken back, nor may an echo's
    // first one touch the search that the scan before it began.
    const passes = isField && at - model.actedAt > SCAN_REPEAT_MS;
    return passes ? [next, []] : [{ ...next, queue: sign }, [{ kind: "swallow" }]];
  }
  const gap = at - model.last;
  const next = { ...model, code: model.code + sign, last: at };
  if (isField && gap > HAND_GAP_MIN_MS) {
    if (model.queue === "") return [next, []];
    if (isBarelyBegun(model)) return [{ ...next, queue: "", taken: null }, [{ kind: "swallow" }, ...givenBack(model, model.queue + sign)]];
  }
  const queue = model.queue + sign;
  const [only, other] = model.held;
  // Four at once: no field keeps the one that came through, whatever becomes of its screen meanwhile.
  if (only && !other && next.code.length >= SCAN_CHARS_MIN && next.code.length === queue.length + 1)
    return [{ ...next, held: [], queue: next.code, taken: only.field }, [{ kind: "restore", ...only }, { kind: "swallow" }]];
  return [{ ...next, queue }, [{ kind: "swallow" }]];
}

function input(model: ScanModel, event: Extract<ScanEvent, { kind: "input" }>): [ScanModel, ScanEffect[]] {
  const here: Held = { field: event.field, value: event.before };
  const isKnown = model.held.some((held) => held.field === event.field);
  const held = isKnown ? model.held : [...model.held, here];
  if (event.byKey) return [{ ...model, held }, []];
  const more = inserted(event.before, event.after);
  // A word that an input method put in is no part of a code; what a scanner sends behind it is.
  const isWords = more !== null && ![...halfWidth(more)].every(isSign);
  // Right behind a number that was acted on they are of the same card: a reader that types goes on to the name, at a reader's pace. A hand
  // that begins with the name a moment later keeps every word.
  if (isWords && event.at - model.actedAt <= SCAN_GAP_MAX_MS) return [{ ...begun(model), actedAt: event.at }, [{ kind: "undo" }]];
  if (more === null || isWords) return [{ ...model, held: [], code: "" }, []];
  if (!goesOn(model, event.at)) return [{ ...model, held: [here], code: more, from: event.at, last: event.at, before: model.last }, []];
  return [{ ...model, held, code: model.code + more, last: event.at }, []];
}

export function scan(model: ScanModel, event: ScanEvent): [ScanModel, ScanEffect[]] {
  if ((event.kind === "input" || event.kind === "end") && event.isComposing) return [begun(model), givenBack(model, model.queue)];
  switch (event.kind) {
    case "key":
      return key(model, event);
    case "input":
      return input(model, event);
    case "end": {
      // After a code that ended by itself, or one that ends twice.
      if (model.code === "" && model.queue === "" && event.at - model.actedAt <= SCAN_REPEAT_MS) return [model, [{ kind: "swallow" }]];
      const isBurst =
        model.code.length >= SCAN_CHARS_MIN && event.at - model.last <= SCAN_GAP_MAX_MS && (isOwnCode(model.code) || (event.wantsTube === true && isTubeBurst(model)));
      return isBurst ? acted(model, event.at, [{ kind: "swallow" }]) : [begun(model), givenBack(model, model.queue)];
    }
    case "rest":
      if (model.queue === "") return [model, []];
      if (isChecked(model.code)) return acted(model, event.at, []);
      // A slow scanner may still go on: what is given back is known by the fields it goes into.
      return [{ ...model, queue: "", taken: null }, givenBack(model, model.queue)];
    case "other":
      return [begun(model), givenBack(model, model.queue)];
  }
}
