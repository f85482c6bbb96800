// A new password said twice, with whatever else a screen asks beside it: the first start, a colleague's account, one's own. Sent once.
// Pure. Not which passwords are too common: the host's.
import type { FailureCode } from "../platform/api";

export interface Model {
  /** What is typed, by field: `password` and `again`, and the screen's own. */
  fields: Record<string, string>;
  problem: "short" | "differs" | { code: FailureCode } | null;
  isBusy: boolean;
}

export type Event =
  | { kind: "typed"; field: string; text: string }
  /** `isAway`: without the network that it needs. */
  | { kind: "send"; isAway?: boolean }
  | { kind: "done" }
  | { kind: "failed"; code: FailureCode };

export type Effect = { kind: "send"; fields: Record<string, string> };

/** Characters of a password at least, as the host has it. */
export const PASSWORD_MIN = 10;

export function blank(...own: string[]): Model {
  return { fields: Object.fromEntries([...own, "password", "again"].map((field) => [field, ""])), problem: null, isBusy: false };
}

export function update(model: Model, event: Event): [Model, Effect[]] {
  const { fields } = model;
  switch (event.kind) {
    case "typed":
      return [{ ...model, fields: { ...fields, [event.field]: event.text } }, []];
    case "send": {
      // A second press would hold the old password against the one just set, or use a one-time code twice.
      if (model.isBusy || event.isAway) return [model, []];
      const password = fields.password ?? "";
      const problem = password.length < PASSWORD_MIN ? "short" : password !== fields.again ? "differs" : null;
      if (problem !== null) return [{ ...model, problem }, []];
      return [{ ...model, problem: null, isBusy: true }, [{ kind: "send", fields }]];
    }
    case "done":
      // No password stays in memory.
      return [blank(...Object.keys(fields)), []];
    case "failed":
      return [{ ...model, isBusy: false, problem: { code: event.code } }, []];
  }
}
