import { effect, signal } from '@preact/signals';
import type { AlertRunItem } from '../http/schemas/alerts.ts';
import { ApiError, get } from './api.ts';
import { generation } from './live.ts';
import { alertNews } from './news.ts';
import { session } from './session.ts';

/** Runs of alerts that go on, whatever screen is shown; `undefined` before they are known. */
export const activeRuns = signal<readonly AlertRunItem[] | undefined>(undefined);
/** How many there are; the list holds the first 500. */
export const activeCount = signal(0);

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
    const { items, active } = await get<{ items: AlertRunItem[]; active: number }>('/alert-runs', { active: true, limit: 500 });
    activeRuns.value = items;
    activeCount.value = active;
  } catch (cause) {
    // Screens say what fails; the next news asks again.
    if (!(cause instanceof ApiError)) throw cause;
  }
}
