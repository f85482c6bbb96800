// Following what others save: one question to the host at a time, answered when something came in. Pure: how long to wait
// comes out, the waiting is the page's. Not what came in: each screen asks for what it shows.

export interface Model {
  /** The mark last told; 0 = none yet. */
  mark: number;
  /** Questions in a row that were not answered. */
  failures: number;
}

export type Event = { kind: "began" } | { kind: "watched"; mark: number } | { kind: "failed" };

export type Effect = { kind: "ask"; since: number; afterMs: number } | { kind: "refresh" };

export const unfollowed: Model = { mark: 0, failures: 0 };

/** After news so long is waited, so that a morning's rush is one question for many saves. */
export const REST_MS = 250;
/** After a failure, doubled with each further one up to the longest. */
const RETRY_MS = 500;
const RETRY_MS_MAX = 8_000;

export function update(model: Model, event: Event): [Model, Effect[]] {
  switch (event.kind) {
    case "began":
      return [unfollowed, [{ kind: "ask", since: 0, afterMs: 0 }]];
    case "watched": {
      const next: Model = { mark: event.mark, failures: 0 };
      // The first answer says where the page stands: it has just asked for everything.
      const isNews = model.mark !== 0 && event.mark !== model.mark;
      const ask: Effect = { kind: "ask", since: event.mark, afterMs: isNews || event.mark === 0 ? REST_MS : 0 };
      return [next, isNews ? [{ kind: "refresh" }, ask] : [ask]];
    }
    case "failed": {
      const failures = model.failures + 1;
      const afterMs = Math.min(RETRY_MS * 2 ** (failures - 1), RETRY_MS_MAX);
      return [{ ...model, failures }, [{ kind: "ask", since: model.mark, afterMs }]];
    }
  }
}
