// What every screen shares: where the app stands, the day, the route, the last thing saved; and the one way to call
// the host. Not a screen's own state: that is in `entry`, one machine each.
import { nextTick, shallowReactive } from "vue";
import type { AppState, Commands, DayView, FailureCode, Forms, ItemForm, OwedRow, PersonRow, Saved, StationForm, SyncState } from "./platform/api";
import { asFailure, type Platform, type Word } from "./platform/platform";

export interface Route {
  name: string;
  args: string[];
}

export interface LastSaved {
  row: PersonRow;
  station: string;
  saved: Saved;
}

interface App {
  state: AppState | null;
  forms: Forms;
  day: DayView | null;
  sync: SyncState | null;
  /** The device's clock as last told since the unlock; none = not told since. */
  clock: string | null;
  route: Route;
  /** The station a found person is led to; none = the card. */
  station: string | null;
  last: LastSaved | null;
  /** Who sits and rests before a reading is taken again. */
  resting: OwedRow[];
  /** `of`: the command that failed; it goes when that one has gone well. */
  failure: { code: FailureCode; trace: string; of?: Word } | null;
  toast: string;
  /** Fingers are used here: the number pad shows, the system keyboard stays away. */
  touch: boolean;
  /** Ctrl+Enter. */
  primary: (() => void) | null;
  /** Takes a scanned code that is nobody's, where a station draws tubes. */
  tube: ((code: string) => void) | null;
  notice: string | null;
  /** Raised whenever somebody saved something, here or elsewhere. */
  news: number;
  /** The class walked last: coming back from a form leads there. */
  walked: { unit: string; grade: string | null; group: string | null } | null;
}

const NO_FORMS: Forms = { version: 0, items: [], stations: [], packages: [], absent: [], tables: [] };

export const app = shallowReactive<App>({
  state: null, forms: NO_FORMS, day: null, sync: null, clock: null, route: { name: "home", args: [] }, station: null, last: null, resting: [], failure: null, toast: "",
  touch: false, primary: null, tube: null, notice: null, news: 0, walked: null,
});

let platform: Platform | null = null;

export function attach(to: Platform): void {
  platform = to;
}

export function host(): Platform {
  if (platform === null) throw new Error("no host yet");
  return platform;
}

/** A command; a failure is shown in the one place for it and null comes back. */
export async function call<W extends Word>(command: W, ask: Commands[W]["ask"]): Promise<Commands[W]["answer"] | null> {
  try {
    return await tryCall(command, ask);
  } catch (thrown) {
    const failure = asFailure(thrown);
    app.failure = { code: failure.code, trace: failure.trace, of: command };
    return null;
  }
}

/** What was asked and is not answered. The watch is answered when something comes in. */
const underWay = new Set<Promise<unknown>>();
function known<T>(command: Word, asked: Promise<T>): Promise<T> {
  if (command === "watch") return asked;
  underWay.add(asked);
  const over = () => underWay.delete(asked);
  asked.then(over, over);
  return asked;
}

/** A command whose failure the screen itself tells. */
export async function tryCall<W extends Word>(command: W, ask: Commands[W]["ask"]): Promise<Commands[W]["answer"]> {
  try {
    const answer = await known(command, host().call(command, ask));
    if (app.failure?.of === command) app.failure = null;
    return answer;
  } catch (thrown) {
    const failure = asFailure(thrown);
    // The host has locked by itself: nothing of the person before stays on the screen or in memory.
    if (failure.code === "app_locked" && app.state?.phase === "open") away();
    // The hub forgot this browser: what comes instead is its pairing page.
    if (failure.code === "unpaired") away();
    throw failure;
  }
}

function away(): void {
  location.hash = "";
  location.reload();
}

