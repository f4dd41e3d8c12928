import { join } from 'node:path';
import type { RuleVersion } from '../../domain/alarm/fold/versions.ts';
import { AppError } from '../../domain/errors.ts';
import type { Reference } from '../../domain/pump/reference.ts';
import { SiteClock } from '../../domain/reading/siteClock.ts';
import { DAY_MS, parseDay } from '../../domain/reading/wallClock.ts';
import { AlarmIndex, type AlarmSources } from '../../query/alarms/alarmIndex.ts';
import { readRuleVersions } from '../../storage/files/ruleLog.ts';
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

/** Whether silence is an alarm: then the vendor file says which pumps are expected. */
export function asksForSilence({ alarms: { rules } }: Pick<Config, 'alarms'>): boolean {
  return rules.some(({ condition }) => condition.kind === 'silent');
}

export interface OpenIndexOptions {
  /** The vendor file as it is at the moment. */
  readonly reference: () => Reference;
  readonly pump?: string | undefined;
  readonly keeps?: boolean | undefined;
  readonly rests?: boolean | undefined;
  readonly now?: (() => number) | undefined;
}

/** The alarms of a table, or of one of its pumps. Throws STORE_UNAVAILABLE. */
export function openAlarmIndex(
  config: Config, table: AlarmSources, { reference, pump, keeps, rests, now = Date.now }: OpenIndexOptions,
): AlarmIndex {
  const { alarms: { holdMs, lateMs }, limits: { latenessMs }, site: { timezone } } = config;
  return new AlarmIndex({
    table, holdMs, lateMs, latenessMs, pump, keeps, rests, now,
    versions: ruleVersions(config), clock: new SiteClock(timezone), expected: () => inService(reference()),
  });
}

/** The pumps of the vendor file, each with the day from which on it should report. */
function inService({ pumps }: Reference): ReadonlyMap<string, number> {
  return new Map([...pumps].map(([id, pump]) => [id, (parseDay(pump.inService) ?? 0) * DAY_MS]));
}

/**
 * Keeps what a command has found of pump-days that are over, so that the next one reads only what has come since; nothing with HBase.
 * Where this user may only read, or the disk is full, it is found again.
 */
export async function keepFound(index: AlarmIndex, { store }: Pick<Config, 'store'>): Promise<void> {
  if (store.kind !== 'embedded') return;
  try {
    await index.keep('never');
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
  }
}
