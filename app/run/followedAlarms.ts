import type { Reference } from '../../domain/pump/reference.ts';
import type { AlarmIndex } from '../../query/alarms/alarmIndex.ts';
import type { SharedTable } from '../../storage/hbase/shared/sharedTable.ts';
import type { OpenTable } from '../../storage/table/remote.ts';
import type { Config } from '../config/types.ts';
import type { OwnPartitions } from './alarmTeller.ts';

/** The alarms that are followed: all of a site, or those of a worker's partitions. */
export type FollowedAlarms = Pick<AlarmIndex, 'catchUp' | 'keep' | 'pumps' | 'lastOf' | 'alarmsOf' | 'pendingOf' | 'newestHeard'> &
  { readonly own?: (pumps: readonly string[], ready: readonly number[]) => OwnPartitions };

/** Of a worker of several: the alarms of its own partitions; undefined elsewhere. */
export async function openFleetAlarms(
  config: Config, table: OpenTable, reference: { readonly current: Reference },
): Promise<FollowedAlarms | undefined> {
  const { store, receivers: { kafka } } = config;
  if (store.kind !== 'hbase' || !store.shared || !kafka) return undefined;
  const [{ PartitionAlarms }, { workerPrefix }] = await Promise.all([import('./fleet/partitionAlarms.ts'), import('./fleet/workerName.ts')]);
  return new PartitionAlarms({ config, table: table as SharedTable, ...kafka, worker: workerPrefix(), reference: () => reference.current });
}
