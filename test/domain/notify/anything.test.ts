import fc from '../../support/property.ts';
import { expect, test } from 'vitest';
import { alarmKey, isOver } from '../../../domain/notify/alarmNow.ts';
import { isPast } from '../../../domain/notify/late.ts';
import type { Notice } from '../../../domain/notify/told.ts';
import { CHANNELS, ROUTES, Site, steps } from './anything.ts';

const HOUR = 3_600_000;

/** What a careful reader of a channel's messages knows: threads that are open, with pump and rule, and those of what was found late. */
class Reader {
  readonly open = new Map<number, string>();
  readonly #late = new Set<number>();
  readonly #messages = new Map<number, number>();

  has(key: string): boolean {
    return [...this.open].some(([thread, one]) => one === key && !this.#late.has(thread));
  }

  read({ items }: Notice): void {
    for (const { saying, thread, message, alarm } of items) {
      const key = alarmKey(alarm);
      expect(message).toBe((this.#messages.get(thread) ?? 0) + 1);
      this.#messages.set(thread, message);
      if (saying === 'raised') {
        if (isPast(alarm)) this.#late.add(thread);
        else expect(this.has(key)).toBe(false);
        this.open.set(thread, key);
      } else if (saying === 'found') {
        this.#late.add(thread);
      } else {
        expect(this.open.get(thread) ?? (this.#late.has(thread) && saying === 'withdrawn' ? key : undefined)).toBe(key);
        if (saying === 'cleared' || saying === 'withdrawn') this.open.delete(thread);
      }
    }
  }
}

test('whatever happens, in any order and across restarts, each alarm that was told is told to be over, once and in order', () => {
  fc.assert(fc.property(steps, (all) => {
    const readers = new Map(Object.keys(CHANNELS).map((name) => [name, new Reader()]));
    const site = new Site((notice) => readers.get(notice.channel)!.read(notice), (channels) => {
      for (const [name, { open }] of readers) if (!channels.includes(name)) open.clear(); // nobody is there any more
    });
    for (const one of all) site.act(one);
    site.isComplete = true;
    site.ahead = 0;
    site.configure(ROUTES);
    site.pass(HOUR);
    // Whoever is to be told now has been: all that goes on and that nobody has, is told to duty.
    const duty = readers.get('duty')!;
    for (const one of site.alarms.filter((alarm) => !isOver(alarm) && !alarm.system && !isPast(alarm) && alarm.state === 'active-unacknowledged'))
      expect([...duty.open.values()]).toContain(alarmKey(one));
    for (const key of duty.open.values()) expect(site.alarms.some((alarm) => !isOver(alarm) && alarmKey(alarm) === key)).toBe(true);
    site.clearAll();
    site.pass(50 * HOUR);
    for (const { open } of readers.values()) expect([...open.keys()]).toEqual([]);
    expect([...site.told.cases.keys()]).toEqual([]);
  }), { numRuns: 300 });
});
