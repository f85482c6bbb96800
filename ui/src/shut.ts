// A form while its save is under way: its fields can be read and not written, and keys wait for what comes next. The one place
// for it. Not what a key means (entry/behind.ts), nor what a form does with an event that came all the same (its own machine).
import { watch, type Ref } from "vue";
import { behind } from "./entry/behind";

export function shutWhile(form: Ref<HTMLElement | null>, isShut: () => boolean): { key: (event: KeyboardEvent) => boolean; take: () => string } {
  let held = "";
  watch(
    isShut,
    (shut) => {
      held = "";
      form.value?.querySelectorAll<HTMLInputElement>("input, textarea").forEach((field) => (field.readOnly = shut));
    },
    { flush: "sync" },
  );
  return {
    /** True where the key was taken: before any field of the form hears it. */
    key: (event) => {
      const next = isShut() ? behind(held, event) : null;
      if (next === null) return false;
      held = next;
      event.preventDefault();
      event.stopPropagation();
      return true;
    },
    take: () => held,
  };
}
