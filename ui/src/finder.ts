// The one field for everything, alive: runs the find machine's effects. Not the machine (entry/find.ts).
import { shallowRef } from "vue";
import { app, call, focusScan, go, openPerson } from "./app";
import * as find from "./entry/find";
import { readId } from "./entry/id_number";

/** Typing rests so long before the host is asked, milliseconds. */
const REST_MS = 60;

export const found = shallowRef<find.Model>(find.nothing);
let resting = 0;

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
  const ask = async () => {
    if (!effect.atOnce) go("home");
    const answer = await call("find", { text: effect.text, stop_first: true });
    if (answer === null) return;
    if (effect.atOnce && !answer.exact && app.tube !== null && isTube(effect.text)) {
      toFinder({ kind: "cleared" });
      return app.tube(effect.text);
    }
    toFinder({ kind: "found", asked: effect.asked, found: answer });
    if (effect.atOnce && found.value.text !== "") {
      // Nobody, or more than one: a person has to look.
      go("home");
      focusScan();
    }
  };
  if (effect.atOnce) void ask();
  else resting = window.setTimeout(() => void ask(), REST_MS);
}

/** A tube may carry it: neither an ID number nor a code of ours. */
function isTube(code: string): boolean {
  return /^[\dA-Z-]{4,32}$/i.test(code) && !/^JK\d{16}$/i.test(code) && readId(code).kind !== "good";
}

export function scanned(code: string): void {
  if (app.state?.phase !== "open" || !app.day?.choice) return;
  toFinder({ kind: "scanned", code });
}
