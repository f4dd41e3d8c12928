import { join } from 'node:path';
import { ActBook } from '../../query/acts/actBook.ts';
import { ActLog } from '../../storage/files/actLog.ts';
import type { Role } from '../access/tokens.ts';
import type { Config } from '../config/types.ts';

/** The role `manage` shelves for so many times as long as `operate` may: never for ever. */
const MANAGED_SHELVES = 3;

/** The log of acts of a data directory. */
export function openActLog({ dataDir }: Pick<Config, 'dataDir'>): ActLog {
  return new ActLog(join(dataDir, 'acts.log'));
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
