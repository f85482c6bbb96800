// What an 18-character ID number says of itself: its check character (GB 11643), birth date and sex. For the echo
// under the field and for knowing a scan; the verdict on saving is the host's.
import { dateOf, halfWidth } from "./digits";

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECKS = "10X98765432";

export function plainId(text: string): string {
  return halfWidth(text).replace(/[\s-]/g, "").toUpperCase();
}

export function checkCharacter(first17: string): string {
  const sum = WEIGHTS.reduce((total, weight, at) => total + weight * Number(first17[at]), 0);
  return CHECKS[sum % 11] ?? "";
}

export type IdEcho =
  | { kind: "empty" }
  | { kind: "short"; missing: number }
  | { kind: "wrong"; why: "characters" | "date" | "check" | "length" }
  | { kind: "good"; birth: string; sex: "男" | "女" };

export function readId(text: string): IdEcho {
  const id = plainId(text);
  if (id === "") return { kind: "empty" };
  if (!/^\d{0,17}$|^\d{17}[\dX]$/.test(id)) return { kind: "wrong", why: id.length > 18 ? "length" : "characters" };
  if (id.length < 18) return { kind: "short", missing: 18 - id.length };
  const birth = dateOf(id.slice(6, 14));
  if (birth === null) return { kind: "wrong", why: "date" };
  if (checkCharacter(id) !== id[17]) return { kind: "wrong", why: "check" };
  return { kind: "good", birth, sex: Number(id[16]) % 2 === 1 ? "男" : "女" };
}
