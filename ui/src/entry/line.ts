// A stop's line as its team arranges it: tables in order, one station or several at each, and those not there today. Pure. Not who
// needs which station: the host's.
import type { DayChoice, GivenLine, LineTableRow, StationForm, TableName } from "../platform/api";

/** 总检: a place in the line and among a device's stations, and no station. */
export const CONCLUDE = "conclude";

/** The line of a day: as arranged on this device, else as another one of its stop gave it. */
export function followed(choice: DayChoice, given: GivenLine | null): LineTableRow[] {
  if (choice.line.length > 0 || given?.unit !== choice.unit || given.round !== choice.round) return choice.line;
  return given.line;
}

/** What people call a table; `nameOf` says it of one place. */
export function nameOf(table: LineTableRow, called: TableName[], nameOf: (key: string) => string): string {
  const own = called.filter((one) => one.stations.every((key) => table.stations.includes(key)));
  const words = table.stations.map((key) => own.find((one) => one.stations.includes(key))?.name ?? nameOf(key));
  return [...new Set(words)].join("＋");
}

/** Every table of the line: as arranged, and what is not named yet at a table of its own. 总检 is there where a team puts it. */
export function tables(line: LineTableRow[], stations: StationForm[]): LineTableRow[] {
  const known = new Set([...stations.map((one) => one.station), CONCLUDE]);
  const seen = new Set<string>();
  const own = line.map((table) => ({ ...table, stations: table.stations.filter((key) => known.has(key) && !seen.has(key) && seen.add(key)) })).filter((table) => table.stations.length > 0);
  const rest = [...known].filter((key) => !seen.has(key));
  return [...own, ...rest.map((key) => ({ stations: [key], is_away: key === CONCLUDE }))];
}

export type Change = { kind: "up" | "down" | "join" | "split" | "away"; at: number };

/** The line after one change; out of bounds changes nothing. */
export function changed(line: LineTableRow[], change: Change): LineTableRow[] {
  const { kind, at } = change;
  const [here, before, after] = [line[at], line[at - 1], line[at + 1]];
  if (!here) return line;
  const rest = (from: number, to: number, ...put: LineTableRow[]) => [...line.slice(0, from), ...put, ...line.slice(to)];
  switch (kind) {
    case "up":
      return before ? rest(at - 1, at + 1, here, before) : line;
    case "down":
      return after ? rest(at, at + 2, after, here) : line;
    case "join":
      return before ? rest(at - 1, at + 1, { stations: [...before.stations, ...here.stations], is_away: before.is_away && here.is_away }) : line;
    case "split":
      return rest(at, at + 1, ...here.stations.map((key) => ({ stations: [key], is_away: here.is_away })));
    case "away":
      return rest(at, at + 1, { ...here, is_away: !here.is_away });
  }
}

/** This device's stations in the line's order. */
export function ordered(choice: DayChoice, line: LineTableRow[]): DayChoice {
  const places = line.flatMap((table) => table.stations);
  const place = (key: string) => (places.includes(key) ? places.indexOf(key) : places.length);
  return { ...choice, stations: [...choice.stations].sort((a, b) => place(a.station) - place(b.station)) };
}

/** The stations at the table where this one is: itself alone where it is joined with none. */
export function tableOf(line: LineTableRow[], station: string): string[] {
  return line.find((table) => table.stations.includes(station))?.stations ?? [station];
}
