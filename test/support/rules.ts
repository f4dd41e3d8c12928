import type { AlarmRule } from '../../domain/alarm/fold/alarmRule.ts';
import type { Rule } from '../../domain/alarm/rule.ts';

/** The rule of the default configuration. */
export const LOW_PSI: Rule = { id: 'low-psi', measure: 'psi', comparison: 'below', threshold: 5, pumps: '*', priority: 'high' };

/** A rule of another measure, in the other direction. */
export const HIGH_HZ: Rule = { id: 'high-hz', measure: 'hz', comparison: 'above', threshold: 100, pumps: '*', priority: 'low' };

/** An alarm rule with nothing but a limit; tests say what is otherwise. */
export const PLAIN: AlarmRule = {
  id: 'low-psi', pumps: '*', measure: 'psi', priority: 'high',
  condition: { kind: 'limit', side: 'below', levels: [{ priority: 'high', threshold: 5 }] },
  deadband: 0, onDelayMs: 0, offDelayMs: 0, holdMs: 300_000, when: null, afterMs: 0, repeated: null,
  suppressedBy: [], latch: false, acknowledge: true, realarmMs: null, respondWithinMs: null, guidance: null,
};
