import { effect, signal } from '@preact/signals';
import type { AlertRunItem } from '../http/schemas/alerts.ts';
import { ApiError, get } from './api.ts';
import { generation } from './live.ts';
import { alertNews } from './news.ts';
import { me, session } from './session.ts';

/** Runs that go on, of one rule and threshold: each is of another pump. */
export interface RuleRuns {
  /** The first of them, at least one. */
  readonly runs: readonly AlertRunItem[];
  /** How many there are in all. */
  readonly total: number;
}

/** Runs of alerts that go on, whatever screen is shown, the first 500 of them; `undefined` before they are known. */
export const activeRuns = signal<readonly AlertRunItem[] | undefined>(undefined);
/** The same by rule, in no order. */
export const activeByRule = signal<readonly RuleRuns[]>([]);
/** How many there are in all. */
export const activeCount = signal(0);

const MOST = 500;

interface Page {
  readonly items: readonly AlertRunItem[];
  readonly total: number;
}

/** A run's name among runs; a run that goes on keeps it. */
export function runKey({ pump, rule, from }: Pick<AlertRunItem, 'pump' | 'rule' | 'from'>): string {
  return `${from} ${rule} ${pump}`;
}

effect(() => {
  void alertNews.value;
  void generation.value;
  if (session.value === 'open') void load();
});

async function load(): Promise<void> {
  try {
    const { items, total } = await get<Page>('/alert-runs', { active: true, limit: MOST });
    activeByRule.value = items.length === total
      ? [...Map.groupBy(items, ({ rule, threshold }) => `${rule} ${threshold}`).values()].map((runs) => ({ runs, total: runs.length }))
      : await loadByRule();
    activeRuns.value = items;
    activeCount.value = total;
  } catch (cause) {
    // Screens say what fails; the next news asks again.
    if (!(cause instanceof ApiError)) throw cause;
  }
}

/** Rule by rule: with more runs than a page holds, one rule could hide another, and each has to be counted. */
async function loadByRule(): Promise<RuleRuns[]> {
  const pages = await Promise.all(me.value.rules.map(({ id }) => get<Page>('/alert-runs', { active: true, rule: id, limit: 10 })));
  return pages.filter(({ items }) => items.length > 0).map(({ items, total }) => ({ runs: items, total }));
}
