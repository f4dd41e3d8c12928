/** A cell of a grid, from 0. */
export interface Place {
  readonly row: number;
  readonly column: number;
}

/** Where a key leads within so many rows and columns; undefined for a key that leads nowhere. */
export function placeAfter({ key, ctrlKey, metaKey, altKey }: KeyboardEvent, { row, column }: Place, rows: number, columns: number): Place | undefined {
  if (metaKey || altKey) return undefined;
  const next: Readonly<Record<string, Place>> = {
    ArrowLeft: { row, column: column - 1 },
    ArrowRight: { row, column: column + 1 },
    ArrowUp: { row: row - 1, column },
    ArrowDown: { row: row + 1, column },
    PageUp: { row: row - 10, column },
    PageDown: { row: row + 10, column },
    Home: { row: ctrlKey ? 0 : row, column: 0 },
    End: { row: ctrlKey ? rows - 1 : row, column: columns - 1 },
  };
  if (!Object.hasOwn(next, key)) return undefined;
  const within = (at: number, count: number) => Math.min(count - 1, Math.max(0, at));
  return { row: within(next[key].row, rows), column: within(next[key].column, columns) };
}
