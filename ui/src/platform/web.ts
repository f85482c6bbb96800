// A browser's host: the same commands by POST to its own origin; the session is the host's cookie. Not for the shell.
import type { Commands } from "./api";
import { download } from "./files";
import { Failure, asFailure, type Platform, type Word } from "./platform";

export const web: Platform = {
  async call<W extends Word>(command: W, ask: Commands[W]["ask"]) {
    let answer: Response;
    try {
      answer = await fetch("/rpc", {
        method: "POST",
        credentials: "same-origin",
        cache: "no-store",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ command, ask }),
      });
    } catch {
      throw new Failure("host_unreachable");
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
