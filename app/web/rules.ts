import type { Measure } from '../../domain/measures.ts';
import type { Me } from '../http/schemas/session.ts';
import { me } from './session.ts';

export type Rule = Me['rules'][number];

/** The rules that watch a pump. */
export function rulesOf(pump: string): readonly Rule[] {
  return me.value.rules.filter(({ pumps }) => matches(pumps, pump));
}

/** The strictest threshold that a pump has for a measure, null for none: the one that is drawn where there is place for one. */
export function limitOf(pump: string, measure: Measure): number | null {
  const limits = rulesOf(pump).filter((rule) => rule.measure === measure).map(({ threshold }) => threshold);
  return limits.length === 0 ? null : Math.max(...limits);
}

/** The priority of a rule by its id, null when it is configured no longer. */
export function priorityOf(id: string): Rule['priority'] | null {
  return me.value.rules.find((rule) => rule.id === id)?.priority ?? null;
}

/** `*` stands for any run of characters; all others for themselves. */
function matches(pattern: string, pump: string): boolean {
  const pieces = pattern.split('*').map((piece) => piece.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${pieces.join('.*')}$`, 'su').test(pump);
}
