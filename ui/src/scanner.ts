// Listens for a scanner in every field and where no field is, before any screen hears a key: feeds the recogniser and does
// what it says. A burst has the keys to itself until it ends, so that a screen that comes up in the middle of it takes
// nothing from it. Not the recogniser (entry/scan.ts).
import { nextTick } from "vue";
import { isSign, noScan, restOf, scan, SCAN_GAP_MAX_MS, type ScanEffect, type ScanEvent, type ScanModel } from "./entry/scan";

type Field = HTMLInputElement | HTMLTextAreaElement;

const TEXT_TYPES = ["text", "search", "tel", "password", ""];
/** Keys that only change what others mean, and those an input method keeps for itself. */
const SILENT = ["Shift", "Control", "Alt", "AltGraph", "Meta", "CapsLock", "Unidentified", "Process", "Dead"];

export function isTextField(target: EventTarget | null): target is Field {
  if (target instanceof HTMLTextAreaElement) return true;
  return target instanceof HTMLInputElement && TEXT_TYPES.includes(target.type);
}

export interface Ears {
  scanned: (code: string) => void;
  /** Tubes are bound on the screen that is shown. */
  wantsTube: () => boolean;
}

/** As if the sign had been typed where the cursor is. */
function typeInto(field: Field, sign: string): void {
  const [from, to] = [field.selectionStart ?? field.value.length, field.selectionEnd ?? field.value.length];
  if (field.readOnly || field.disabled || (field.maxLength >= 0 && field.value.length - (to - from) >= field.maxLength)) return;
  field.setRangeText(sign, from, to, "end");
  field.dispatchEvent(new InputEvent("input", { bubbles: true, inputType: "insertText", data: sign }));
}

/** As if the key had been pressed where the cursor is, Enter on what can be pressed included. */
function press(key: string, like: KeyboardEventInit = {}): void {
  const here = document.activeElement ?? document.body;
  const { ctrlKey, altKey, metaKey, shiftKey, code } = like;
  const isFree = here.dispatchEvent(new KeyboardEvent("keydown", { key, code, ctrlKey, altKey, metaKey, shiftKey, bubbles: true, cancelable: true }));
  if (isFree && key === "Enter" && !ctrlKey && here instanceof HTMLElement && here.matches("button, a[href], summary")) here.click();
}

