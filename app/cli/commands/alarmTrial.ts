import { resolve } from 'node:path';
import type { AlarmRule } from '../../../domain/alarm/fold/alarmRule.ts';
import { formatDuration } from '../../../domain/duration.ts';
import { counted } from '../../../domain/counted.ts';
import { AppError } from '../../../domain/errors.ts';
import { type RuleTrial, tryRules } from '../../../query/alarms/trial.ts';
import { readConfigFile } from '../../config/file.ts';
import { loadConfig } from '../../config/load.ts';
import { ruleVersions } from '../../store/alarmIndex.ts';
import type { Context } from '../context.ts';
import { type PeriodOptions, timeRange } from '../period.ts';
import { TextTable } from '../textTable.ts';
import { withTable } from '../withTable.ts';

export interface AlarmTrialOptions extends PeriodOptions {
  /** A file of rules. */
  readonly rules?: string | undefined;
}

/** `wellwatch alarms try`: a line a rule. Stores and tells nothing. */
export function tryAlarms(context: Context, { rules, ...period }: AlarmTrialOptions): Promise<number> {
  const range = timeRange(period, context.config.site.timezone);
  const { config, json, output, notes } = context;
  const after = rules === undefined ? config.alarms.rules : rulesOf(rules, config.alarms.holdMs);
  return withTable(context, async (table) => {
    const trials = await tryRules(table, { ...range, before: ruleVersions(config), after });
    if (json) for (const { rule, before, after: would, gained, lost } of trials) output.line(JSON.stringify({ rule, before, after: would, gained, lost }));
    else writeTable(context, trials);
    if (after.some(({ condition }) => condition.kind === 'silent') && !json)
      notes.say('Silence is told of gaps between readings only: what is silent now is not counted.');
  });
}

/** The rules of a file that has `rules` as a configuration does; it may be a whole one. Throws CONFIG with all that is wrong with it. */
function rulesOf(file: string, holdMs: number): readonly AlarmRule[] {
  if (!Object.hasOwn(readConfigFile(resolve(file)), 'rules'))
    throw new AppError('CONFIG', `${file}: expected "rules:" with a list of rules, as in the configuration, got none`);
  return loadConfig({ file, env: {}, defaults: { alarms: { hold: `${holdMs}ms` } } }).alarms.rules;
}

function writeTable({ output }: Context, trials: readonly RuleTrial[]): void {
  const shown = new TextTable([
    { head: 'Rule' },
    { head: 'Alarms', align: 'right' }, { head: 'would be', align: 'right' },
    { head: 'Per hour', align: 'right' }, { head: 'would be', align: 'right' },
    { head: 'Chattering', align: 'right', rank: 1 }, { head: 'would be', align: 'right', rank: 1 },
    { head: 'Gained', align: 'right' }, { head: 'Lost', align: 'right' }, { head: 'Later', align: 'right' },
  ], output);
  shown.add(trials.map(({ rule, before, after, gained, lost, laterMs }) => [
    rule, number(before.alarms), number(after.alarms), number(before.perHour), number(after.perHour),
    number(before.chattering), number(after.chattering), number(gained), number(lost), laterMs === null ? '' : `${laterMs < 0 ? '-' : ''}${formatDuration(Math.abs(laterMs))}`,
  ]));
  shown.end(counted(trials.length, 'rule'));
}

/** Three digits that mean something. */
function number(value: number | null): string {
  if (value === null) return '';
  return (Number.isInteger(value) ? value : Number(value.toPrecision(3))).toLocaleString('en', { maximumFractionDigits: 4 });
}
