import type { Pump } from '../../../http/schemas/pumps.ts';
import { reportingOf } from '../../lastReadings.ts';
import { priorityOf } from '../../rules.ts';

const PRIORITIES = ['high', 'medium', 'low'] as const;
const STATES = [...PRIORITIES, 'silent', 'normal'] as const;
/** How a pump is, as far as one word says it. */
export type PumpState = (typeof STATES)[number];

/** The worst of what goes on at a pump; otherwise whether it reports. */
export function stateOf({ active, last }: Pump): PumpState {
  const worst = PRIORITIES.find((priority) => active.some(({ rule }) => (priorityOf(rule) ?? 'low') === priority));
  return worst ?? (reportingOf(last?.at ?? null) === 'reports' ? 'normal' : 'silent');
}

/** 0 for the worst. A silent pump is no worse than one that reports: the server puts neither before the other. */
export function badnessOf(pump: Pump): number {
  return Math.min(STATES.indexOf(stateOf(pump)), PRIORITIES.length);
}