export function listen(root: Document, ears: Ears): void {
  let model: ScanModel = noScan;
  let isRestoring = false;
  let isGivingBack = false;
  const fields = new Map<string, Field>();
  const known = new WeakMap<Field, string>();
  let count = 0;
  let timer = 0;
  // When a key went down whose `input` has yet to come. Events say when they happened, however late a busy page gets to them:
  // a slow tablet would else take one burst for pieces, and leave them in the field. An `input` only says when it was made.
  let pressedAt: number | null = null;
  /** The key that went down was told as a sign: its `input` adds nothing to the code. */
  let isTold = false;

  const keyOf = (field: Field): string => {
    field.dataset.scan ??= String((count += 1));
    fields.set(field.dataset.scan, field);
    return field.dataset.scan;
  };
  const feed = (event: ScanEvent): ScanEffect[] => {
    const [next, effects] = scan(model, event);
    model = next;
    clearTimeout(timer);
    const rest = restOf(model);
    // Keys that wait behind a busy page's work come first: time alone decides nothing before they were heard.
    if (rest !== null) timer = window.setTimeout(() => (timer = window.setTimeout(() => act(feed({ kind: "rest", at: performance.now() })), 0)), rest);
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
  const giveBackOne = (sign: string, key?: KeyboardEvent) => {
    isGivingBack = true;
    const here = root.activeElement;
    if (isTextField(here) && !here.readOnly && isSign(sign)) typeInto(here, sign);
    else press(sign, key);
    isGivingBack = false;
  };
  const seize = (key: KeyboardEvent) => {
    key.preventDefault();
    key.stopImmediatePropagation();
  };
  /** `key`: the one that is being heard. Enter comes behind what is given back; any other one goes its own way at once. */
  const act = (effects: ScanEffect[], key?: KeyboardEvent) => {
    for (const effect of effects) {
      if (effect.kind === "restore") restore(effect.field, effect.value);
      else if (effect.kind === "scanned") ears.scanned(effect.code);
      else if (effect.kind === "swallow") key && seize(key);
      else if (effect.kind === "give_back") giveBack(effect, key);
    }
  };
  const giveBack = ({ signs, into }: Extract<ScanEffect, { kind: "give_back" }>, key?: KeyboardEvent) => {
    const field = into === null ? undefined : fields.get(into);
    if (field?.isConnected && field !== root.activeElement) field.focus();
    if (key !== undefined && key.key !== "Enter") return [...signs].forEach((sign) => giveBackOne(sign));
    if (key !== undefined) seize(key);
    // Between two of them the cursor may go on, as it does between two keys: a pressure to its pair, a choice to the next question.
    void (async () => {
      for (const sign of signs) {
        giveBackOne(sign);
        await nextTick();
      }
      if (key !== undefined) giveBackOne("Enter", key);
    })();
  };
  /** Belongs to no code: what is held back comes before it. */
  const other = (key?: KeyboardEvent) => model.queue !== "" && act(feed({ kind: "other" }), key);

  root.addEventListener("focusin", ({ target }) => isTextField(target) && known.set(target, target.value), true);
  root.addEventListener(
    "input",
    (event) => {
      const field = event.target;
      const at = pressedAt ?? event.timeStamp;
      const byKey = isGivingBack || (pressedAt !== null && isTold);
      pressedAt = null;
      if (!isTextField(field) || isRestoring || field.dataset.noScan !== undefined) return;
      const before = known.get(field) ?? "";
      const after = field.value;
      known.set(field, after);
      const effects = feed({ kind: "input", field: keyOf(field), before, after, at, isComposing: (event as InputEvent).isComposing, byKey });
      if (!effects.some((one) => one.kind === "undo")) return act(effects);
      field.value = before;
      known.set(field, before);
      event.stopImmediatePropagation();
    },
    true,
  );
  // A key that changed nothing says nothing of what comes later.
  root.addEventListener("keyup", () => (pressedAt = null), true);
  // What a screen put into the field itself is known too, before the next character.
  root.addEventListener("beforeinput", ({ target }) => isTextField(target) && known.set(target, target.value), true);
  root.addEventListener("pointerdown", () => other(), true);
  window.addEventListener("blur", () => other());
  root.addEventListener(
    "keydown",
    (key) => {
      if (isGivingBack) return;
      const at = key.timeStamp;
      const isField = isTextField(key.target);
      pressedAt = isField ? at : null;
      isTold = false;
      // A scanner ends a code with Enter or Tab, never with Ctrl held: that is a hand that saves, however soon after a scan.
      if ((key.key === "Enter" && !key.ctrlKey) || key.key === "Tab") {
        act(feed({ kind: "end", at, isComposing: key.isComposing, wantsTube: ears.wantsTube() }), key);
        return fields.clear();
      }
      if (SILENT.includes(key.key)) return;
      // A key that is kept down repeats itself as fast as a scanner.
      if (!isSign(key.key) || key.ctrlKey || key.altKey || key.metaKey || key.isComposing || key.repeat) return void other(key);
      if (isField && (key.target as Field).dataset.noScan !== undefined) return;
      // A page so busy that its timer comes late: the pause was one all the same.
      if (model.queue !== "" && at - model.last > SCAN_GAP_MAX_MS) act(feed({ kind: "rest", at }), key);
      isTold = true;
      act(feed({ kind: "key", sign: key.key, at, isField }), key);
      if (model.code.length === 1) fields.clear();
    },
    true,
  );
}
