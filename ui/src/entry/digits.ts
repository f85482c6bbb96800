// Numbers and dates as people type them: full-width digits, 。 for the point, spaces. Not whether a value is
// plausible: that verdict is the host's.

/** Half-width, trimmed: ０-９ Ｘ ．。， and spaces. */
export function halfWidth(text: string): string {
  let out = "";
  for (const sign of text) {
    const code = sign.charCodeAt(0);
    if (code >= 0xff01 && code <= 0xff5e) out += String.fromCharCode(code - 0xfee0);
    else if (sign === "。" || sign === "·") out += ".";
    else if (sign === "　") out += " ";
    else if (sign === "−" || sign === "—") out += "-";
    else out += sign;
  }
  return out.trim();
}

/** A measured number as typed, made plain: `１６５。２` is `165.2`, `,` between digits is a point. */
export function numberText(text: string): string {
  return halfWidth(text).replace(/\s+/g, "").replace(/,/g, ".");
}

export function isNumber(text: string): boolean {
  return /^\d+(\.\d*)?$|^\.\d+$/.test(text);
}

/** Compares two plain decimals without floats being printed anywhere: for colour only. */
export function isWithin(text: string, min: string | null, max: string | null): boolean {
  const value = Number(text);
  if (min !== null && value < Number(min)) return false;
  return max === null || value <= Number(max);
}

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** `YYYY-MM-DD` of eight digits or a written date; null where it is none. */
export function dateOf(text: string): string | null {
  const plain = halfWidth(text);
  const parts = /^(\d{4})(\d{2})(\d{2})$/.exec(plain) ?? /^(\d{4})[-./年](\d{1,2})[-./月](\d{1,2})日?$/.exec(plain);
  if (!parts) return null;
  const [year, month, day] = [Number(parts[1]), Number(parts[2]), Number(parts[3])];
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const last = month === 2 && isLeap ? 29 : DAYS[month - 1];
  if (last === undefined || day < 1 || day > last || year < 1850 || year > 2100) return null;
  return `${year}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`;
}

/** Completed years on a day; null where either is no date. */
export function ageOn(birth: string, day: string): number | null {
  const [from, to] = [dateOf(birth), dateOf(day)];
  if (from === null || to === null) return null;
  const years = Number(to.slice(0, 4)) - Number(from.slice(0, 4)) - (to.slice(5) < from.slice(5) ? 1 : 0);
  return years < 0 ? null : years;
}

/** What is said under a date field: 1954年3月7日（72岁）. */
export function dateEcho(text: string, day: string): string {
  const date = dateOf(text);
  if (date === null) return "";
  const age = ageOn(date, day);
  const [year, month, dayOfMonth] = date.split("-").map(Number);
  return `${year}年${month}月${dayOfMonth}日${age === null ? "" : `（${age}岁）`}`;
}
