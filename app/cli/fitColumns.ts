/** How a column may give way on a terminal that is too narrow. */
export interface Flexible {
  /** It may be clipped, but not below this width; absent, it is whole or not there. */
  readonly clipTo?: number | undefined;
  /** It may be left out, the highest rank first; absent, it always stays. */
  readonly rank?: number | undefined;
}

/** Between two columns. */
export const GAP = 2;

/**
 * Fits columns of the given widths into `room`: clips what may be clipped, the widest first, and leaves
 * columns out while that is not enough. Gives the width of each column, 0 for one that is left out. When
 * nothing can give way any more, the rest stays too wide.
 */
export function fitColumns(columns: readonly Flexible[], widths: readonly number[], room: number): number[] {
  const fitted = [...widths];
  const least = (width: number, i: number) => Math.min(width, columns[i].clipTo ?? width);
  while (total(fitted.map(least)) > room) {
    const next = leastImportant(columns, fitted);
    if (next < 0) break;
    fitted[next] = 0;
  }
  for (let excess = total(fitted) - room; excess > 0; excess--) {
    const widest = placeOfHighest(fitted.map((width, i) => (width > least(width, i) ? width : 0)));
    if (widest < 0) break;
    fitted[widest] -= 1;
  }
  return fitted;
}

function total(widths: readonly number[]): number {
  const shown = widths.filter((width) => width > 0);
  return shown.reduce((sum, width) => sum + width + GAP, -GAP);
}

function leastImportant(columns: readonly Flexible[], widths: readonly number[]): number {
  return placeOfHighest(columns.map(({ rank = 0 }, i) => (widths[i] > 0 ? rank : 0)));
}

/** The place of the highest number above 0, or -1. */
function placeOfHighest(numbers: readonly number[]): number {
  const highest = Math.max(0, ...numbers);
  return highest === 0 ? -1 : numbers.indexOf(highest);
}
