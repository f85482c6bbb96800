// The made-up host as the app's host: for tests, pictures and development. Never in the production bundle.
import type { Component } from "vue";
import type { Platform } from "../platform";
import { fakeHost } from "./host";

export async function connect(): Promise<Platform> {
  return fakeHost();
}

export const extraScreens: Record<string, () => Promise<{ default: Component }>> = {
  kit: () => import("../../screens/Kit.vue"),
};
