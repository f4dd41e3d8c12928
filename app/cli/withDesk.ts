import { userInfo } from 'node:os';
import { type AlarmSource, AlarmDesk, type Doer } from '../../query/acts/desk.ts';
import type { SiteAlarm } from '../../query/acts/siteAlarm.ts';
import { AppError } from '../../domain/errors.ts';
import type { Table } from '../../storage/table/table.ts';
import type { Config } from '../config/types.ts';
import { longestShelf, openActBook } from '../store/actBook.ts';
import { openAlarmIndex } from '../store/alarmIndex.ts';
import type { Context } from './context.ts';
import { referenceFor } from './reference.ts';
import { withTable } from './withTable.ts';

/** What every act takes. */
export interface ActOptions {
  /** Who does it; by default the user of this machine. */
  readonly by?: string | undefined;
}

/** Opens the desk for acts of the command line, and closes it whatever happens. */
export function withDesk(
  context: Context,
  { by }: ActOptions,
  act: (desk: AlarmDesk<SiteAlarm>, doer: Doer) => Promise<void>,
): Promise<number> {
  const { config, notes } = context;
  const doer: Doer = { by: nameOf(by), verified: false, via: 'cli', key: null, longestShelfMs: longestShelf(config, 'manage') };
  return withTable(context, async (table) => {
    const reference = await referenceFor(config, table, (text) => notes.say(text));
    const source = alarmSource(config, table, [...reference.pumps.keys()]);
    await act(new AlarmDesk(openActBook(config), source), doer);
  });
}

function alarmSource(config: Config, table: Table, vendorPumps: readonly string[]): AlarmSource<SiteAlarm> {
  return {
    async alarmsOf(pump) {
      const index = openAlarmIndex(config, table, { pump });
      await index.catchUp();
      return index.alarmsOf(pump);
    },
    pumps: async () => [...new Set([...(await table.pumps()), ...vendorPumps])],
  };
}

/** Whoever may write the data directory may do everything; the name is what they say. */
function nameOf(by: string | undefined): string {
  const name = (by ?? userInfo().username).trim();
  if (name === '' || name.length > 64 || /\p{Cc}/u.test(name))
    throw new AppError('USAGE', `--by: expected a name of 1 to 64 characters, got "${name}"`);
  return name;
}
