// Following others' saves, alive: runs the machine's effects while the app is open. Loaded after the start. Not the machine
// (entry/live.ts), not what a screen does then (news.ts).
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
    const watched = await tryCall("watch", { since });
    // Over midnight it is another day here, whatever the page was told at its start.
    app.clock = watched.clock;
    send({ kind: "watched", mark: watched.mark });
  } catch {
    send({ kind: "failed" });
  }
}
