import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { LogEvent } from '../../domain/logEvent.ts';
import { receiptsOf } from '../../domain/reading/receipt.ts';
import { Lookout, type LookoutOptions } from '../../ingest/job/lookout.ts';
import type { Formats } from '../../ingest/receivers/formats.ts';
import { JOURNAL_STATE } from '../../ingest/receivers/journalProgress.ts';
import { JournalSource } from '../../ingest/receivers/journalSource.ts';
import type { OpenTable } from '../../storage/table/remote.ts';
import type { Json } from '../../storage/table/state.ts';
import type { Recovered } from '../../storage/table/steps.ts';
import type { Config } from '../config/types.ts';
import type { FromJob } from './jobMessages.ts';
import type { Orders } from './orders.ts';

export interface BeginJobOptions extends Pick<LookoutOptions, 'wake' | 'reference' | 'listener'> {
  readonly config: Config;
  readonly once: boolean;
  readonly formats: Formats;
  readonly table: OpenTable;
  readonly orders: Orders;
  readonly post: (message: FromJob) => void;
  readonly onLog: (event: LogEvent) => void;
  /** One begins; it takes the place of the one before. */
  readonly onLookout: (lookout: Lookout) => void;
}

/** What the job goes on with. */
export interface BegunJob {
  /** The job's state as the table has it. */
  readonly state: ReadonlyMap<string, Json>;
  readonly journal: JournalSource;
  /** With a store on a network only, and for a site that stays. */
  readonly lookout: Lookout | undefined;
  /** What the step did that a crash had interrupted. */
  readonly recovered: Recovered;
}

/** Makes the table ready for steps; when its store is away, alerts of what comes into the journal are told all the same. */
export async function beginJob(options: BeginJobOptions): Promise<BegunJob> {
  const { table, orders, wake, post } = options;
  const follow = ({ journal }: Pick<BegunJob, 'journal'>) =>
    orders.listen(() => {
      journal.durable = orders.durable;
      wake.call();
    });
  const before = openJournalAt(await table.state(), options);
  follow(before);
  const recovering = table.recover();
  const recovered = await (before.lookout?.wait(recovering) ?? recovering);
  post({ kind: 'recovered' });
  const state = await table.state();
  if (isDeepStrictEqual(state.get(JOURNAL_STATE), before.state.get(JOURNAL_STATE))) return { ...before, state, recovered };
  // A step that was interrupted is in the table now: the journal goes on behind it.
  await before.lookout?.close();
  await before.journal.close();
  const after = openJournalAt(state, options);
  follow(after);
  return { ...after, recovered };
}

function openJournalAt(
  state: ReadonlyMap<string, Json>,
  { config, once, formats, table, orders, wake, reference, listener, post, onLog, onLookout }: BeginJobOptions,
): Omit<BegunJob, 'recovered'> {
  const journal = new JournalSource({
    dir: join(config.dataDir, 'journal'),
    state,
    receiptAt: receiptsOf(config.site.timezone, config.limits.futureMs),
    formats,
    onTaken: (position) => post({ kind: 'taken', position }),
  });
  const alertsHere = table.alertsHere?.bind(table);
  const lookout =
    alertsHere && !once
      ? new Lookout({ journal, table: { alertsHere }, rules: config.rules, wake, reference, listener, signal: orders.stop, onLog })
      : undefined;
  if (lookout) onLookout(lookout);
  return { state, journal, lookout };
}
