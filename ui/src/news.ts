// A screen hears that somebody saved something. Not who finds out (live.ts).
import { watch } from "vue";
import { app } from "./app";

/** Does this whenever somebody saved something anywhere. What it asks and does not get leaves the screen as it is. */
export function onNews(refresh: () => void | Promise<void>): void {
  watch(
    () => app.news,
    () => void Promise.resolve(refresh()).catch(() => undefined),
  );
}
