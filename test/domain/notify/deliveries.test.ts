import { expect, test } from 'vitest';
import { countDelivery, type Delivery, figuresOf } from '../../../domain/notify/deliveries.ts';
import fc from '../../support/property.ts';

const HOUR = 3_600_000;
const T = 500_000 * HOUR;

test('quantiles are right to a fifth, the longest wait exactly, whatever the waits are', () => {
  fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 300_000 }), { minLength: 1, maxLength: 200 }), (waits) => {
    const deliveries: Delivery[] = [];
    waits.forEach((wait, i) => countDelivery(deliveries, { channel: i % 2 ? 'a' : 'b', at: T, endedAt: T + wait, result: 'sent', attempts: i % 3 }));
    const { sent, retried, p95Ms, maxMs } = figuresOf(deliveries);
    const exact = [...waits].sort((a, b) => a - b)[Math.ceil(0.95 * waits.length) - 1];
    expect([sent, retried, maxMs]).toEqual([waits.length, waits.filter((_, i) => i % 3 > 0).length, Math.max(...waits)]);
    expect(p95Ms).toBeGreaterThanOrEqual(exact);
    expect(p95Ms).toBeLessThanOrEqual(Math.max(1, exact) * 1.2);
  }));
});

test('what was given up is counted apart, hour by hour, for forty days', () => {
  const deliveries: Delivery[] = [];
  const ended = (endedAt: number, result: 'sent' | 'failed') => countDelivery(deliveries, { channel: 'a', at: endedAt - 5, endedAt, result, attempts: 0 });
  ended(T, 'failed');
  ended(T + HOUR, 'sent');
  expect(deliveries.map(({ hour, sent, failed }) => [hour - T, sent, failed])).toEqual([[0, 0, 1], [HOUR, 1, 0]]);
  expect(figuresOf(deliveries.slice(0, 1))).toEqual({ sent: 0, failed: 1, retried: 0, p50Ms: null, p95Ms: null, maxMs: null });
  ended(T + 40 * 24 * HOUR, 'sent');
  expect(deliveries.map(({ hour }) => hour - T)).toEqual([HOUR, 40 * 24 * HOUR]);
});
