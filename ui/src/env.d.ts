// What the build adds to TypeScript's knowledge: Vue files. Not types of our own.
declare module "*.vue" {
  import type { DefineComponent } from "vue";
  const component: DefineComponent<object, object, unknown>;
  export default component;
}
interface Window {
  jkkcEngineIsOld?: boolean;
  /** What the page asked its host before the program was read (public/engine.js), by the words asked; null = ask again. */
  jkkcAhead?: Record<string, Promise<unknown> | undefined>;
  __TAURI_INTERNALS__?: unknown;
}
declare module "*.css";
