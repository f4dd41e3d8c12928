import { appendFileSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Message } from '../../../domain/notify/message.ts';
import { Outbox, readOutbox } from '../../../storage/outbox/outbox.ts';
import type { LogEvent } from '../../../domain/logEvent.ts';
import fc from '../../support/property.ts';
import { tempDir } from '../../support/tempDir.ts';

const message = (number: number, body = 'x'): Message => ({
  number, id: `msg_${number}`, channel: 'duty', kind: 'raised', priority: 'high', summary: 'HIGH', keys: ['a'], at: Date.now(),
  content: { kind: 'http', contentType: 'application/json', body }, attempts: 0, notBefore: 0, problem: null,
});
const told = (...messages: Message[]) => ({ kind: 'told' as const, threads: 1, cases: [], gone: [], channels: [], messages });

async function filled(dir: string, log: LogEvent[] = []) {
  const outbox = await Outbox.open(dir, (event) => log.push(event));
  for (const number of [1, 2, 3]) await outbox.add(told(message(number)));
  outbox.note({ kind: 'ended', number: 1, at: Date.now(), result: 'sent', problem: null });
  outbox.note({ kind: 'ended', number: 2, at: Date.now(), result: 'failed', problem: '404' });
  await outbox.close();
  return join(dir, 'notify/outbox.log');
}

test('what was written is there after a restart: what waits, what was given up, what was sent', async () => {
  const dir = tempDir();
  await filled(dir);
  const { waiting, dead, history, number, deliveries } = readOutbox(dir)!;
  expect(deliveries.map(({ channel, sent, failed }) => [channel, sent, failed])).toEqual([['duty', 1, 1]]);
  expect([[...waiting.keys()], [...dead.keys()], history.map((one) => one.result), number]).toEqual([[3], [2], ['sent', 'failed'], 3]);
  const again = await Outbox.open(dir, () => undefined);
  await again.add({ kind: 'again', number: 2 });
  await again.close();
  expect(readOutbox(dir)!.deliveries).toEqual(deliveries);
  expect([...readOutbox(dir)!.waiting.values()].find((one) => one.number === 2)?.content).toEqual(message(2).content);
});

test('a line that a crash has torn at any byte costs only itself', async () => {
  const dir = tempDir();
  const path = await filled(dir);
  const whole = readFileSync(path);
  const two = whole.indexOf('\n', whole.indexOf('\n') + 1) + 1; // the log's head and message 1
  await fc.assert(fc.asyncProperty(fc.integer({ min: two, max: whole.length }), async (length) => {
    writeFileSync(path, whole);
    truncateSync(path, length);
    const outbox = await Outbox.open(dir, (event) => expect(event).toBeUndefined());
    await outbox.add(told(message(9)));
    await outbox.close();
    const state = readOutbox(dir)!;
    expect(state.waiting.has(9)).toBe(true);
    expect(state.waiting.has(1) || state.history.length > 0).toBe(true);
  }), { numRuns: 60 });
});

test('a line that the disk has changed is told, and the others are read', async () => {
  const dir = tempDir();
  const path = await filled(dir);
  const text = readFileSync(path, 'utf8').split('\n');
  text[1] = text[1].replace('msg_1', 'msg_X');
  writeFileSync(path, text.join('\n'));
  const log: LogEvent[] = [];
  const outbox = await Outbox.open(dir, (event) => log.push(event));
  await outbox.close();
  expect(log).toMatchObject([{ level: 'error' }]);
  expect([...readOutbox(dir)!.waiting.keys()]).toEqual([3]);
});

test('the log does not grow with what is over', async () => {
  const dir = tempDir();
  const outbox = await Outbox.open(dir, () => undefined);
  for (let number = 1; number <= 400; number++) {
    await outbox.add(told(message(number, 'x'.repeat(20_000))));
    outbox.note({ kind: 'ended', number, at: Date.now(), result: 'sent', problem: null });
  }
  await outbox.close();
  expect(statSync(join(dir, 'notify/outbox.log')).size).toBeLessThan(3e6);
  appendFileSync(join(dir, 'notify/outbox.log'), 'torn');
  expect(readOutbox(dir)!.number).toBe(400);
});
