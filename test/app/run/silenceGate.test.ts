import { describe, expect, test } from 'vitest';
import { SilenceGate } from '../../../app/run/silenceGate.ts';
import type { AlarmNow } from '../../../domain/notify/alarmNow.ts';
import { PLAIN } from '../../support/rules.ts';

const MINUTE = 60_000;
const rules = [PLAIN, { ...PLAIN, id: 'gone', measure: null, condition: { kind: 'silent' as const, afterMs: 10 * MINUTE } }];
const alarm = (rule: string, more: Partial<AlarmNow> = {}) => ({ pump: 'A', rule, cleared: null, ...more }) as AlarmNow;
const job = (more: object = {}) => ({ store: { state: 'up' }, recovered: true, batches: [], ...more }) as never;

describe('that a pump is silent is told', () => {
  const told = (gate: SilenceGate, now: number, { newestHeard = now, isOpen = (): boolean => false } = {}) =>
    gate.through([alarm('low-psi'), alarm('gone'), alarm('gone', { cleared: '2014-03-10T00:00:00' })], { now, newestHeard, isOpen }).length;

  test('when rows had the time to come after a start, and at once where it had been told before', () => {
    const gate = new SilenceGate(rules, 0);
    expect(told(gate, 10 * MINUTE)).toBe(2);
    expect(told(gate, 10 * MINUTE, { isOpen: () => true })).toBe(3);
    expect(told(gate, 10 * MINUTE + 1)).toBe(3);
  });

  test('not as long as rows wait, or the store is away', () => {
    const gate = new SilenceGate(rules, 0);
    gate.see(job({ batches: [{ time: 20 * MINUTE, schedulingDelay: 60_000 }] }), 20 * MINUTE);
    expect(told(gate, 21 * MINUTE)).toBe(2);
    gate.see(job({ store: { state: 'away' } }), 40 * MINUTE);
    expect(told(gate, 41 * MINUTE)).toBe(2);
    expect(gate.letsSite('gone', 41 * MINUTE)).toBe(false);
    gate.see(job(), 60 * MINUTE);
    expect(told(gate, 60 * MINUTE)).toBe(3);
    expect(gate.letsSite('gone', 60 * MINUTE)).toBe(true);
  });

  test('not while no other pump is heard: then the whole site may have fallen silent', () => {
    const gate = new SilenceGate(rules, 0);
    expect(told(gate, 60 * MINUTE, { newestHeard: 54 * MINUTE })).toBe(2);
    expect(told(gate, 60 * MINUTE, { newestHeard: 56 * MINUTE })).toBe(3);
  });
});
