// What the hall's screen asks and shows. Not the hub (tests/tests/hall_button.rs, e2e/hub.spec.ts).
import { describe, expect, it } from "vitest";
import type { HubGuest, HubView } from "../platform/api";
import { LOOK_MS, clockOff, inFours, pieces, qrPath, unseen, update, type Effect, type Event, type Model } from "./hall";

const guest = (connected: boolean, clock_offset_s: number | null = 0): HubGuest => ({ kind: "device", name: "二号机", stations: ["bp"], connected, silent_s: 0, unsent: 3, clock_offset_s });
const alone: HubView = { phase: "alone", hindrance: null, sentence: null, hub: null, joined: null };
const open = (...guests: HubGuest[]): HubView => ({
  ...alone, phase: "hub",
  hub: { url: "https://192.168.1.5:8443", code: "7K3M-0000-0000-0000", code_valid_s: 300, code_qr: [], fingerprint: "AB", join: "192.168.1.5:8443/0123456789ab", join_qr: [], guests },
});

function run(events: Event[]): { model: Model; effects: Effect[] } {
  let model = unseen;
  let effects: Effect[] = [];
  for (const event of events) [model, effects] = update(model, event);
  return { model, effects };
}

describe("the hall's screen", () => {
  it("looks at once and then every second, also after a look that was not answered", () => {
    expect(run([{ kind: "began" }]).effects).toEqual([{ kind: "look", afterMs: 0 }]);
    for (const event of [{ kind: "told", view: alone }, { kind: "silent" }] as const) expect(run([event]).effects).toEqual([{ kind: "look", afterMs: LOOK_MS }]);
  });

  it("does one thing at a time, and a look from before does not undo what was pressed", () => {
    const pressed = run([{ kind: "told", view: alone }, { kind: "pressed", deed: "start" }]);
    expect(pressed.effects).toEqual([{ kind: "do", deed: "start", text: "" }]);
    expect(update(pressed.model, { kind: "pressed", deed: "start" })[1]).toEqual([]);
    const [late] = update(pressed.model, { kind: "told", view: open() });
    expect(late.view).toEqual(alone);
    const [done] = update(late, { kind: "done", view: open() });
    expect(done).toMatchObject({ doing: null, view: { phase: "hub" } });
    expect(update(late, { kind: "failed" })[0]).toMatchObject({ doing: null, view: { phase: "alone" } });
  });

  it("asks before it sends anybody away, and not where nobody is", () => {
    const asked = run([{ kind: "told", view: open(guest(true)) }, { kind: "pressed", deed: "stop" }]);
    expect(asked).toMatchObject({ effects: [], model: { isClosing: true } });
    expect(update(asked.model, { kind: "kept" })[0].isClosing).toBe(false);
    expect(update(asked.model, { kind: "pressed", deed: "stop" })[1]).toEqual([{ kind: "do", deed: "stop", text: "" }]);
    expect(run([{ kind: "told", view: open(guest(false)) }, { kind: "pressed", deed: "stop" }]).effects).toHaveLength(1);
  });

  it("joins what was typed and nothing where nothing was", () => {
    expect(run([{ kind: "pressed", deed: "join" }]).effects).toEqual([]);
    const typed = run([{ kind: "typed", text: " 192.168.1.5:8443/0123 " }, { kind: "pressed", deed: "join" }]);
    expect(typed.effects).toEqual([{ kind: "do", deed: "join", text: "192.168.1.5:8443/0123" }]);
    // What was typed stays to be put right.
    expect(update(typed.model, { kind: "failed" })[0].text).toContain("192.168.1.5");
    expect(update(typed.model, { kind: "done", view: alone })[0].text).toBe("");
  });

  it("names a clock that is a minute off or more", () => {
    const rows: [number | null, ReturnType<typeof clockOff>][] = [
      [null, null],
      [59, null],
      [-60, { minutes: 1, isAhead: false }],
      [3_600, { minutes: 60, isAhead: true }],
    ];
    for (const [offset, expected] of rows) expect(clockOff(guest(true, offset))).toEqual(expected);
  });

  it("draws a QR's dark squares and no others", () => {
    expect(qrPath(["##.#", "....", ".##."])).toBe("M0 0h2v1h-2zM3 0h1v1h-1zM1 2h2v1h-2z");
    expect(qrPath([])).toBe("");
  });

  it("breaks an address after its dots, colons and slashes and nowhere else", () => {
    expect(pieces("https://192.168.100.25:8443/")).toEqual(["https://", "192.", "168.", "100.", "25:", "8443/"]);
    for (const address of ["", "localhost", "[fe80::1]:8443", "..", "192.168.1.5:8443"]) expect(pieces(address).join("")).toBe(address);
  });

  it("puts an address's digits in fours", () => {
    expect(inFours("192.168.1.5:8443/0123456789")).toEqual({ address: "192.168.1.5:8443", digits: ["0123", "4567", "89"] });
  });
});