export function parseRoute(hash: string): Route {
  const [name, ...args] = hash.replace(/^#\/?/, "").split("/").map(decodeURIComponent);
  return { name: name || "home", args };
}

export function go(name: string, ...args: string[]): void {
  const hash = "#/" + [name, ...args].map(encodeURIComponent).join("/");
  if (location.hash === hash) return;
  location.hash = hash;
}

let toastTimer = 0;
export function say(text: string): void {
  app.toast = text;
  clearTimeout(toastTimer);
  toastTimer = window.setTimeout(() => (app.toast = ""), 4_000);
}

/** An id that no other try has: for one form's save. */
export function freshId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export async function refreshSync(): Promise<void> {
  try {
    const before = app.sync;
    app.sync = await tryCall("sync_state", {});
    app.notice = app.sync.notice ?? app.notice;
    // What a sync brings: rounds, units, examiners, how many are listed. And the line that a hall gives.
    if ((app.sync.synced_at !== (before?.synced_at ?? null) || app.sync.line !== (before?.line ?? 0)) && app.day) {
      const day = await tryCall("day", {});
      takeDay(day);
    }
  } catch {
    // The bar keeps what it last knew; a failing host says so when somebody does something.
  }
}

/** This device's clock as the host last told it: at the unlock, and while the page is open with every answer of the watch. */
export function clockNow(): string | undefined {
  return app.clock ?? app.state?.clock;
}

/** After unlocking: what does not change while the app is open. */
export async function enter(state: AppState): Promise<void> {
  app.notice = state.notice ?? app.notice;
  if (state.phase === "open") {
    // Before the frame is there: it would open the day's screen for a moment, as for a device whose day nobody confirmed.
    const [forms, day] = await Promise.all([call("forms", {}), call("day", {}), refreshSync()]);
    if (forms) app.forms = forms;
    if (day) takeDay(day);
  }
  app.state = state;
}

export function takeDay(day: DayView): void {
  app.day = day;
  const own = day.choice?.stations ?? [];
  if (!own.some((one) => one.station === app.station)) app.station = own.length === 1 ? (own[0]?.station ?? null) : null;
}

/** What is under way when somebody locks is waited for so long, milliseconds. */
const LOCK_WAIT_MS = 2_000;
/** What was typed is put away, and what is being saved arrives before the lock does: two questions may overtake each other. */
export async function lock(): Promise<void> {
  document.dispatchEvent(new Event("visibilitychange"));
  await Promise.race([Promise.allSettled([...underWay]), new Promise((rest) => setTimeout(rest, LOCK_WAIT_MS))]);
  const state = await call("lock", {});
  if (!state) return;
  // The page is thrown away: nothing of the person before stays in memory.
  away();
}

export function stationForm(key: string): StationForm | undefined {
  return app.forms.stations.find((one) => one.station === key);
}

export function itemForm(key: string): ItemForm | undefined {
  return app.forms.items.find((one) => one.item === key);
}

export function stationName(key: string): string {
  return app.day?.names.find((one) => one.station === key)?.name ?? stationForm(key)?.name ?? key;
}

/** 总检 is a place among a device's stations, with screens of its own: nothing is recorded there. */
export const CONCLUDE = "conclude";
/** The place chosen, where something is recorded. */
export function recordsAt(): string | null {
  return [app.station, ...ownStations()].find((key) => key && key !== CONCLUDE) ?? null;
}

/** The round of today, by its name. */
export function roundName(): string {
  return app.day?.rounds.find((one) => one.round === app.day?.choice?.round)?.name ?? "";
}

/** The stations of this device today, in the order of F2 to F8. */
export function ownStations(): string[] {
  const all = (app.day?.choice?.stations ?? []).map((one) => one.station);
  return mayRecord() ? all : all.filter((key) => key === CONCLUDE);
}

/** Whoever works here may register and record; else they look, and say what was done. */
export function mayRecord(): boolean {
  return app.day?.may_record !== false;
}

/** Where somebody found is led. */
export function openPerson(person: string): void {
  if (app.station === CONCLUDE) go("conclusion", person);
  else if (app.station !== null && mayRecord()) go("form", app.station, person);
  else go("card", person);
}

/** The person this screen is about, where it is about one. */
export function shownPerson(): string | null {
  const { name, args } = app.route;
  if (name === "form") return args[1] ?? null;
  return ["card", "person", "checkout", "conclusion", "chains"].includes(name) ? (args[0] ?? null) : null;
}

export function toStation(station: string): void {
  app.station = station;
  const person = shownPerson();
  if (person !== null) openPerson(person);
  else if (station === CONCLUDE) go(CONCLUDE);
  else if (app.route.name === "class") go("class", station);
  else {
    go("home");
    focusScan();
  }
}

export function focusScan(): void {
  void nextTick(() => {
    const field = document.getElementById("scan") as HTMLInputElement | null;
    field?.focus();
    field?.select();
  });
}
