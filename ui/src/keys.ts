// The keyboard map that holds on every screen. Not what a field does with its own keys.
import { app, focusScan, go, ownStations, toStation } from "./app";
import { isTextField } from "./scanner";

/** F2 is the first station of this device. */
const FIRST_STATION_KEY = 2;
const LAST_STATION_KEY = 8;

/** The key of the station at a place (from 0) among this device's; past F8 a station has none. */
export function stationKey(at: number): string {
  return at + FIRST_STATION_KEY <= LAST_STATION_KEY ? `F${at + FIRST_STATION_KEY}` : "";
}

function isTypingWords(target: EventTarget | null): boolean {
  return isTextField(target) && (target.id === "scan" || target.lang !== "en" || target.type === "password");
}

export function onKey(event: KeyboardEvent): void {
  // What is typed is none of this map's, but for the one sign: the page is not searched for a dialog at each.
  if (event.key.length === 1 && event.key !== "/") return;
  if (event.isComposing || document.querySelector("dialog[open]")) return;
  if (event.key === "Enter" && event.ctrlKey) {
    event.preventDefault();
    app.primary?.();
    return;
  }
  if (app.state?.phase !== "open" || !app.day?.choice) return;
  const place = /^F(\d+)$/.exec(event.key);
  const number = place ? Number(place[1]) : 0;
  if (event.key === "F9") {
    event.preventDefault();
    focusScan();
  } else if (number >= FIRST_STATION_KEY && number <= LAST_STATION_KEY) {
    const station = ownStations()[number - FIRST_STATION_KEY];
    if (station === undefined) return;
    event.preventDefault();
    toStation(station);
  } else if (event.key === "/" && !isTypingWords(event.target)) {
    event.preventDefault();
    focusScan();
  } else if (event.key === "Escape") {
    event.preventDefault();
    const active = document.activeElement;
    if (active instanceof HTMLElement && active !== document.body && active.id !== "scan") active.blur();
    else {
      go("home");
      focusScan();
    }
  }
}
