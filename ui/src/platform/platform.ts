// What the screens may ask of whatever hosts them: a command, and a place for files. Not how a host does it, and no
// word about which host it is: what is possible comes as `Capabilities` with the `state` answer.
import type { Commands, FailureCode, FileOut } from "./api";

export type Word = keyof Commands;

export interface Platform {
  call<W extends Word>(command: W, ask: Commands[W]["ask"]): Promise<Commands[W]["answer"]>;
  /** Hands bytes to the person: a chosen place, or the browser's download. False where the person gave up; throws where it
   * could not be written. A shell is asked only where its state says `save_files` (saving.ts). */
  saveFile(file: FileOut): Promise<boolean>;
  /** Prints the page shown; absent where the engine cannot. */
  print?: () => void;
}

/** A command that did not go well. The sentence is in failures.ts; nothing personal is in it. */
export class Failure extends Error {
  constructor(
    readonly code: FailureCode,
    /** Small print for the phone call to support. */
    readonly trace: string = "",
  ) {
    super(code);
    this.name = "Failure";
  }
}

/** Looks like a code. One that no sentence is known for is said as `internal` (sentences.ts). */
export function isFailureCode(code: unknown): code is FailureCode {
  return typeof code === "string" && /^[a-z]+(?:_[a-z0-9]+)*$/.test(code);
}

/** Whatever a host threw or answered, as a failure: what is no code is `internal`, never a blank screen. */
export function asFailure(thrown: unknown): Failure {
  if (thrown instanceof Failure) return thrown;
  const said = typeof thrown === "string" ? thrown : ((thrown as { code?: unknown } | null)?.code ?? "");
  const trace = (thrown as { trace?: unknown } | null)?.trace;
  if (isFailureCode(said)) return new Failure(said, typeof trace === "string" ? trace : "");
  return new Failure("internal", typeof said === "string" ? said.slice(0, 40) : "");
}
