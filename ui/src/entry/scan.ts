// Knows a scanner's burst from a person's typing, by the `input` events of whatever fields it landed in. Pure: events
// in, effects out. Not a key listener: on Android with an input method keys arrive as "Unidentified".
import { plainId, readId } from "./id_number";

/** At least so many characters at one go. */
export const SCAN_CHARS_MIN = 4;
/** At most so long between two characters, milliseconds. */
export const SCAN_GAP_MAX_MS = 100;
/** At most so long from first to last, milliseconds. */
export const SCAN_WHOLE_MAX_MS = 1_500;
/** The same code again within this is the scanner's echo, milliseconds. */
export const SCAN_REPEAT_MS = 300;

export type ScanEvent =
  /** A field's value changed: what it was, what it is. */
  | { kind: "input"; field: string; before: string; after: string; at: number; isComposing: boolean }
  /** Enter or Tab. */
  | { kind: "end"; at: number; isComposing: boolean };

export type ScanEffect =
  /** The value the field had before the burst goes back into it. */
  | { kind: "restore"; field: string; value: string }
  | { kind: "scanned"; code: string }
  /** The terminating key did its work here: nobody else may act on it. */
  | { kind: "swallow" };

interface Held {
  field: string;
  value: string;
}

export interface ScanModel {
  /** The fields a burst ran through (a pressure jumps to its pair meanwhile), with their values before it. */
  held: Held[];
  code: string;
  from: number;
  last: number;
  /** The last code acted on, and when. */
  acted: string;
  actedAt: number;
}

export const noScan: ScanModel = { held: [], code: "", from: 0, last: 0, acted: "", actedAt: -1e9 };

/** Only what checks itself is acted on: time alone cannot tell a scanner from a quick hand. */
export function isOwnCode(code: string): boolean {
  const id = plainId(code);
  // An ID number; a 学籍号 is one with a letter before it.
  if (/^[GJL]?\d{17}[\dX]$/.test(id)) return readId(id.slice(-18)).kind === "good";
  if (/^JK\d{16}$/.test(id)) return labelChecks(id.slice(2));
  return /^JK[0-9A-Z][0-9A-Z.]{4,40}$/.test(id);
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

export function scan(model: ScanModel, event: ScanEvent): [ScanModel, ScanEffect[]] {
  const cleared = { ...model, held: [], code: "" };
  if (event.isComposing) return [cleared, []];
  switch (event.kind) {
    case "input": {
      const more = inserted(event.before, event.after);
      if (more === null) return [cleared, []];
      const here: Held = { field: event.field, value: event.before };
      const goesOn =
        model.code !== "" && event.at - model.last <= SCAN_GAP_MAX_MS && event.at - model.from <= SCAN_WHOLE_MAX_MS;
      if (!goesOn) return [{ ...model, held: [here], code: more, from: event.at, last: event.at }, []];
      const isKnown = model.held.some((held) => held.field === event.field);
      return [{ ...model, held: isKnown ? model.held : [...model.held, here], code: model.code + more, last: event.at }, []];
    }
    case "end": {
      const isBurst =
        model.code.length >= SCAN_CHARS_MIN && event.at - model.last <= SCAN_GAP_MAX_MS && isOwnCode(model.code);
      if (!isBurst) return [cleared, []];
      const code = plainId(model.code);
      const back: ScanEffect[] = model.held.map((held) => ({ kind: "restore", ...held }));
      back.push({ kind: "swallow" });
      if (code === model.acted && event.at - model.actedAt <= SCAN_REPEAT_MS) return [{ ...cleared, actedAt: event.at }, back];
      return [{ ...cleared, acted: code, actedAt: event.at }, [...back, { kind: "scanned", code }]];
    }
  }
}
