// What the page does with each answer of a host that tells when something came in. Not the host's waiting (field::watch).
import { describe, expect, it } from "vitest";
import { REST_MS, unfollowed, update, type Effect, type Event } from "./live";

function run(events: Event[]): Effect[][] {
  let model = unfollowed;
  return events.map((event) => {
    const [next, effects] = update(model, event);
    model = next;
    return effects;
  });
}

describe("following what others save", () => {
  const rows: [string, Event[], Effect[]][] = [
    ["the first answer is no news", [{ kind: "began" }, { kind: "watched", mark: 7 }], [{ kind: "ask", since: 7, afterMs: 0 }]],
    ["another mark is news, and many saves are one question", [{ kind: "watched", mark: 7 }, { kind: "watched", mark: 9 }], [{ kind: "refresh" }, { kind: "ask", since: 9, afterMs: REST_MS }]],
    ["a stop let go makes it less: news too", [{ kind: "watched", mark: 7 }, { kind: "watched", mark: 3 }], [{ kind: "refresh" }, { kind: "ask", since: 3, afterMs: REST_MS }]],
    ["nothing came in a while: asked again at once", [{ kind: "watched", mark: 7 }, { kind: "watched", mark: 7 }], [{ kind: "ask", since: 7, afterMs: 0 }]],
    ["an empty store is not asked without a pause", [{ kind: "watched", mark: 0 }], [{ kind: "ask", since: 0, afterMs: REST_MS }]],
    ["a failing host is asked more and more seldom", [{ kind: "watched", mark: 7 }, { kind: "failed" }, { kind: "failed" }], [{ kind: "ask", since: 7, afterMs: 1000 }]],
    ["what came in while the line was down is news", [{ kind: "watched", mark: 7 }, { kind: "failed" }, { kind: "watched", mark: 8 }], [{ kind: "refresh" }, { kind: "ask", since: 8, afterMs: REST_MS }]],
  ];
  it.each(rows)("%s", (_, events, expected) => expect(run(events).at(-1)).toEqual(expected));

  it("waits at most eight seconds, however long the host is away", () => {
    const effects = run(Array.from({ length: 40 }, () => ({ kind: "failed" as const })));
    expect(Math.max(...effects.flat().map((one) => (one.kind === "ask" ? one.afterMs : 0)))).toBe(8_000);
  });
});
