import type { Readings } from '../../domain/reading/readings.ts';
import type { TimeRange } from '../../domain/reading/selection.ts';
import type { StoredReadings } from '../../storage/table/readings.ts';
import { Turns } from '../turns.ts';

/** A page holds at least this many rows, unless it is the last of its pump or its reader wants fewer. */
const PAGE_ROWS = 8192;

/**
 * One pump's readings in order of time, made into something by `make`, in pages. Each page comes from a
 * snapshot of its own that is closed before the page is given out: whoever reads slowly, a pager say,
 * does not hold back the reuse of disk space. On a thread that does other work too, that has its turn between the pieces.
 */
export async function* readingPages<T>(
  table: StoredReadings, { pump, from, to }: { readonly pump: string } & TimeRange, make: (readings: Readings, row: number) => T,
  pageRows = PAGE_ROWS,
): AsyncGenerator<T[], void> {
  const turns = new Turns({ patient: true });
  let next = from;
  for (;;) {
    await turns.next();
    const page: T[] = [];
    let last = 0;
    for await (const piece of table.readings(pump, { from: next, to })) {
      for (let row = 0; row < piece.length; row++) page.push(make(piece, row));
      if (piece.length > 0) last = piece.time[piece.length - 1];
      if (page.length >= pageRows) break;
      await turns.next();
    }
    if (page.length > 0) yield page;
    if (page.length < pageRows) return;
    next = last + 1;
  }
}
