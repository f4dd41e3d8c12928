import type { AlarmRule } from './alarmRule.ts';
import type { Bound, MachineRule } from './machine.ts';

/**
 * A rule for the machine, on an axis that grows outwards:
 *
 *   limit     the value, for limits below with the other sign    of each level
 *   change    the change                                         by
 *   range     how far outside                                    0
 *   deviates  how far beyond the day's baseline                  0
 *   stuck     1 or -1                                            0
 */
export function machineRuleOf(rule: AlarmRule): MachineRule {
  const { onDelayMs, offDelayMs, repeated, condition } = rule;
  // A median holds until the next one.
  const holdMs = condition.kind === 'deviates' ? condition.overMs : rule.holdMs;
  return { bounds: boundsOf(rule), onDelayMs, offDelayMs, holdMs, repeated };
}

function boundsOf({ condition, deadband, priority }: AlarmRule): readonly Bound[] {
  switch (condition.kind) {
    case 'limit':
      return condition.levels.map(({ priority: level, threshold }) =>
        condition.side === 'above'
          ? { priority: level, beyond: threshold, back: threshold - deadband }
          : { priority: level, beyond: -threshold, back: -(threshold + deadband) },
      );
    case 'change': return [{ priority, beyond: condition.by, back: condition.by - deadband }];
    case 'range':
    case 'deviates': return [{ priority, beyond: 0, back: -deadband }];
    case 'stuck':
    case 'silent': return [{ priority, beyond: 0, back: 0 }];
  }
}
