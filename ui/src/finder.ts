// The one field for everything, alive: runs the find machine's effects. Not the machine (entry/find.ts).
import { shallowRef } from "vue";
import { app, call, focusScan, go, openPerson, say } from "./app";
import * as find from "./entry/find";
import { readId } from "./entry/id_number";

type Asking = Extract<find.Effect, { kind: "find" }>;

/** On another screen typing rests so long before it leads home, milliseconds: a code may yet turn out to be a scanner's. */
const REST_MS = 60;

export const found = shallowRef<find.Model>(find.nothing);
let resting = 0;
/** What the host is looking for, or what was typed meanwhile: the newest. */
let waiting: Asking | null = null;
/** All that was scanned so far has been acted on. */
let scans: Promise<unknown> = Promise.resolve();

export function toFinder(event: find.Event): void {
  const [model, effects] = find.update(found.value, event);
  found.value = model;
  // A scanner's echo typed here and taken back again asks nothing and leads nowhere.
  if (event.kind === "typed") clearTimeout(resting);
  for (const effect of effects) run(effect);
}

function run(effect: find.Effect): void {
  if (effect.kind === "open") {
    openPerson(effect.person);
    toFinder({ kind: "cleared" });
    return;
  }
  clearTimeout(resting);
  if (effect.atOnce) void ask(effect);
  else resting = window.setTimeout(() => void askInTurn(effect), app.route.name === "home" ? 0 : REST_MS);
}

async function ask(effect: Asking): Promise<void> {
  if (!effect.atOnce) go("home");
  // Whose tubes are bound where it was scanned.
  const tube = app.tube;
  const before = scans;
  const asking = call("find", { text: effect.text, stop_first: true });
  // Tubes are bound in the order they were scanned in, whichever answer comes first.
  if (effect.atOnce) scans = asking.then(() => before).catch(() => undefined);
  const answer = await asking;
  if (effect.atOnce) await before;
  const isNewest = effect.asked === found.value.asked;
  if (answer === null) return;
  if (effect.atOnce && !answer.exact && tube !== null && isTube(effect.text)) {
    if (isNewest) toFinder({ kind: "cleared" });
    if (tube === app.tube) return tube(effect.text);
    // Its person's form is closed meanwhile, and it is nobody else's.
    return void import("./text/lab").then(({ t }) => say(t("tube_unbound", { codes: effect.text })));
  }
  toFinder({ kind: "found", asked: effect.asked, found: answer });
  if (effect.atOnce && isNewest && found.value.text !== "") {
    // Nobody, or more than one: a person has to look.
    go("home");
    focusScan();
  }
}

/** One question of what is being typed at a time: a slow host is not given more than it can answer. */
async function askInTurn(effect: Asking): Promise<void> {
  const isFree = waiting === null;
  waiting = effect;
  if (!isFree) return;
  for (let asked: Asking | null = null; waiting !== null && asked !== waiting; ) {
    asked = waiting;
    // Cleared or scanned over meanwhile: it leads nowhere any more.
    if (asked.asked === found.value.asked) await ask(asked);
  }
  waiting = null;
}

/** A tube may carry it: neither an ID number nor a code of ours. */
export function isTube(code: string): boolean {
  return /^[\dA-Z-]{4,32}$/i.test(code) && !/^JK\d{16}$/i.test(code) && readId(code).kind !== "good";
}

export function scanned(code: string): void {
  if (app.state?.phase !== "open" || !app.day?.choice) return;
  toFinder({ kind: "scanned", code });
}
