// A browser's host: the same commands by POST to its own origin; the session is the host's cookie. Not for the shell.
import type { Commands } from "./api";
import { Failure, asFailure, type Platform, type Word } from "./platform";

/** Asked before the program was read (public/engine.js): good once. */
function answeredAhead(words: string): Promise<unknown> | null {
  const ahead = window.jkkcAhead?.[words];
  if (ahead) delete window.jkkcAhead?.[words];
  return ahead ?? null;
}

/** Of 64 KiB, at three bytes a character. */
const KEEPALIVE_CHARS_MAX = 20_000;

export const web: Platform = {
  async call<W extends Word>(command: W, ask: Commands[W]["ask"]) {
    const words = JSON.stringify({ command, ask });
    const ahead = await answeredAhead(words);
    if (ahead !== null) return ahead as Commands[W]["answer"];
    let answer: Response;
    try {
      answer = await fetch("/rpc", {
        method: "POST",
        credentials: "same-origin",
        cache: "no-store",
        headers: { "Content-Type": "application/json" },
        body: words,
        // Put away by a page that is on its way out: sent all the same, where it is no longer than a browser sends then.
        keepalive: command === "draft_put" && words.length < KEEPALIVE_CHARS_MAX,
      });
    } catch {
      throw new Failure("host_unreachable");
    }
    const body: unknown = await answer.json().catch(() => null);
    if (!answer.ok) throw asFailure(body);
    return body as Commands[W]["answer"];
  },
  async saveFile(file) {
    (await import("./files")).download(file);
    return true;
  },
  print: () => window.print(),
};
