import { join } from 'node:path';
import type { RuleVersion } from '../../domain/alarm/fold/versions.ts';
import { SiteClock } from '../../domain/reading/siteClock.ts';
import { AlarmIndex } from '../../query/alarms/alarmIndex.ts';
import { readRuleVersions } from '../../storage/files/ruleLog.ts';
import type { Table } from '../../storage/table/table.ts';
import type { Config } from '../config/types.ts';

/** The log of the rules that were in force, of a data directory. */
export function ruleLogPath({ dataDir }: Pick<Config, 'dataDir'>): string {
  return join(dataDir, 'rules.log');
}

/** The rules that were in force when; those of the configuration as long as no job has begun. Throws STORE_UNAVAILABLE. */
export function ruleVersions(config: Config): readonly RuleVersion[] {
  const known = readRuleVersions(ruleLogPath(config));
  return known.length > 0 ? known : [{ from: 0, rules: config.alarms.rules }];
}

/** The alarms of a table, or of one of its pumps. Throws STORE_UNAVAILABLE. */
export function openAlarmIndex(
  config: Config,
  table: Table,
  { pump, now = Date.now }: { readonly pump?: string | undefined; readonly now?: (() => number) | undefined } = {},
): AlarmIndex {
  const { alarms: { holdMs, lateMs }, limits: { latenessMs }, site: { timezone } } = config;
  return new AlarmIndex({ table, versions: ruleVersions(config), holdMs, lateMs, latenessMs, clock: new SiteClock(timezone), pump, now });
}
