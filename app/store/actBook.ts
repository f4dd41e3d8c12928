import { join } from 'node:path';
import type { Act, Deed } from '../../domain/alarm/acts/act.ts';
import { AppError } from '../../domain/errors.ts';
import { ActBook } from '../../query/acts/actBook.ts';
import { ActLog, type Author } from '../../storage/files/actLog.ts';
import type { Role } from '../access/tokens.ts';
import type { Config } from '../config/types.ts';

/** The role `manage` shelves for so many times as long as `operate` may: never for ever. */
const MANAGED_SHELVES = 3;

/** The log of acts of a data directory. */
export function openActLog({ dataDir, store }: Pick<Config, 'dataDir' | 'store'>): ActLog {
  const path = join(dataDir, 'acts.log');
  return store.kind === 'hbase' && store.shared ? new WorkersLog(path) : new ActLog(path);
}

/** A worker's own log has what it was started with. What people do would be known to this worker alone. */
class WorkersLog extends ActLog {
  override async append(author: Author, deeds: (acts: readonly Act[]) => readonly Deed[]): Promise<readonly Act[]> {
    if (author.via === 'start') return super.append(author, deeds);
    throw new AppError(
      'NOT_SUPPORTED',
      'workers that share a table (store.shared) keep no acts on alarms yet: acknowledge, shelve and comment at the site that the pump belongs to',
    );
  }
}

/** What people did about the alarms of a site, and what follows from it. */
export function openActBook(config: Config, now: () => number = Date.now): ActBook {
  const rules = config.alarms.rules.map(({ id, acknowledge, latch, realarmMs }) => ({ id, acknowledge, latch, realarm: realarmMs }));
  return new ActBook({ log: openActLog(config), rules, windows: config.maintenance, zone: config.site.timezone, now });
}

/** The longest shelf that a role may set, ms. */
export function longestShelf({ alarms: { shelveMs } }: Pick<Config, 'alarms'>, role: Role): number {
  return role === 'manage' ? MANAGED_SHELVES * shelveMs : shelveMs;
}
