import { formatTime } from '../../../domain/reading/wallClock.ts';
import { RECEIVERS } from '../../../domain/receivers.ts';
import { failedFilesAnswer, failedFilesOf } from '../../run/failedFilesAnswer.ts';
import { isElsewhere } from '../../store/openTable.ts';
import { tableBalance } from '../../store/tableBalance.ts';
import type { Api } from '../api.ts';
import type { DataSources } from '../dataSources.ts';
import { balance } from '../schemas/rejects.ts';

const MOST_UNKNOWN = 1000;

/** `balance`: what became of all rows. */
export function balanceRoutes(api: Api, { config, table, queries }: Pick<DataSources, 'config' | 'table' | 'queries'>): void {
  const schema = { tags: ['data quality'], summary: 'received = stored + duplicate + rejected + pending', response: { 200: balance } };
  api.get('/balance', { schema }, async () => {
    const { total, receivers, late, replacedAlerts } = await tableBalance(table, config.dataDir);
    const unknown = isElsewhere(config); // positions are kept where the job runs
    const unread = failedFilesAnswer(failedFilesOf(config));
    const pending = unknown ? null : total.pending;
    return {
      total: { ...total, pending },
      receivers: Object.fromEntries(
        RECEIVERS.map(({ name, way }) => [name, { ...receivers[name], ...(way === 'push' && { pending }) }]),
      ),
      late,
      failedFiles: { count: unread.count, newest: [...unread.newest] },
      replacedAlerts: replacedAlerts.map(({ time, ...alert }) => ({ ...alert, at: formatTime(time) })),
      unknownPumps: await queries.unknownPumps(MOST_UNKNOWN),
    };
  });
}
