import { existsSync } from 'node:fs';
import type { OpenTable } from '../../storage/table/remote.ts';
import type { Config } from '../config/types.ts';
import { COPY_STATE, copyPlace } from '../copy/place.ts';
import { hasTable, isElsewhere, openIndex, openTable } from '../store/openTable.ts';
import { ledgerDir, tableDir } from '../store/storeDirs.ts';
import type { Context } from './context.ts';
import { sayOtherZone } from './otherZone.ts';
import { suggestion } from '../../domain/suggestion.ts';
import { printable } from './textTable.ts';

/** What a command that reads the table has to know of it. */
export interface TableContext {
  /** Says why a command has nothing to show; quiet when nothing was ever stored, as that was said already. */
  readonly sayEmpty: (text: string) => void;
  /** HBase is away: the table has all but readings, from the local index. */
  readonly away: boolean;
  /** The table is in HBase, and what belongs beside it (rejects, counts, reference data) is kept where `run` runs, elsewhere. */
  readonly elsewhere: boolean;
}

export interface WithTableOptions {
  /** The local index beside HBase knows what is asked for. */
  readonly fromIndex?: boolean;
  /** What is found of alarms is kept in the embedded table, where this user may write. */
  readonly keeps?: boolean;
}

/** Opens the table for reading, and closes it whatever happens. What holds for the whole of it is said before. */
export async function withTable(
  context: Context,
  read: (table: OpenTable, about: TableContext) => Promise<void>,
  { fromIndex = false, keeps = false }: WithTableOptions = {},
): Promise<number> {
  const { config, notes } = context;
  sayOtherZone(context);
  const mode = keeps && config.store.kind === 'embedded' ? 'batch' : 'reader';
  const { table, away } = fromIndex ? await openIndex(config) : { table: await openTable(config, { mode }), away: undefined };
  try {
    const stored = await hasTable(config);
    if (!stored) notes.say(nothingStored(config));
    if (away !== undefined)
      notes.say(`HBase is away, so this comes from the local index in ${ledgerDir(config.dataDir)}, without readings: ${away}`);
    if (copyPlace(await table.state(COPY_STATE))?.done === false) notes.say(COPY_UNFINISHED);
    await read(table, {
      sayEmpty: (text) => stored && notes.say(text),
      away: away !== undefined,
      elsewhere: stored && isElsewhere(config),
    });
    await context.output.flush();
    return 0;
  } finally {
    await table.close();
  }
}

/** Said wherever the table is read meanwhile. */
export const COPY_UNFINISHED = 'A copy into HBase is unfinished, so not all may be there yet: "wellwatch copy --to hbase" goes on with it.';

/** Why there is nothing, and what would change that. */
export function nothingStored({ dataDir, store, receivers: { directory } }: Config): string {
  const drop = directory ? `put CSV files into ${directory.path} and start "wellwatch run"` : 'start "wellwatch run"';
  if (store.kind === 'embedded') return `Nothing is stored in ${dataDir} yet: ${drop}, or name another directory with --data-dir.`;
  const copy = existsSync(tableDir(dataDir)) ? `, or bring there what lies in ${tableDir(dataDir)} with "wellwatch copy --to hbase"` : '';
  return `Nothing is stored in the table ${store.table} of HBase at ${store.url} yet: ${drop}${copy}.`;
}

/** Why nothing is known of a pump, with the nearest of those that are known, and what would help. */
export function noSuchPump(pump: string, known: readonly string[]): string {
  const hint = suggestion(pump, known);
  return `There is no pump ${printable(pump)}${hint.endsWith('?') ? `${printable(hint)} ` : ': '}"wellwatch pumps" lists those that there are.`;
}
