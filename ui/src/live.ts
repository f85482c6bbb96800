// Following others' saves, alive: runs the machine's effects while the app is open, and lets a screen hear of news. Not the
// machine (entry/live.ts), not what a screen does then.
import { watch } from "vue";
import { app, refreshSync, tryCall } from "./app";
import * as live from "./entry/live";

let model = live.unfollowed;
let isFollowing = false;

/** From unlocking until the lock, which throws the page away. */
export function follow(): void {
  if (isFollowing) return;
  isFollowing = true;
  send({ kind: "began" });
}

function send(event: live.Event): void {
  const [next, effects] = live.update(model, event);
  model = next;
  for (const effect of effects) {
    if (effect.kind === "refresh") {
      app.news += 1;
      void refreshSync();
    } else window.setTimeout(() => void ask(effect.since), effect.afterMs);
  }
}

async function ask(since: number): Promise<void> {
  if (app.state?.phase !== "open") {
    isFollowing = false;
    return;
  }
  try {
    send({ kind: "watched", mark: (await tryCall("watch", { since })).mark });
  } catch {
    send({ kind: "failed" });
  }
}

/** Does this whenever somebody saved something anywhere. What it asks and does not get leaves the screen as it is. */
export function onNews(refresh: () => void | Promise<void>): void {
  watch(
    () => app.news,
    () => void Promise.resolve(refresh()).catch(() => undefined),
  );
}
