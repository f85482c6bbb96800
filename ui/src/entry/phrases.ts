// Putting words together from the phrase book: what is looked for, what is offered, where the cursor goes. Pure. Not what a
// phrase means: that is known again from the words (`domain::phrase`).
import type { PhraseForm } from "../platform/api";

/** Words with the cursor or what is marked in them. */
export interface Seen {
  text: string;
  from: number;
  to: number;
}

export interface Query {
  /** Where what is looked for begins. */
  from: number;
  words: string;
  isLetters: boolean;
}

/** No more than digits choose. */
const OFFERED_MAX = 9;
/** Characters that look for a phrase; of letters one is enough. */
const WORDS_MIN = 2;
const JOINS = "；;。\n";
const JOIN = "；";
const REST_KEY = "=";
const REST = "rest_normal";
const BLANK = /〔([^〔〕]*)〕/;

export function hasBlank(text: string): boolean {
  return BLANK.test(text);
}

/** A phrase's own characters, without what fills its blanks. */
function fixedOf(phrase: PhraseForm): string[] {
  return phrase.text.split(/〔[^〔〕]*〕/);
}

function clauseFrom(text: string, at: number): number {
  for (let from = at; from > 0; from -= 1) if (JOINS.includes(text[from - 1] ?? "")) return from;
  return 0;
}

/** What is being looked for where the cursor stands: letters behind a character, or the part itself. While a blank waits
 * nothing is: what is typed goes into it. */
export function queryAt(text: string, at: number): Query | null {
  if (hasBlank(text)) return null;
  const start = clauseFrom(text, at);
  const part = text.slice(start, at);
  const letters = /[A-Za-z]+$/.exec(part)?.[0] ?? "";
  if (letters !== "") {
    const before = part[part.length - letters.length - 1] ?? "";
    const isFree = before === "" || /[\u4e00-\u9fff）)\s，,]/.test(before);
    return isFree ? { from: at - letters.length, words: letters.toLowerCase(), isLetters: true } : null;
  }
  const words = part.trim();
  return words.length < WORDS_MIN ? null : { from: start + part.indexOf(words), words, isLetters: false };
}

/** The phrases of an item that fit, the likeliest first. */
export function offered(book: PhraseForm[], item: string, query: Query | null): PhraseForm[] {
  if (query === null) return [];
  const own = book.filter((phrase) => phrase.items.includes(item));
  // A phrase that stands there whole looks for nothing.
  if (own.some((phrase) => phrase.text === query.words)) return [];
  const has = (phrase: PhraseForm, of: (one: string) => boolean) => of(query.isLetters ? phrase.initials : fixedOf(phrase).join(""));
  const first = own.filter((phrase) => has(phrase, (one) => one.startsWith(query.words)));
  const then = own.filter((phrase) => !first.includes(phrase) && has(phrase, (one) => one.includes(query.words)));
  return [...first, ...then].slice(0, OFFERED_MAX);
}

/** The next blank from there on, or the first one: marked, so that typing fills it. */
export function nextBlank(text: string, from: number): Seen | null {
  const at = text.slice(from).search(BLANK);
  const start = at >= 0 ? from + at : text.search(BLANK);
  const found = start < 0 ? null : BLANK.exec(text.slice(start));
  return found ? { text, from: start, to: start + found[0].length } : null;
}

/** The name of the blank that is marked. */
export function blankOf(seen: Seen): string | null {
  const marked = BLANK.exec(seen.text.slice(seen.from, seen.to));
  return marked && marked[0].length === seen.to - seen.from ? (marked[1] ?? "") : null;
}

/** Puts a phrase in the place of what was looked for, joined to what stands before and behind it. */
export function put(text: string, from: number, to: number, phrase: PhraseForm): Seen {
  const [before, behind] = [text.slice(0, from).replace(/[\s，,]+$/, ""), text.slice(to).trimStart()];
  const isJoined = (sign: string) => sign === "" || JOINS.includes(sign);
  const start = `${before}${isJoined(before.slice(-1)) ? "" : JOIN}`;
  const end = isJoined(behind.slice(0, 1)) ? behind : `${JOIN}${behind}`;
  const all = `${start}${phrase.text}${end}`;
  const blank = hasBlank(phrase.text) ? nextBlank(all, start.length) : null;
  const after = start.length + phrase.text.length;
  return blank ?? { text: all, from: after, to: after };
}

export function restOf(book: PhraseForm[], item: string): PhraseForm | null {
  return book.find((phrase) => phrase.phrase === REST && phrase.items.includes(item)) ?? null;
}

/** The rest as normal, said once: where it stands already the words stay. */
export function withRest(text: string, at: number, rest: PhraseForm): Seen {
  const isSaid = text.split(/[；;。\n]/).some((part) => part.trim() === rest.text);
  return isSaid ? { text, from: at, to: at } : put(text, at, at, rest);
}

/** What one more sign chose, if it chose: a digit or a space one of those offered, = the rest as normal. */
export function choseBy(book: PhraseForm[], item: string, before: string, now: string, at: number): Seen | null {
  const sign = now[at - 1] ?? "";
  if (at < 1 || now.slice(0, at - 1) + now.slice(at) !== before || hasBlank(before)) return null;
  const rest = restOf(book, item);
  if (sign === REST_KEY) return rest && withRest(before, at - 1, rest);
  const query = queryAt(before, at - 1);
  if (query === null) return null;
  const offers = offered(book, item, query);
  const chosen = /^[1-9]$/.test(sign) ? offers[Number(sign) - 1] : sign === " " && query.isLetters ? offers[0] : undefined;
  return chosen ? put(before, query.from, at - 1, chosen) : null;
}

/** What is to be done at once about phrases that stand in the words. */
export function hintsOf(book: PhraseForm[], item: string, text: string): string[] {
  const parts = text.split(/[；;。\n]/);
  const said = (phrase: PhraseForm) => parts.some((part) => fixedOf(phrase).every((fixed) => fixed === "" || part.replace(/\(/g, "（").replace(/\)/g, "）").includes(fixed)));
  return [...new Set(book.filter((phrase) => phrase.hint !== "" && phrase.items.includes(item) && said(phrase)).map((phrase) => phrase.hint))];
}
