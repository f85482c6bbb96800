// The desktop and tablet shell: its one `rpc` command over Tauri's channel. The only file that imports Tauri.
// Not a browser's way in (that is web.ts).
import { invoke } from "@tauri-apps/api/core";
import type { Commands } from "./api";
import { asFailure, type Platform, type Word } from "./platform";

export const tauri: Platform = {
  async call<W extends Word>(command: W, ask: Commands[W]["ask"]) {
    try {
      return await invoke<Commands[W]["answer"]>("rpc", { request: { command, ask } });
    } catch (thrown) {
      throw asFailure(thrown);
    }
  },
  async saveFile(file) {
    try {
      return await invoke<boolean>("save_file", { file });
    } catch (thrown) {
      throw asFailure(thrown);
    }
  },
};
