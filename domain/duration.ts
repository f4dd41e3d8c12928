/** The units of durations as they are written, in ms, the shortest first. */
export const DURATION_UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** The shortest exact way to write a duration: `2s`, `1500ms`, `1h`. */
export function formatDuration(ms: number): string {
  const unit = Object.keys(DURATION_UNITS).reverse().find((name) => ms >= DURATION_UNITS[name] && ms % DURATION_UNITS[name] === 0);
  return unit === undefined ? `${ms}ms` : `${ms / DURATION_UNITS[unit]}${unit}`;
}
