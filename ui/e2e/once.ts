// The one story of a run that may be told twice: it is named, and a second one fails the run. Not a cure: whoever reads the
// name looks for the race. See docs/decisions/027.
import type { FullResult, Reporter, Suite } from "@playwright/test/reporter";

/** How many stories of one run may pass only when they are told again. */
export const AGAIN_MAX = 1;

export default class Once implements Reporter {
  private suite: Pick<Suite, "allTests"> | null = null;

  onBegin(_: unknown, suite: Pick<Suite, "allTests">): void {
    this.suite = suite;
  }

  async onEnd(): Promise<{ status: FullResult["status"] } | undefined> {
    const again = (this.suite?.allTests() ?? []).filter((test) => test.outcome() === "flaky");
    for (const test of again) console.log(`passed only when told again: ${test.location.file.split("/").pop() ?? ""}:${test.location.line} ${test.title}`);
    return again.length > AGAIN_MAX ? { status: "failed" } : undefined;
  }
}
