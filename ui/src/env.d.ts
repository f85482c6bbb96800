// What the build adds to TypeScript's knowledge: Vue files. Not types of our own.
declare module "*.vue" {
  import type { DefineComponent } from "vue";
  const component: DefineComponent<object, object, unknown>;
  export default component;
}
interface Window {
  jkkcEngineIsOld?: boolean;
  __TAURI_INTERNALS__?: unknown;
}
declare module "*.css";
