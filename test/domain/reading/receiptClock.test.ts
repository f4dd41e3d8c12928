import { expect, test } from 'vitest';
import { ReceiptClock } from '../../../domain/reading/receiptClock.ts';

test('times of receipt never fall when the system’s clock is set back, on no thread', () => {
  const shared = ReceiptClock.shared();
  let now = 1000;
  const one = new ReceiptClock(shared, () => now);
  const other = new ReceiptClock(shared, () => 900);
  expect(one.next()).toBe(1000);
  now = 500;
  expect(one.next()).toBe(1000);
  expect(other.next()).toBe(1000);
  now = 1001;
  expect(one.next()).toBe(1001);
});

test('what an earlier run received stays earlier', () => {
  const clock = new ReceiptClock(ReceiptClock.shared(), () => 1000);
  clock.advanceTo(5000);
  clock.advanceTo(10);
  expect(clock.next()).toBe(5000);
});
