// Whose report is ticked as signed for, when something new comes in. Pure. Not who may be ticked at all (the screen), not what is
// recorded (the host).
import type { HandoutRow } from "../platform/api";

type Row = Pick<HandoutRow, "person" | "name" | "version" | "state">;

/** What was ticked stays ticked only where it is the same report as when it was: the same version, in the same state.
    The others come back by name, to be told of. */
export function kept(before: Row[], now: Row[], chosen: string[]): { chosen: string[]; dropped: string[] } {
  const of = (rows: Row[], person: string) => rows.find((row) => row.person === person);
  const isSame = (person: string) => {
    const [old, row] = [of(before, person), of(now, person)];
    return old !== undefined && row !== undefined && old.version === row.version && old.state === row.state;
  };
  const dropped = chosen.filter((person) => !isSame(person)).map((person) => of(now, person)?.name ?? of(before, person)?.name ?? "");
  return { chosen: chosen.filter(isSame), dropped: dropped.filter(Boolean) };
}
