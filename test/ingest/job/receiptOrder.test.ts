import { expect, test } from 'vitest';
import { ReceiptOrder } from '../../../ingest/job/receiptOrder.ts';
import { newestReceipt, RECEIPT_STATE } from '../../../storage/table/state.ts';
import { StepBuffer } from '../../../ingest/decode/stepBuffer.ts';

/** A step that grows: what its rows' times of receipt are after each growth, and what commits with it. */
function open() {
  const step = { buffer: new StepBuffer(100), state: {} as Record<string, number> };
  const { readings } = step.buffer;
  return {
    step,
    add: (...receipts: number[]) => receipts.forEach((at) => (readings.receivedAt[readings.length++] = at)),
    receipts: () => [...readings.receivedAt.subarray(0, readings.length)],
    next: () => {
      step.buffer.clear();
      step.state = {};
    },
  };
}

test('what is later than the step before stays as it is, and the newest commits with the step', () => {
  const order = new ReceiptOrder(1000);
  const { step, add, receipts } = open();
  add(1001, 1001, 1005);
  order.order(step.buffer.readings);
  order.close(step);
  expect(receipts()).toEqual([1001, 1001, 1005]);
  expect(step.state).toEqual({ [RECEIPT_STATE]: 1005 });
});

test('rows at or before the newest of the step before come right after it, the others stay', () => {
  const order = new ReceiptOrder(1000);
  const { step, add, receipts } = open();
  add(900, 1000, 1000, 1001, 1400);
  order.order(step.buffer.readings);
  expect(receipts()).toEqual([1001, 1001, 1001, 1001, 1400]);
});

test('steps of one millisecond are one after the other', () => {
  const order = new ReceiptOrder(0);
  const { step, add, receipts, next } = open();
  for (const expected of [5000, 5001, 5002]) {
    add(5000);
    order.order(step.buffer.readings);
    order.close(step);
    expect(receipts()).toEqual([expected]);
    expect(step.state).toEqual({ [RECEIPT_STATE]: expected });
    next();
  }
});

test('a step that grows stays in order: rows that were seen keep their times, later ones never fall below them', () => {
  const order = new ReceiptOrder(1000);
  const { step, add, receipts } = open();
  add(900);
  order.order(step.buffer.readings);
  expect(receipts()).toEqual([1001]);
  add(950, 1000);
  order.order(step.buffer.readings);
  order.order(step.buffer.readings);
  add(1001, 1002);
  order.order(step.buffer.readings);
  expect(receipts()).toEqual([1001, 1001, 1001, 1001, 1002]);
  order.close(step);
  expect(step.state).toEqual({ [RECEIPT_STATE]: 1002 });
});

test('a step without rows commits no time', () => {
  const order = new ReceiptOrder(1000);
  const { step, add, receipts } = open();
  order.order(step.buffer.readings);
  order.close(step);
  expect(step.state).toEqual({});
  add(1000);
  order.order(step.buffer.readings);
  expect(receipts()).toEqual([1001]);
});

test('the newest time is read from the state, and is 0 in one that has none', () => {
  expect(newestReceipt(new Map([[RECEIPT_STATE, 17]]))).toBe(17);
  expect(newestReceipt(new Map())).toBe(0);
});
