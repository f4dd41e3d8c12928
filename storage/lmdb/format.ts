import { AppError } from '../../domain/errors.ts';
import { FIRST_MEASURES, MEASURES } from '../../domain/reading/measures.ts';
import type { Environment, Store } from './environment.ts';

/** The sub-databases. */
export const STORES = [
  'meta', 'pumpNumbers', 'pumpNames', 'ruleNumbers', 'rules', 'readings', 'alerts', 'days', 'stats', 'rejects', 'rejectIds', 'state',
] as const;
/** Those that tables of older versions lack: a reader takes them for empty. */
export const LATER_STORES = ['receipts', 'origins', 'changes', 'alarmDays'] as const;
export type Stores = Readonly<Record<(typeof STORES)[number] | (typeof LATER_STORES)[number], Store>>;

/** Takes the stores from the version before `to` to `to`; runs in the transaction of all that are due. */
export interface Migration {
  readonly to: number;
  readonly run: (stores: Stores) => void;
}

/** What this program writes, and how older stores become that. */
export interface Format {
  readonly version: number;
  readonly migrations: readonly Migration[];
}

/**
 * Since 2 blocks may have layout 2 and statistics layout 3, which tell what is missing. What 1 wrote is read as it is, so there is
 * nothing to migrate; that it is 2 keeps older programs from taking such blocks for damage.
 */
export const FORMAT: Format = { version: 2, migrations: [] };

const VERSION_KEY = Buffer.from('format');
/** Names of the measures whose columns there are, in their order, with commas. Columns are told by their place alone. */
const MEASURES_KEY = Buffer.from('measures');

/** Whether the stores have been made whole: the version is the last thing that is written. */
export function isMade(stores: Stores): boolean {
  return stores.meta.get(VERSION_KEY) !== undefined;
}

/**
 * Brings the stores to the format's version and to the measures that there are, in one transaction. Throws FORMAT_NEWER
 * when they are beyond it.
 */
export function bringUp(environment: Environment, stores: Stores, dir: string, format: Format): void {
  checkNotNewer(stores, dir, format);
  if (versionOf(stores) === format.version && measuresOf(stores).length === MEASURES.length) return;
  environment.transact('bring the table up to date', () => {
    const version = versionOf(stores);
    if (version !== undefined) {
      for (const migration of format.migrations) if (migration.to > version && migration.to <= format.version) migration.run(stores);
    }
    stores.meta.put(MEASURES_KEY, Buffer.from(MEASURES.join(',')));
    stores.meta.put(VERSION_KEY, Buffer.from(String(format.version)));
  });
}

/** Throws when a reader of this format can't read the stores. */
export function checkReadable(stores: Stores, dir: string, format: Format): void {
  checkNotNewer(stores, dir, format);
  const version = versionOf(stores) ?? 0;
  if (format.migrations.every(({ to }) => to <= version)) return;
  throw new AppError(
    'STORE_UNAVAILABLE',
    `expected the table in ${dir} in format ${format.version}, found the older format ${version}; start \`wellwatch run\` once, it ` +
      'brings it up to date',
  );
}

function checkNotNewer(stores: Stores, dir: string, format: Format): void {
  const version = versionOf(stores);
  if (version !== undefined && version > format.version) {
    throw new AppError(
      'FORMAT_NEWER',
      `expected the table in ${dir} in format ${format.version} or older, found format ${version}, written by a newer version; ` +
        'install that version or choose another dataDir',
    );
  }
  const measures = measuresOf(stores);
  if (measures.some((measure, column) => measure !== MEASURES[column])) {
    throw new AppError(
      'FORMAT_NEWER',
      `expected the table in ${dir} to have columns of ${MEASURES.join(', ')} or of the first of them, found ${measures.join(', ')}, ` +
        'written by a version that has these; install that version or choose another dataDir',
    );
  }
}

/** A table that doesn't say has those of the first release. */
function measuresOf(stores: Stores): readonly string[] {
  const text = stores.meta.get(MEASURES_KEY);
  return text ? Buffer.from(text).toString().split(',') : MEASURES.slice(0, FIRST_MEASURES);
}

function versionOf(stores: Stores): number | undefined {
  const text = stores.meta.get(VERSION_KEY);
  return text && Number(Buffer.from(text).toString());
}
