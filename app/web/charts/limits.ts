import type { Measure } from '../../../domain/measures.ts';
import type { Me } from '../../http/schemas/session.ts';
import type { Limit } from './layers.ts';

/** The limits that the site's rules set for a pump, by measure. */
export function limitsOf(rules: Me['rules'], pump: string): Partial<Record<Measure, Limit[]>> {
  const limits: Partial<Record<string, Limit[]>> = {};
  for (const { id, measure, comparison, threshold, pumps } of rules) {
    if (concerns(pumps, pump)) (limits[measure] ??= []).push({ value: threshold, label: `${id}: ${comparison} ${threshold}` });
  }
  return limits;
}

/** Whether a rule's pattern means a pump; `*` stands for any run of characters. */
function concerns(pattern: string, pump: string): boolean {
  const pieces = pattern.split('*').map((piece) => piece.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'));
  return new RegExp(`^${pieces.join('.*')}$`, 'su').test(pump);
}
