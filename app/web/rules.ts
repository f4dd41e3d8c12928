import { computed } from '@preact/signals';
import { pumpMatcher } from '../../domain/alarm/pumpPattern.ts';
import type { Measure } from '../../domain/reading/measures.ts';
import type { Me } from '../http/schemas/session.ts';
import type { Limit } from './charts/limits.ts';
import { me } from './session.ts';

export type Rule = Me['rules'][number];

/** By pump, as they are asked for: tables ask once a cell. */
const found = computed(() => ({ rules: me.value.rules, byPump: new Map<string, readonly Rule[]>() }));

/** The rules of a fixed limit that watch a pump. */
export function limitRulesOf(pump: string): readonly Rule[] {
  const { rules, byPump } = found.value;
  const those = byPump.get(pump) ?? rules.filter(({ pumps }) => pumpMatcher(pumps)(pump));
  byPump.set(pump, those);
  return those;
}

/** The limits that the site's rules set for a pump, by measure. */
export function limitsOf(pump: string): Partial<Record<Measure, Limit[]>> {
  const limits: Partial<Record<string, Limit[]>> = {};
  for (const { id, measure, comparison, threshold } of limitRulesOf(pump)) {
    (limits[measure] ??= []).push({ value: threshold, comparison, label: `${id}: ${comparison} ${threshold}` });
  }
  return limits;
}

/** The thresholds that a pump has for a measure. */
export function thresholdsOf(pump: string, measure: Measure): readonly number[] {
  return [...new Set(limitRulesOf(pump).filter((rule) => rule.measure === measure).map(({ threshold }) => threshold))];
}

/** What goes on at a pump, the most severe first; rules that are configured no longer come last. */
export function bySeverity<T extends { readonly rule: string }>(active: readonly T[]): readonly T[] {
  const rank = ({ rule }: T) => ['high', 'medium', 'low', null].indexOf(priorityOf(rule));
  return [...active].sort((a, b) => rank(a) - rank(b));
}

/** How a panel of a pump looks by what goes on at it. */
export function alarmClass(active: readonly { readonly rule: string }[]): string {
  return active.length === 0 ? '' : `alarming ${priorityOf(bySeverity(active)[0].rule) ?? 'low'}`;
}

/** The priority of a rule by its id, null when it is configured no longer. */
export function priorityOf(id: string): Me['alarms'][number]['priority'] | null {
  return me.value.alarms.find((rule) => rule.id === id)?.priority ?? null;
}
