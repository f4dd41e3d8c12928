import type { AlarmRule } from '../../domain/alarm/fold/alarmRule.ts';
import type { Priority } from '../../domain/alarm/rule.ts';
import { AppError } from '../../domain/errors.ts';
import { loadConfig } from '../config/load.ts';
import type { Config } from '../config/types.ts';

/** How rules are to be other than they are. */
export interface RuleChanges {
  /** As the configuration has them; each takes the place of the one with its id. */
  readonly rules: readonly Readonly<Record<string, unknown>>[];
  /** Other limits; of a rule with levels of the one with the priority, or the last. */
  readonly limits: readonly { readonly rule: string; readonly threshold: number; readonly priority?: Priority | undefined }[];
}

/** The rules in force with changes. Throws CONFIG with all that is wrong with these. */
export function changedRules({ alarms: { rules, holdMs } }: Pick<Config, 'alarms'>, changes: RuleChanges): readonly AlarmRule[] {
  const written = changes.rules.length === 0 ? [] :
    loadConfig({ env: {}, defaults: { rules: changes.rules, alarms: { hold: `${holdMs}ms` } } }).alarms.rules;
  const byId = new Map([...rules, ...written].map((rule) => [rule.id, rule]));
  for (const limit of changes.limits) {
    const rule = byId.get(limit.rule);
    if (rule?.condition.kind !== 'limit')
      throw new AppError('CONFIG', `limits: expected the id of a rule with a limit, got ${limit.rule}; those in force are ` +
        rules.filter(({ condition }) => condition.kind === 'limit').map(({ id }) => id).join(', '));
    byId.set(rule.id, { ...rule, condition: withLimit(rule.condition, limit) });
  }
  return [...byId.values()];
}

function withLimit(
  condition: AlarmRule['condition'] & { readonly kind: 'limit' }, { rule, threshold, priority }: RuleChanges['limits'][number],
): AlarmRule['condition'] {
  const at = priority === undefined ? condition.levels.length - 1 : condition.levels.findIndex((level) => level.priority === priority);
  if (at < 0) throw new AppError('CONFIG', `limits: expected a priority that ${rule} has, got ${priority}`);
  const levels = condition.levels.map((level, i) => (i === at ? { ...level, threshold } : level));
  // The outermost is broken first and comes first.
  return { ...condition, levels: levels.sort((a, b) => (condition.side === 'below' ? b.threshold - a.threshold : a.threshold - b.threshold)) };
}
