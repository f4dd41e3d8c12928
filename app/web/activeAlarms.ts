import { effect, signal } from '@preact/signals';
import type { AlarmItem } from '../http/schemas/alarms.ts';
import { ApiError, get } from './api.ts';
import { generation } from './live.ts';
import { alertNews } from './news.ts';
import { me, session } from './session.ts';
import { isAhead } from './times.ts';

/** Alarms that go on, of one rule and condition: each is of another pump. */
export interface RuleAlarms {
  /** The first of them, at least one. */
  readonly alarms: readonly AlarmItem[];
  /** How many there are in all. */
  readonly total: number;
}

/** Alarms that go on, whatever screen is shown, the first 500 of them; `undefined` before they are known. */
export const activeAlarms = signal<readonly AlarmItem[] | undefined>(undefined);
/** The same without what is set aside, by rule, in no order. */
export const activeByRule = signal<readonly RuleAlarms[]>([]);
/** How many there are in all, without what is set aside. */
export const activeCount = signal(0);

const MOST = 500;
const SET_ASIDE: readonly AlarmItem['state'][] = ['shelved', 'suppressed', 'out-of-service'];

/** Whether somebody has set an alarm aside: it goes on, and asks for nobody. */
export function isSetAside({ state }: Pick<AlarmItem, 'state'>): boolean {
  return SET_ASIDE.includes(state);
}

interface Page {
  readonly items: readonly AlarmItem[];
  readonly total: number;
}

/** An alarm's name among alarms; an alarm that goes on keeps it. */
export function alarmKey({ pump, rule, from }: Pick<AlarmItem, 'pump' | 'rule' | 'from'>): string {
  return `${from} ${rule} ${pump}`;
}

effect(() => {
  void alertNews.value;
  void generation.value;
  if (session.value === 'open') void load();
});

async function load(): Promise<void> {
  try {
    const { items: all, total: inAll } = await get<Page>('/alarms', { active: true, order: 'newest', limit: MOST });
    // What begins in the future is not of now: the headline names its pump.
    const items = all.filter(({ from }) => !isAhead(from));
    const total = inAll - (all.length - items.length);
    const asking = items.filter((alarm) => !isSetAside(alarm));
    activeByRule.value = items.length === total
      ? [...Map.groupBy(asking, ({ rule, condition }) => `${rule} ${condition}`).values()].map((alarms) => ({ alarms, total: alarms.length }))
      : await loadByRule();
    activeAlarms.value = items;
    activeCount.value = total - (items.length - asking.length);
  } catch (cause) {
    // Screens say what fails; the next news asks again.
    if (!(cause instanceof ApiError)) throw cause;
  }
}

/** Rule by rule: with more alarms than a page holds, one rule could hide another, and each has to be counted. */
async function loadByRule(): Promise<RuleAlarms[]> {
  const pages = await Promise.all(me.value.alarms.map(({ id }) => get<Page>('/alarms', { active: true, order: 'newest', rule: id, limit: 10 })));
  return pages.filter(({ items }) => items.length > 0).map(({ items, total }) => ({ alarms: items, total }));
}
