/** A reading within a window: wall time and value. */
export type Point = readonly [time: number, value: number];

/** Goes on with a window whose points may become its minimum (-1) or maximum (1); these stand in it in order of time. */
export function pushExtreme(window: Point[], sign: -1 | 1, [time, value]: Point): void {
  while (window.length > 0 && sign * window[window.length - 1][1] <= sign * value) window.pop();
  window.push([time, value]);
}

/** Takes out what is older than a moment. */
export function dropBefore(window: Point[], time: number): void {
  let old = 0;
  while (old < window.length && window[old][0] < time) old++;
  if (old > 0) window.splice(0, old);
}
