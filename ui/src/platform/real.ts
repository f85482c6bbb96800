// Which host this is: the shell or a browser. The only place that asks. Not in the bundle with the fake host.
import type { Component } from "vue";
import type { Platform } from "./platform";
import { web } from "./web";

export async function connect(): Promise<Platform> {
  if (window.__TAURI_INTERNALS__ !== undefined) return (await import("./tauri")).tauri;
  return web;
}

/** Screens only the fake host's bundle has. */
export const extraScreens: Record<string, () => Promise<{ default: Component }>> = {};
