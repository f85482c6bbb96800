// A draft is put away when the keys rest, when the page is hidden and when it is left. Not what stands in it (the screen's).
import { onBeforeUnmount, onMounted } from "vue";

/** It rests so long before it is put away, milliseconds. */
const REST_MS = 300;

type Put = () => Promise<unknown>;

let underway: Promise<unknown> = Promise.resolve();

/** What was put away last has arrived: a page that asks for drafts meanwhile would be told without it. */
export const draftsPut = () => underway;

/** `isShut`: what is typed is being saved, and is no draft meanwhile. */
export function restingDraft(isShut: () => boolean) {
  let timer = 0;
  let due: Put | null = null;
  /** Left: nothing comes after it that it could rest for. */
  let isGone = false;
  function taken(): Put | null {
    clearTimeout(timer);
    const put = due;
    due = null;
    return put;
  }
  function flush() {
    const put = taken();
    if (put && !isShut()) underway = put().catch(() => undefined);
  }
  function rest(put: Put) {
    taken();
    due = put;
    if (isGone) flush();
    else timer = window.setTimeout(flush, REST_MS);
  }
  onMounted(() => document.addEventListener("visibilitychange", flush));
  onBeforeUnmount(() => {
    document.removeEventListener("visibilitychange", flush);
    flush();
    isGone = true;
  });
  return { rest, taken };
}
