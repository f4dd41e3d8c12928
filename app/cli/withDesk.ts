import type { Reference } from '../../domain/pump/reference.ts';
import { type AlarmSource, AlarmDesk, type Doer } from '../../query/acts/desk.ts';
import type { SiteAlarm } from '../../query/acts/siteAlarm.ts';
import type { Table } from '../../storage/table/table.ts';
import type { Config } from '../config/types.ts';
import { longestShelf, openActBook } from '../store/actBook.ts';
import { openAlarmIndex } from '../store/alarmIndex.ts';
import type { Context } from './context.ts';
import { doerName } from './doerName.ts';
import { referenceFor } from '../store/reference.ts';
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
  const doer: Doer = { by: doerName(by), verified: false, via: 'cli', key: null, longestShelfMs: longestShelf(config, 'manage') };
  return withTable(context, async (table) => {
    const reference = await referenceFor(config, table, (text) => notes.say(text));
    const source = alarmSource(config, table, reference);
    await act(new AlarmDesk(await openActBook(config), source), doer);
  });
}

function alarmSource(config: Config, table: Table, reference: Reference): AlarmSource<SiteAlarm> {
  return {
    async alarmsOf(pump) {
      const index = openAlarmIndex(config, table, { reference: () => reference, pump });
      await index.catchUp();
      return index.alarmsOf(pump);
    },
    pumps: async () => [...new Set([...(await table.pumps()), ...reference.pumps.keys()])],
  };
}
