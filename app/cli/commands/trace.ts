import { cellHistory, holderOf, type KeyEvent } from '../../../domain/reading/keyHistory.ts';
import { isUnknown, type Measure, MEASURES } from '../../../domain/reading/measures.ts';
import { cellReceipt } from '../../../domain/reading/readings.ts';
import { instantText } from '../../../domain/reading/reject.ts';
import { formatTime } from '../../../domain/reading/wallClock.ts';
import type { KeyOrigins } from '../../../storage/table/origins.ts';
import type { Table } from '../../../storage/table/table.ts';
import type { Context } from '../context.ts';
import { numberText } from '../jsonLines.ts';
import { timeOf } from '../period.ts';
import { siteTime } from '../siteTime.ts';
import { printable, TextTable } from '../textTable.ts';
import { withTable } from '../withTable.ts';

/** A row that brought a value, or came with the same; null is not known. */
interface Bringer {
  /** The file's name as it was dropped, or `mqtt:` and the topic. */
  readonly source: string | null;
  readonly number: number | null;
  readonly line: number | null;
  /** ms since 1970-01-01T00:00Z. */
  readonly receivedAt: number | null;
}

/** A stored cell, and where it came from. */
interface TracedCell extends Bringer {
  readonly measure: Measure;
  readonly value: number;
  readonly replaced: (Bringer & { readonly value: number }) | null;
  /** Others that came with the same value. */
  readonly confirmedBy: readonly Bringer[];
}

/** `wellwatch trace PUMP TIME`: a line for each cell of the reading. Throws USAGE for what is no time. */
export function trace(context: Context, pump: string, text: string): Promise<number> {
  const time = timeOf('TIME', text);
  return withTable(context, async (table, { sayEmpty, elsewhere }) => {
    const { json, output, notes, config } = context;
    const cells = await tracedCells(table, pump, time);
    if (elsewhere) notes.say('Where rows came from is kept where "wellwatch run" runs, and not in HBase: ask there.');
    if (cells.length === 0) return sayEmpty(`There is no reading of ${printable(pump)} at ${formatTime(time)}.`);
    if (json) cells.forEach((cell) => output.line(cellJson(pump, time, cell)));
    else showCells(context, cells);
    if (!elsewhere && cells.some(({ receivedAt, source }) => receivedAt !== null && source === null))
      notes.say(`Of some cells only the time of receipt is known: they came before this was kept in ${config.dataDir}, were copied, or ` +
        'their source is one of those that are added up.');
  });
}

async function tracedCells(table: Table, pump: string, time: number): Promise<TracedCell[]> {
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

function cellJson(pump: string, time: number, { measure, value, replaced, confirmedBy, ...own }: TracedCell): string {
  const parts = [
    `"pump":${JSON.stringify(pump)}`, `"at":"${formatTime(time)}"`, `"measure":"${measure}"`, `"value":${numberText(value)}`,
    bringerJson(own),
    `"replaced":${replaced ? `{"value":${numberText(replaced.value)},${bringerJson(replaced)}}` : 'null'}`,
    `"confirmedBy":[${confirmedBy.map((one) => `{${bringerJson(one)}}`).join(',')}]`,
  ];
  return `{${parts.join(',')}}`;
}

/** Without braces. */
function bringerJson({ source, number, line, receivedAt }: Bringer): string {
  return JSON.stringify({ source, number, line, receivedAt: instantText(receivedAt ?? undefined) }).slice(1, -1);
}

function showCells({ output, config }: Context, cells: readonly TracedCell[]): void {
  const zone = config.site.timezone;
  const from = ({ source, line }: Bringer) => (source === null ? 'not known' : `${source}, line ${line}`);
  const shown = new TextTable([
    { head: 'Measure' }, { head: 'Value', align: 'right' }, { head: 'From', clipTo: 20 }, { head: 'Received' },
    { head: 'Replaced', clipTo: 20, rank: 1 }, { head: 'The same came from', clipTo: 20, rank: 2 },
  ], output);
  shown.add(cells.map((cell) => [
    cell.measure, numberText(cell.value), from(cell), cell.receivedAt === null ? 'not known' : siteTime(cell.receivedAt, zone),
    cell.replaced ? `${numberText(cell.replaced.value)} from ${from(cell.replaced)}` : '',
    cell.confirmedBy.map(from).join('; '),
  ]));
}
