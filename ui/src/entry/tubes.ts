// Tubes at 采血: which kind the next scanned code is, what was bound, what asks for a reason. Pure. Not whose a code is
// already: the host knows.
import type { FailureCode, TubeRow } from "../platform/api";

export interface Model {
  /** The kinds drawn from this person at this table: of its station, and of those joined with it. */
  rows: TubeRow[];
  /** The kind a code is bound as: chosen, or the first one still to be drawn. */
  kind: string | null;
  phase: "idle" | "binding";
  /** The code that is being bound, those scanned meanwhile with the kind chosen for each (none = whatever is next then), and such a choice. */
  binding: string;
  queue: { code: string; tube: string | null }[];
  picked: string | null;
  /** Scanned and not bound: what came before them did not go as they were scanned for. */
  unbound: string[];
  /** What was said last of a tube. */
  said: { what: "bound" | "known" | "spoilt"; name: string; code: string } | null;
  /** Bound otherwise already: a reason makes it this person's. */
  taken: { code: string; kind: string } | null;
  /** A tube about to be called no good. */
  spoiling: { code: string; name: string } | null;
  reason: string;
  stopped: FailureCode | "kind" | "reason" | null;
}

export type Event =
  | { kind: "opened"; rows: TubeRow[]; stations: string[] }
  | { kind: "choose"; tube: string }
  | { kind: "code"; code: string }
  | { kind: "reason"; reason: string }
  | { kind: "rebind" }
  | { kind: "spoil"; code: string; name: string }
  | { kind: "spoil_it" }
  | { kind: "cancel" }
  | { kind: "said"; what: "bound" | "spoilt"; isNew: boolean; code: string; tube: string; rows: TubeRow[]; stations: string[] }
  | { kind: "failed"; code: string; tube: string; failure: FailureCode };

export type Effect = { kind: "bind"; code: string; tube: string; reason: string } | { kind: "spoil"; code: string; reason: string };

export const none: Model = { rows: [], kind: null, phase: "idle", binding: "", queue: [], picked: null, unbound: [], said: null, taken: null, spoiling: null, reason: "", stopped: null };

/** The first kind that still has to be drawn. */
function nextOf(rows: TubeRow[]): string | null {
  return rows.find((row) => row.state === "not_drawn" || row.state === "redraw")?.kind ?? null;
}

function of(rows: TubeRow[], stations: string[]): TubeRow[] {
  return rows.filter((row) => stations.includes(row.station));
}

export function update(model: Model, event: Event): [Model, Effect[]] {
  switch (event.kind) {
    case "opened": {
      const rows = of(event.rows, event.stations);
      return [{ ...model, rows, kind: model.kind ?? nextOf(rows) }, []];
    }
    case "choose":
      return [{ ...model, kind: event.tube, picked: model.phase === "binding" ? event.tube : null, stopped: null }, []];
    case "code": {
      const code = event.code.trim();
      if (code === "") return [model, []];
      if (model.phase === "binding") {
        // A scanner that repeats itself.
        if (code === model.binding || model.queue.some((one) => one.code === code)) return [model, []];
        return [{ ...model, queue: [...model.queue, { code, tube: model.picked }], picked: null }, []];
      }
      if (model.kind === null) return [{ ...model, stopped: "kind" }, []];
      return bind({ ...model, taken: null, spoiling: null }, code, model.kind, "");
    }
    case "reason":
      return [{ ...model, reason: event.reason, stopped: model.stopped === "reason" ? null : model.stopped }, []];
    case "rebind":
      if (model.taken === null || model.phase === "binding") return [model, []];
      if (model.reason.trim() === "") return [{ ...model, stopped: "reason" }, []];
      return bind(model, model.taken.code, model.taken.kind, model.reason.trim());
    case "spoil":
      return [{ ...model, spoiling: { code: event.code, name: event.name }, taken: null, reason: "", stopped: null, said: null }, []];
    case "spoil_it":
      if (model.spoiling === null || model.phase === "binding") return [model, []];
      if (model.reason.trim() === "") return [{ ...model, stopped: "reason" }, []];
      return [{ ...model, phase: "binding", binding: "", stopped: null, unbound: [] }, [{ kind: "spoil", code: model.spoiling.code, reason: model.reason.trim() }]];
    case "cancel":
      return [{ ...model, taken: null, spoiling: null, reason: "", stopped: null }, []];
    case "said": {
      const rows = of(event.rows, event.stations);
      const name = rows.find((row) => row.kind === event.tube)?.name ?? "";
      const what = event.what === "bound" && !event.isNew ? "known" : event.what;
      const [next, ...queue] = model.queue;
      const kind = (next ? next.tube : model.picked) ?? nextOf(rows);
      const done: Model = { ...none, rows, kind, said: { what, name, code: event.code } };
      if (next === undefined) return [done, []];
      // Scanned over a tube called no good: which kind it was for nobody can say.
      if (kind === null || event.what === "spoilt") return [{ ...done, stopped: kind === null ? "kind" : null, unbound: model.queue.map((one) => one.code) }, []];
      return bind({ ...done, queue, picked: model.picked }, next.code, kind, "");
    }
    case "failed": {
      const isTaken = event.failure === "tube_taken";
      const taken = isTaken ? { code: event.code, kind: event.tube } : model.taken;
      // They were scanned for the kinds that come after this one.
      const unbound = model.queue.map((one) => one.code);
      return [{ ...model, phase: "idle", binding: "", queue: [], picked: null, unbound, said: null, taken, stopped: isTaken ? null : event.failure }, []];
    }
  }
}

function bind(model: Model, code: string, tube: string, reason: string): [Model, Effect[]] {
  return [{ ...model, phase: "binding", binding: code, unbound: [], said: null, stopped: null }, [{ kind: "bind", code, tube, reason }]];
}
