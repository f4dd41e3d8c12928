import { expect, test } from 'vitest';
import { RareLog } from '../../domain/rareLog.ts';

test('of each kind five lines a minute are told, the others are counted', () => {
  const said: string[] = [];
  let now = 0;
  const log = new RareLog({ onLog: ({ message }) => said.push(message), now: () => now });
  for (let i = 1; i <= 1000; i++) log.say('a', { level: 'warn', message: `a ${i}` });
  log.say('b', { level: 'warn', message: 'b' });
  expect(said).toEqual(['a 1', 'a 2', 'a 3', 'a 4', 'a 5', 'b']);
  now = 59_999;
  log.settle();
  expect(said).toHaveLength(6);
  now = 60_000;
  log.settle();
  expect(said.at(-1)).toBe('995 more like this within a minute, the last: a 1000');
  log.say('a', { level: 'warn', message: 'a again' });
  expect(said.at(-1)).toBe('a again');
});

test('what was left out is told at the end', () => {
  const said: string[] = [];
  const log = new RareLog({ onLog: ({ message }) => said.push(message), now: () => 0 });
  for (let i = 1; i <= 7; i++) log.say('a', { level: 'warn', message: `a ${i}` });
  log.close();
  log.close();
  expect(said.slice(5)).toEqual(['2 more like this within a minute, the last: a 7']);
});
