import type { Rule } from '../../domain/alarm/rule.ts';

/** The rule of the default configuration. */
export const LOW_PSI: Rule = { id: 'low-psi', measure: 'psi', comparison: 'below', threshold: 5, pumps: '*', priority: 'high' };

/** A rule of another measure, in the other direction. */
export const HIGH_HZ: Rule = { id: 'high-hz', measure: 'hz', comparison: 'above', threshold: 100, pumps: '*', priority: 'low' };
