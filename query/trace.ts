import { cellHistory, holderOf, type KeyEvent } from '../domain/reading/keyHistory.ts';
import { isUnknown, type Measure, MEASURES } from '../domain/reading/measures.ts';
import { cellReceipt } from '../domain/reading/readings.ts';
import type { KeyOrigins, StoredOrigins } from '../storage/table/origins.ts';
import type { StoredReadings } from '../storage/table/readings.ts';

/** A row that brought a value, or came with the same; null is not known. */
export interface Bringer {
  /** The file's name as it was dropped, or `mqtt:` and the topic. */
  readonly source: string | null;
  readonly number: number | null;
  readonly line: number | null;
  /** ms since 1970-01-01T00:00Z. */
  readonly receivedAt: number | null;
}

/** A stored cell, and where it came from. */
export interface TracedCell extends Bringer {
  readonly measure: Measure;
  readonly value: number;
  readonly replaced: (Bringer & { readonly value: number }) | null;
  /** Others that came with the same value. */
  readonly confirmedBy: readonly Bringer[];
}

/** Where the cells of a reading came from, in the order of MEASURES; none when there is no such reading. `time` is a wall time. */
export async function tracedCells(table: StoredReadings & StoredOrigins, pump: string, time: number): Promise<TracedCell[]> {
  const cells: TracedCell[] = [];
  const origins = await table.origins(pump, time);
  for await (const readings of table.readings(pump, { from: time, to: time + 1 })) {
    for (let row = 0; row < readings.length; row++) {
      for (const [column, measure] of MEASURES.entries()) {
        const value = readings.values[column][row];
        if (!isUnknown(value)) cells.push(tracedCell(measure, origins, { column, value, receivedAt: cellReceipt(readings, row, column) }));
      }
    }
  }
  return cells;
}

function tracedCell(
  measure: Measure, origins: KeyOrigins, { column, value, receivedAt }: { column: number; value: number; receivedAt: number },
): TracedCell {
  const values = cellHistory(column, origins, value);
  const now = values.at(-1);
  const before = values.at(-2);
  const holder = now && holderOf(now.events);
  return {
    measure, value,
    ...bringer(holder, origins, receivedAt),
    replaced: before ? { value: before.value, ...bringer(holderOf(before.events), origins, before.receivedAt) } : null,
    confirmedBy: (now?.events ?? []).filter((event) => event !== holder).map((event) => bringer(event, origins, null)),
  };
}

function bringer(event: KeyEvent | undefined, { sources }: KeyOrigins, receivedAt: number | null): Bringer {
  if (!event) return { source: null, number: null, line: null, receivedAt };
  return { source: sources.get(event.source)?.source ?? null, number: event.source, line: event.line, receivedAt: event.receipt };
}
