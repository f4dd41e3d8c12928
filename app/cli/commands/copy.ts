import { existsSync } from 'node:fs';
import { counted } from '../../../domain/counted.ts';
import { AppError } from '../../../domain/errors.ts';
import type { Context } from '../context.ts';
import { interruptible } from '../interrupt.ts';
import { printable } from '../textTable.ts';
import type { Config } from '../../config/types.ts';
import { type Copied, type CopyListener, copyTable } from '../../copy/copyTable.ts';
import { CopyProgress } from '../../copy/progress.ts';
import { openSiteTable, type WithHBase } from '../../store/openHBase.ts';
import { openEmbedded } from '../../store/openTable.ts';
import { lockInstance } from '../../../storage/files/instanceLock.ts';
import { tableDir } from '../../store/storeDirs.ts';

/** How long it waits for a store that is away. */
const PATIENCE_MS = 60_000;

/**
 * `wellwatch copy --to hbase`: moves the embedded table into HBase. Progress on a terminal, one line at the end, with
 * `--json` `{"readings":…,"alerts":…,"stats":…,"rejects":…,"newer":…,"withoutReading":…,"verified":…,"digest":"…"}`,
 * which says all that is to be said of a success. 1 when both tables differ then.
 */
export async function copy(context: Context): Promise<number> {
  const config = requireBoth(context.config);
  const lock = await lockInstance(config.dataDir);
  try {
    return await interruptible((signal) => copyOrStop(context, config, signal));
  } finally {
    lock.release();
  }
}

/** There must be something to copy, and somewhere to copy it to. */
function requireBoth(config: Config): WithHBase {
  const { store, dataDir } = config;
  if (store.kind !== 'hbase')
    throw new AppError(
      'CONFIG',
      'store.kind: expected hbase to copy the embedded table there, got embedded; set store.kind to hbase, and store.url to its ' +
      'REST gateway',
    );
  if (store.shared)
    throw new AppError(
      'CONFIG',
      'store.shared: expected false to copy the embedded table, as a copy is no row of a partition, got true; let the site forward what it has, or ' +
      'copy into a table of another name (store.table)',
    );
  if (!existsSync(tableDir(dataDir)))
    throw new AppError(
      'STORE_UNAVAILABLE',
      `expected an embedded table in ${tableDir(dataDir)} to copy, there is none. Name the data directory that has it with --data-dir`,
    );
  return { ...config, store };
}

async function copyOrStop(context: Context, config: WithHBase, signal: AbortSignal): Promise<number> {
  const { notes } = context;
  const source = await openEmbedded(config, 'reader');
  const target = await openSiteTable(config, {
    mode: 'writer',
    patienceMs: PATIENCE_MS, signal,
    onLog: ({ level, message }) => (level === 'warn' || level === 'error' || (level === 'info' && !context.json)) && notes.say(message),
  });
  try {
    const { data } = config.store.ttl;
    const copied = await copyTable({
      source, target, signal,
      expiredBefore: () => (data === null ? -Infinity : Date.now() - data),
      listener: listenerOf(context, await CopyProgress.of(source, () => performance.now())),
    });
    notes.progress('');
    return await tell(context, config, copied);
  } catch (error) {
    notes.progress('');
    if (!signal.aborted) throw error;
    notes.say('Stopped. What has been copied stays in HBase; run the same command again to go on from there.');
    return 1;
  } finally {
    await target.close();
    await source.close();
  }
}

function listenerOf({ notes, json }: Context, progress: CopyProgress): CopyListener {
  return {
    onStart: (after) => {
      progress.start(after);
      if (after && !json) notes.say(`Going on after ${printable(after.pump)}, where an earlier run ended.`);
    },
    onStep: (place, rows) => notes.progress(printable(progress.step(place, rows))),
    onCompare: (pump, readings) => notes.progress(`Comparing: ${counted(readings, 'reading')} are the same so far, at ${printable(pump)}`),
  };
}

async function tell({ json, output, notes }: Context, config: WithHBase, copied: Copied): Promise<number> {
  const { readings, alerts, stats, rejects, verified, digest, newer, withoutReading, already, differences } = copied;
  const what =
    `${counted(readings, 'reading')}, ${counted(alerts, 'alert')}, ${counted(stats, 'daily statistic')} and ` +
    `${counted(rejects, 'reject')}`;
  if (json) output.line(JSON.stringify({ readings, alerts, stats, rejects, newer, withoutReading, verified, digest }));
  else if (verified) output.line(`${already ? 'All was there already' : 'Copied'}: ${what}. Verified, SHA-256 of the readings ${digest}.`);
  await output.flush();
  if (json && verified) return 0;
  if (newer > 0)
    notes.say(
      `${counted(newer, 'reading')} of the same pump and time came to HBase later and ${newer === 1 ? 'stays' : 'stay'} as ` +
      `${newer === 1 ? 'it is' : 'they are'} there.`,
    );
  if (withoutReading > 0)
    notes.say(
      `${counted(withoutReading, 'alert')} could not be copied: the readings that raised ${withoutReading === 1 ? 'it' : 'them'} ` +
      `have expired. ${withoutReading === 1 ? 'It stays' : 'They stay'} in the embedded table.`,
    );
  if (verified) {
    notes.say(
      `The embedded table in ${tableDir(config.dataDir)} stays as it is. "wellwatch run" goes on with HBase; remove that folder ` +
      'when you need it no more.',
    );
    return 0;
  }
  notes.say(`HBase and the embedded table in ${tableDir(config.dataDir)} differ:`);
  for (const difference of differences) notes.say(`  ${printable(difference)}`);
  notes.say('Nothing was changed in the embedded table. Run the same command again: it copies from the beginning what HBase lacks.');
  return 1;
}
