// The start: an engine new enough, a host, the frame; then the listeners that hold on every screen. Not a screen.
import { createApp, watch } from "vue";
import { connect } from "@host";
import { app, attach, call, enter, lock, parseRoute, refreshSync } from "./app";
import { scanned, toFinder } from "./finder";
import { afterPaint } from "./idle";
import { onKey } from "./keys";
import { loadSentences } from "./platform/sentences";
import { listen } from "./scanner";
import App from "./screens/App.vue";
import { applySettings } from "./settings";
import "./style/base.css";
import "./style/kit.css";
import "./style/screens.css";

/** The bar asks again so often, milliseconds. */
const SYNC_ASK_MS = 15_000;
/** While a sync runs, so often. */
const SYNC_RUNS_ASK_MS = 1_500;

function watchRoute(): void {
  const read = () => {
    app.route = parseRoute(location.hash);
    // Before there is anything on the screen it is all there is.
    if (app.state !== null) app.failure = null;
    if (app.route.name !== "home") toFinder({ kind: "cleared" });
    window.scrollTo(0, 0);
  };
  window.addEventListener("hashchange", read);
  app.route = parseRoute(location.hash);
}

/** Fingers show the number pad, a mouse hides it. */
function watchFingers(): void {
  app.touch = window.matchMedia("(pointer: coarse)").matches;
  let isTouch = app.touch;
  document.addEventListener(
    "pointerdown",
    (event) => {
      isTouch = event.pointerType !== "mouse";
      // A field has to know before it takes the cursor, or the system keyboard comes.
      if (event.target instanceof HTMLInputElement) app.touch = isTouch;
    },
    true,
  );
  // Anything else only after its click: what moves between finger and click would not be hit.
  document.addEventListener("click", () => window.setTimeout(() => (app.touch = isTouch), 0), true);
}

/** After minutes without a key the app locks itself; drafts are put away by the form as it goes. */
function watchIdle(): void {
  let last = Date.now();
  const seen = () => (last = Date.now());
  for (const kind of ["keydown", "pointerdown", "input"]) document.addEventListener(kind, seen, true);
  window.setInterval(() => {
    const minutes = app.state?.lock_after_min ?? 0;
    if (app.state?.phase !== "open" || minutes === 0 || Date.now() - last < minutes * 60_000) return;
    seen();
    void lock();
  }, 5_000);
}

async function start(): Promise<void> {
  // Without a host the first question fails, and that is told.
  await connect().then(attach, () => undefined);
  applySettings();
  watchRoute();
  watchFingers();
  listen(document, { scanned, wantsTube: () => app.tube !== null });
  document.addEventListener("keydown", onKey);
  // The page itself says that it is opening: the first thing the program draws is what people wait for.
  const state = await call("state", {});
  if (state) await enter(state);
  createApp(App).mount("#app");
  delete window.jkkcAhead;
  watchIdle();
  // What nobody waits for.
  afterPaint(() => {
    void loadSentences();
    watch(() => app.state?.phase === "open", (isOpen) => isOpen && void import("./live").then((live) => live.follow()), { immediate: true });
  });
  window.setInterval(() => app.state?.phase === "open" && void refreshSync(), SYNC_ASK_MS);
  window.setInterval(() => app.state?.phase === "open" && app.sync?.phase === "running" && void refreshSync(), SYNC_RUNS_ASK_MS);
}

if (!window.jkkcEngineIsOld) void start();
