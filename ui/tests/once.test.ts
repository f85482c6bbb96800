import type { Suite } from "@playwright/test/reporter";
import { expect, test, vi } from "vitest";
import Once from "../e2e/once";

type Outcome = "expected" | "flaky" | "skipped" | "unexpected";

async function ended(...outcomes: Outcome[]): Promise<{ status: string | undefined; said: number }> {
  const said = vi.spyOn(console, "log").mockImplementation(() => undefined);
  const once = new Once();
  const tests = outcomes.map((outcome, line) => ({ outcome: () => outcome, title: "a story", location: { file: "e2e/day.spec.ts", line, column: 1 } }));
  once.onBegin(undefined, { allTests: () => tests } as unknown as Pick<Suite, "allTests">);
  const status = (await once.onEnd())?.status;
  const lines = said.mock.calls.length;
  said.mockRestore();
  return { status, said: lines };
}

test.each<[string, Outcome[], string | undefined, number]>([
  ["none told again", ["expected", "skipped"], undefined, 0],
  ["one is named and passes", ["expected", "flaky"], undefined, 1],
  ["two fail the run", ["flaky", "expected", "flaky"], "failed", 2],
  ["what failed both times is the engine's own failure", ["unexpected"], undefined, 0],
])("%s", async (_, outcomes, status, said) => {
  expect(await ended(...outcomes)).toEqual({ status, said });
});
