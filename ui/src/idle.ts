// What nobody waits for: after what is on the screen now was painted, and whenever nothing else is to be done. Not a timer of
// anything that has to happen at a time.

/** A window that paints nothing (in the background) is waited for so long, milliseconds. */
const UNPAINTED_MS = 1_000;
/** Where the engine does not tell when it is idle: so long for keys and a frame in between, milliseconds. */
const BREATH_MS = 30;

export function afterPaint(then: () => void): void {
  let due = true;
  const once = () => {
    if (due) then();
    due = false;
  };
  requestAnimationFrame(() => window.setTimeout(once, 0));
  window.setTimeout(once, UNPAINTED_MS);
}

export function whenIdle(then: () => void): void {
  // WebKit has it not.
  if (typeof window.requestIdleCallback === "function") window.requestIdleCallback(then, { timeout: UNPAINTED_MS });
  else window.setTimeout(then, BREATH_MS);
}
