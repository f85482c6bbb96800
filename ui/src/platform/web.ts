// A browser's host: the same commands by POST to its own origin, with the page's session token. Not for the shell.
import type { Commands } from "./api";
import { download } from "./files";
import { Failure, asFailure, type Platform, type Word } from "./platform";

/** The token the host wrote into the page it served. */
function session(): string {
  return document.querySelector('meta[name="jkkc-session"]')?.getAttribute("content") ?? "";
}

export const web: Platform = {
  async call<W extends Word>(command: W, ask: Commands[W]["ask"]) {
    let answer: Response;
    try {
      answer = await fetch("/rpc", {
        method: "POST",
        credentials: "same-origin",
        cache: "no-store",
        headers: { "Content-Type": "application/json", "X-Jkkc-Session": session() },
        body: JSON.stringify({ command, ask }),
      });
    } catch {
      throw new Failure("server_unreachable");
    }
    const body: unknown = await answer.json().catch(() => null);
    if (!answer.ok) throw asFailure(body);
    return body as Commands[W]["answer"];
  },
  async saveFile(file) {
    download(file);
    return true;
  },
  print: () => window.print(),
};
