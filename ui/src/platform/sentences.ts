// The sentence of a failure. The sentences come right after the first screen: a start that goes well does not wait for them.
// Not the sentences themselves (failures.ts, generated).
import { shallowRef } from "vue";
import type { FailureCode } from "./api";

const texts = shallowRef<Partial<Record<FailureCode, string>>>({});

export async function loadSentences(): Promise<void> {
  texts.value = (await import("./failures")).FAILURES;
}

/** A code that this screen does not know is an error of the program's. */
export function sentence(code: FailureCode): string {
  return texts.value[code] ?? texts.value.internal ?? "";
}
