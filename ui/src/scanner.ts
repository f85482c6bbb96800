// Listens for a scanner in every field and where no field is: feeds the recogniser and does what it says. Not the
// recogniser (entry/scan.ts).
import { noScan, scan, SCAN_GAP_MAX_MS, type ScanEffect, type ScanEvent, type ScanModel } from "./entry/scan";

type Field = HTMLInputElement | HTMLTextAreaElement;

const TEXT_TYPES = ["text", "search", "tel", "password", ""];

export function isTextField(target: EventTarget | null): target is Field {
  if (target instanceof HTMLTextAreaElement) return true;
  return target instanceof HTMLInputElement && TEXT_TYPES.includes(target.type);
}

/** Two presses of a hand are at least so far apart, milliseconds. */
const HAND_GAP_MIN_MS = 40;

/** A lone key on a choice waits so long, in case it is a scanner's first. */
export const CHOICE_WAIT_MS = SCAN_GAP_MAX_MS;

export interface Ears {
  scanned: (code: string) => void;
}

export function listen(root: Document, ears: Ears): void {
  let model: ScanModel = noScan;
  let isRestoring = false;
  const fields = new Map<string, Field>();
  const known = new WeakMap<Field, string>();
  let count = 0;
  let lastKey = -1e9;
  // When a key went down whose `input` has yet to come. Events say when they happened, however late a busy page gets to them:
  // a slow tablet would else take one burst for pieces, and leave them in the field. An `input` only says when it was made.
  let pressedAt: number | null = null;
  const happenedAt = (event: Event): number => {
    const at = pressedAt ?? event.timeStamp;
    pressedAt = null;
    return at;
  };

  const keyOf = (field: Field): string => {
    field.dataset.scan ??= String((count += 1));
    fields.set(field.dataset.scan, field);
    return field.dataset.scan;
  };
  const feed = (event: ScanEvent): ScanEffect[] => {
    const [next, effects] = scan(model, event);
    model = next;
    return effects;
  };
  const restore = (key: string, value: string) => {
    const field = fields.get(key);
    if (!field) return;
    isRestoring = true;
    field.value = value;
    known.set(field, value);
    field.dispatchEvent(new Event("input", { bubbles: true }));
    isRestoring = false;
  };
  const act = (effects: ScanEffect[], key: KeyboardEvent) => {
    for (const effect of effects) {
      if (effect.kind === "restore") restore(effect.field, effect.value);
      else if (effect.kind === "scanned") ears.scanned(effect.code);
      else {
        pending.drop();
        key.preventDefault();
        key.stopImmediatePropagation();
      }
    }
    fields.clear();
  };

  root.addEventListener("focusin", ({ target }) => isTextField(target) && known.set(target, target.value), true);
  root.addEventListener(
    "input",
    (event) => {
      const field = event.target;
      const at = happenedAt(event);
      if (!isTextField(field) || isRestoring || field.dataset.noScan !== undefined) return;
      const before = known.get(field) ?? "";
      const after = field.value;
      known.set(field, after);
      feed({ kind: "input", field: keyOf(field), before, after, at, isComposing: (event as InputEvent).isComposing });
    },
    true,
  );
  // A key that changed nothing says nothing of what comes later.
  root.addEventListener("keyup", () => (pressedAt = null), true);
  // What a screen put into the field itself is known too, before the next character.
  root.addEventListener("beforeinput", ({ target }) => isTextField(target) && known.set(target, target.value), true);
  root.addEventListener(
    "keydown",
    (key) => {
      const at = key.timeStamp;
      pressedAt = isTextField(key.target) ? at : null;
      if (key.key === "Enter" || key.key === "Tab") return act(feed({ kind: "end", at, isComposing: key.isComposing }), key);
      if (isTextField(key.target) || key.key.length !== 1 || key.ctrlKey || key.altKey || key.metaKey) return;
      const last = lastKey;
      lastKey = at;
      // No text field has the cursor: keys come plainly, no input method is in between.
      const isWithin = model.code !== "" && at - model.last <= SCAN_GAP_MAX_MS;
      const before = isWithin ? model.code : "";
      feed({ kind: "input", field: "", before, after: before + key.key, at, isComposing: key.isComposing });
      const gap = at - last;
      if (!isWithin) return;
      pending.drop();
      if (gap > HAND_GAP_MIN_MS) return;
      // Faster than a hand: no choice, no shortcut, but a code's next character.
      key.preventDefault();
      key.stopImmediatePropagation();
    },
    true,
  );
}

/** A choice by one key: done when no second key follows at a scanner's pace. */
export const pending = {
  timer: 0,
  act: null as (() => void) | null,
  hold(act: () => void): void {
    this.flush();
    this.act = act;
    this.timer = window.setTimeout(() => this.flush(), CHOICE_WAIT_MS);
  },
  flush(): void {
    clearTimeout(this.timer);
    const act = this.act;
    this.act = null;
    act?.();
  },
  drop(): void {
    clearTimeout(this.timer);
    this.act = null;
  },
};
