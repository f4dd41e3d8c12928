import type { Act, ActHead, Retract } from '../../../domain/alarm/acts/act.ts';
import { instantText } from '../../../domain/reading/reject.ts';
import { formatTime } from '../../../domain/reading/wallClock.ts';
import { type Bringer, type TracedCell, tracedCells } from '../../../query/trace.ts';
import { openActLog } from '../../store/actBook.ts';
import type { Context } from '../context.ts';
import { numberText } from '../jsonLines.ts';
import { timeOf } from '../period.ts';
import { siteTime } from '../siteTime.ts';
import { printable, TextTable } from '../textTable.ts';
import { withTable } from '../withTable.ts';

/** `wellwatch trace PUMP TIME`: a line for each cell of the reading. Throws USAGE for what is no time. */
export function trace(context: Context, pump: string, text: string): Promise<number> {
  const time = timeOf('TIME', text, context.config.site.timezone);
  return withTable(context, async (table, { sayEmpty, elsewhere }) => {
    const { json, output, notes, config } = context;
    const cells = await tracedCells(table, pump, time);
    if (elsewhere) notes.say('Where rows came from is kept where "wellwatch run" runs, and not in HBase: ask there.');
    const log = await openActLog(config);
    await log.refresh?.();
    for (const act of retractionsOf(log.read(), pump, time))
      notes.say(`What had come of that time until ${siteTime(act.receivedUntil, config.site.timezone)} was taken back by ` +
        `${printable(act.by)}, act ${act.number}: ${printable(act.reason)}`);
    if (cells.length === 0) return sayEmpty(`There is no reading of ${printable(pump)} at ${formatTime(time)}.`);
    if (json) cells.forEach((cell) => output.line(cellJson(pump, time, cell)));
    else showCells(context, cells);
    if (!elsewhere && cells.some(({ receivedAt, source }) => receivedAt !== null && source === null))
      notes.say(`Of some cells only the time of receipt is known: they came before this was kept in ${config.dataDir}, were copied, or ` +
        'their source is one of those that are added up.');
  });
}

/** What was taken back of a pump's range that has a time; of sources it is not known any more which readings they had. */
function retractionsOf(acts: readonly Act[], pump: string, time: number): (ActHead & Retract)[] {
  return acts.filter((act) => act.kind === 'retract')
    .filter((act) => act.pump === pump && (act.from ?? -Infinity) <= time && time < (act.to ?? Infinity));
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
