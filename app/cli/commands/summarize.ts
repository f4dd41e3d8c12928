import { summarize as summarizeTable } from '../../../batch/summarize.ts';
import { counted } from '../../../domain/counted.ts';
import type { Context } from '../context.ts';
import { interruptible } from '../interrupt.ts';
import { dayRange, type PeriodOptions } from '../period.ts';
import { printable } from '../textTable.ts';
import { nothingStored } from '../withTable.ts';
import type { Config } from '../../config/types.ts';
import { hasTable, openTable } from '../../store/openTable.ts';

export interface SummarizeOptions extends PeriodOptions {
  readonly pump?: string | undefined;
  readonly date?: string | undefined;
}

/** How long it waits for a store that is away. */
const PATIENCE_MS = 60_000;

/** `wellwatch summarize`: the daily batch. Progress on a terminal, one line at the end. */
export async function summarize(context: Context, options: SummarizeOptions): Promise<number> {
  const { config, json, output, notes } = context;
  const all = options.date !== undefined || options.from !== undefined || options.to !== undefined;
  const selection = { pump: options.pump, ...dayRange(options), all };
  if (!(await hasTable(config, PATIENCE_MS))) return tellNothing(context);
  const table = await openTable(config, { mode: 'batch', patienceMs: PATIENCE_MS });
  try {
    const result = await interruptible((signal) => summarizeTable({
      table, selection, signal,
      onProgress: ({ done, total, pump }) => notes.progress(`${done} of ${counted(total, 'pump-day')}: ${printable(pump)}`),
    }));
    notes.progress('');
    const { pumpDays, rows } = result;
    const nothing = pumpDays > 0 ? undefined : whyNothing(config, selection, await table.pumps());
    if (nothing !== undefined) notes.say(nothing);
    if (json) output.line(JSON.stringify({ pumpDays, rows }));
    else if (nothing === undefined)
      output.line(
        pumpDays === 0
          ? 'All daily statistics were up to date.'
          : `Summarized ${counted(pumpDays, 'pump-day')} with ${counted(rows, 'reading')}.`,
      );
    await output.flush();
    return 0;
  } finally {
    await table.close();
  }
}

/** Nobody has made the table yet. */
async function tellNothing({ config, json, output, notes }: Context): Promise<number> {
  notes.say(nothingStored(config));
  if (json) output.line(JSON.stringify({ pumpDays: 0, rows: 0 }));
  await output.flush();
  return 0;
}

/** Why there was nothing to do, unless everything was up to date. */
function whyNothing(
  config: Config,
  { pump, all }: { readonly pump: string | undefined; readonly all: boolean },
  pumps: readonly string[],
): string | undefined {
  if (pumps.length === 0) return nothingStored(config);
  if (pump !== undefined && !pumps.includes(pump))
    return `No pump ${printable(pump)}: it has no readings. "wellwatch pumps" lists those that have some.`;
  return all ? 'No readings of that time: there is nothing to summarize.' : undefined;
}
