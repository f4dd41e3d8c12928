import { AppError } from '../../domain/errors.ts';
import type { Delivery } from '../../domain/notify/deliveries.ts';
import type { OutboxState } from '../../domain/notify/message.ts';
import { readOutbox } from '../../storage/outbox/outbox.ts';
import type { OpenTable } from '../../storage/table/remote.ts';
import type { Config } from '../config/types.ts';
import { openTable } from './openTable.ts';

/** An outbox, and of which partition it is; null for that of a data directory. */
export interface ReadOutbox {
  readonly partition: number | null;
  readonly state: OutboxState;
}

/** The outbox of the data directory, and with a shared table those of all partitions. Throws STORE_UNAVAILABLE. */
export async function readOutboxes({ dataDir }: Pick<Config, 'dataDir'>, table: OpenTable | undefined): Promise<ReadOutbox[]> {
  const here = readOutbox(dataDir);
  const all = (await table?.outboxes?.()) ?? [];
  return [...(here ? [{ partition: null, state: here }] : []), ...all.map(({ partition, state }) => ({ partition, state }))];
}

/** The same for a command, which opens the table only where that is needed. */
export async function commandsOutboxes(config: Config): Promise<ReadOutbox[]> {
  if (!isSharedStore(config)) return readOutboxes(config, undefined);
  const table = await openTable(config, { mode: 'reader' });
  try {
    return await readOutboxes(config, table);
  } finally {
    await table.close();
  }
}

/** How telling went, all outboxes together; without those of a store that is away. */
export async function readDeliveries(config: Pick<Config, 'dataDir'>, table: OpenTable | undefined): Promise<Delivery[]> {
  try {
    return (await readOutboxes(config, table)).flatMap(({ state }) => state.deliveries);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return [...(readOutbox(config.dataDir)?.deliveries ?? [])];
  }
}

/** Whether several workers write the table. */
export function isSharedStore({ store }: Pick<Config, 'store'>): boolean {
  return store.kind === 'hbase' && store.shared === true;
}
