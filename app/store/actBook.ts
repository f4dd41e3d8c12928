import { join } from 'node:path';
import { ActBook } from '../../query/acts/actBook.ts';
import { ActLog } from '../../storage/files/actLog.ts';
import type { KeptActs } from '../../storage/files/keptActs.ts';
import type { Role } from '../access/tokens.ts';
import type { Config } from '../config/types.ts';

/** The role `manage` shelves for so many times as long as `operate` may: never for ever. */
const MANAGED_SHELVES = 3;

/** So long an act, or a look at what others did, waits for a store that is away, ms. */
const PATIENCE_MS = 5000;

/** The log of acts of a data directory, or with a table that workers share that of all of them, of which nothing is known before its `refresh`. */
export async function openActLog({ dataDir, store }: Pick<Config, 'dataDir' | 'store'>): Promise<KeptActs> {
  if (store.kind !== 'hbase' || !store.shared) return new ActLog(join(dataDir, 'acts.log'));
  const { openSharedActs } = await import('./openHBase.ts');
  return openSharedActs(store, PATIENCE_MS);
}

/** What people did about the alarms of a site, and what follows from it. Throws STORE_UNAVAILABLE where a shared log can't be read. */
export async function openActBook(config: Config, now: () => number = Date.now): Promise<ActBook> {
  const book = await openUnreadBook(config, now);
  await book.log.refresh?.();
  return book;
}

/** The same, whose log may not be known yet: whoever keeps it refreshes it. */
export async function openUnreadBook(config: Config, now: () => number = Date.now): Promise<ActBook> {
  const rules = config.alarms.rules.map(({ id, acknowledge, latch, realarmMs }) => ({ id, acknowledge, latch, realarm: realarmMs }));
  return new ActBook({ log: await openActLog(config), rules, windows: config.maintenance, zone: config.site.timezone, now });
}

/** The longest shelf that a role may set, ms. */
export function longestShelf({ alarms: { shelveMs } }: Pick<Config, 'alarms'>, role: Role): number {
  return role === 'manage' ? MANAGED_SHELVES * shelveMs : shelveMs;
}
