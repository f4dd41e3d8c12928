import { raise } from '../../../domain/alarm/breach.ts';
import type { Reject } from '../../../domain/reading/reject.ts';
import { openEmbeddedTable } from '../../../storage/embedded/table.ts';
import type { Table } from '../../../storage/table/table.ts';
import { tempDir } from '../../support/tempDir.ts';
import { readingsOf } from '../../support/stored.ts';
import { LOW_PSI } from '../../support/rules.ts';

/** An empty embedded table. */
export function freshTable(now: () => number = Date.now): Promise<Table> {
  return openEmbeddedTable({ dir: tempDir(), mode: 'writer', ttl: { data: null, alerts: null }, now });
}

/** Rows for a table, `PUMP YYYY-MM-DDTHH:mm hz disp flo sedPPM psi chlPPM`; of some pumps and days, every 20th alarming. */
export function someRows(pumps: readonly string[], days: number, rowsADay: number): string[] {
  return pumps.flatMap((pump, p) => Array.from({ length: days * rowsADay }, (_, i) => {
    const minute = i % rowsADay;
    const clock = `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
    return `${pump} 2014-03-${String(10 + Math.floor(i / rowsADay)).padStart(2, '0')}T${clock} ${10 + p} 1.73 ${i} -0 ` +
      `${i % 20 === 0 ? 0 : 85.5} 1e-310`;
  }));
}

/** Writes rows in one step, received at a time. */
export async function writeRows(
  table: Table,
  rows: readonly string[],
  { receivedAt = 1_700_000_000_000, rejects = [] as Reject[] } = {},
): Promise<void> {
  const readings = readingsOf(rows);
  readings.receivedAt.fill(receivedAt);
  await table.write({
    receiver: 'directory',
    readings,
    breaches: raise([LOW_PSI], readings),
    rejects,
    state: { 'file:x': { offset: rows.length } },
  });
}
