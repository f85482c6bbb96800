// Points of a small line for one item over the rounds. Pure geometry in a box of 100 by 32. Not a chart library.
export interface Point {
  x: number;
  y: number;
  text: string;
  label: string;
}

/** Only what is a number; one value alone stands in the middle. */
export function points(values: { text: string; label: string }[]): Point[] {
  const known = values.map((value) => ({ ...value, number: Number(value.text) })).filter((value) => value.text !== "" && Number.isFinite(value.number));
  const all = known.map((value) => value.number);
  const [low, high] = [Math.min(...all), Math.max(...all)];
  // What hardly moved is a level line: no less than a tenth of the value is the whole height.
  const span = Math.max(high - low, Math.abs(high) / 10) || 1;
  return known.map((value, at) => ({
    x: known.length === 1 ? 50 : 4 + (92 * at) / (known.length - 1),
    y: 16 - (24 * (value.number - (low + high) / 2)) / span,
    text: value.text,
    label: value.label,
  }));
}
