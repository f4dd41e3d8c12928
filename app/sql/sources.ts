import type { Reference } from '../../domain/pump/reference.ts';
import { type AlarmJson, alarmJson } from '../../query/acts/alarmJson.ts';
import { listAlarms } from '../../query/alarms/alarmList.ts';
import type { SqlSources } from '../../query/sql/scan.ts';
import type { Table } from '../../storage/table/table.ts';
import type { Config } from '../config/types.ts';
import { expectedPumps, referenceFor } from '../store/reference.ts';
import { openActBook } from '../store/actBook.ts';
import { openAlarmIndex } from '../store/alarmIndex.ts';

/** So many pumps are asked for one by one. */
const FEW_PUMPS = 20;

/** The rows of a site's tables, for questions in SQL: what is asked for is opened when it is. */
export function sqlSources(config: Config, table: Table): SqlSources {
  let reference: Promise<Reference> | undefined;
  return {
    table,
    reference: () => (reference ??= referenceFor(config, table, () => undefined)),
    async alarms(pumps) {
      const expected = await expectedPumps(config, table, () => undefined);
      const found: AlarmJson[] = [];
      // Of few pumps only their readings are folded.
      for (const pump of pumps && pumps.length <= FEW_PUMPS ? pumps : [undefined]) {
        const index = openAlarmIndex(config, table, { reference: () => expected, pump });
        await index.catchUp();
        const all = await listAlarms(index, await openActBook(config), { all: true, pump });
        found.push(...all.filter(({ alarm }) => !pumps || pumps.includes(alarm.pump)).map(alarmJson));
      }
      return found;
    },
  };
}
