import { type Given, isGiven, isOn } from './given.ts';
import type { Issue } from './issues.ts';
import type { WrittenConfig } from './schema.ts';

/** Whether the table is one that several workers write. Other receivers are off then unless they are configured, which is refused. */
export function isShared({ store }: Pick<WrittenConfig, 'store'>): boolean {
  return store.kind === 'hbase' && store.shared;
}

const AT_A_SITE = 'a site of its own takes them, and forwards what it has stored (forward)';

/** What would do nothing. */
const WITHOUT_EFFECT: readonly (readonly [path: string, problem: string])[] = [
  ['limits.journal', 'expected none with store.shared: a worker has no journal, Kafka keeps what is not stored'],
  ['summary.report', 'expected none with store.shared: each worker would send one of the whole fleet; "wellwatch report" makes it'],
  ['limits.rejects', 'expected none with store.shared: rejects of workers have no bound yet'],
];

/** What does not go together with a table that workers share, or is not there yet for it. */
export function sharedIssues(config: WrittenConfig, given: Given): Issue[] {
  const { store, receivers } = config;
  if (!store.shared) return [];
  if (store.kind !== 'hbase')
    return [{ path: 'store.shared', problem: 'expected store.kind hbase: only a table in HBase can be shared, got embedded' }];
  const issue = (path: string, problem: string): Issue => ({ path, problem });
  const isConfigured = (path: 'receivers.directory' | 'receivers.mqtt' | 'parquet' | 'forward') => isGiven(given, path) && isOn(given, path);
  return [
    ...(receivers.kafka && isOn(given, 'receivers.kafka') ? [] : [issue('store.shared', 'expected receivers.kafka, whose partitions the workers share out, got none')]),
    ...(isConfigured('receivers.directory') ? [issue('receivers.directory', `expected no inbox with store.shared: ${AT_A_SITE}`)] : []),
    ...(isConfigured('receivers.mqtt') ? [issue('receivers.mqtt', `expected no MQTT with store.shared: ${AT_A_SITE}`)] : []),
    ...(isConfigured('forward') ? [issue('forward', 'expected nothing to forward with store.shared: the rows are in Kafka already')] : []),
    ...(isConfigured('parquet') ? [issue('parquet', 'expected no hourly files with store.shared: they are not there yet for workers; "wellwatch export" makes files')] : []),
    ...WITHOUT_EFFECT.filter(([path]) => isGiven(given, path)).map(([path, problem]) => issue(path, problem)),
  ];
}
