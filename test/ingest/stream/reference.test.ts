import { expect, test } from 'vitest';
import { joinWithReference, leftOuterJoinWithReference, type Pair, pair, queue, refreshed } from '../../../ingest/stream.ts';
import { collect, contextOf, INTERVAL } from './running.ts';

const READINGS: Pair<string, number>[] = [pair('COHUTTA', 85), pair('GHOST', 3)];

test('readings are joined with what is known, and unknown pumps kept apart', async () => {
  const context = contextOf();
  const input = context.from(queue([READINGS]));
  const inner = input.pipe(joinWithReference(new Map([['COHUTTA', 'HYDROCAM']])));
  const outer = input.pipe(leftOuterJoinWithReference(new Map([['COHUTTA', 'HYDROCAM']])));
  const results = [inner, inner.unknown, outer, outer.unknown].map((stream) => collect<unknown>(stream));
  await context.runBatch();
  expect(results).toEqual([
    [[['COHUTTA', [85, 'HYDROCAM']]]],
    [[['GHOST', 3]]],
    [[['COHUTTA', [85, 'HYDROCAM']], ['GHOST', [3, undefined]]]],
    [[['GHOST', 3]]],
  ]);
});

test('a reference is loaded every so often; the last good one stays when that fails', async () => {
  const events: string[] = [];
  const context = contextOf({ onEvent: ({ level, message }) => events.push(`${level}: ${message}`) });
  const versions = [['COHUTTA', 'first'], 'the server is away', ['GHOST', 'third']];
  let loads = 0;
  const reference = refreshed(async () => {
    const version = versions[loads++];
    if (typeof version === 'string') throw new Error(version);
    return new Map([version as [string, string]]);
  }, 2 * INTERVAL);
  const input = context.from(queue(Array<typeof READINGS>(6).fill(READINGS)));
  const joined = collect(input.pipe(joinWithReference(reference)));
  collect(input.pipe(leftOuterJoinWithReference(reference))); // loads nothing of its own
  for (let i = 0; i < 6; i++) await context.runBatch();
  expect(joined.map(([[, [, found]]]) => found)).toEqual(['first', 'first', 'first', 'first', 'third', 'third']);
  expect(loads).toBe(3);
  expect(events).toEqual(['warn: reference data could not be refreshed: the server is away. The last good one stays']);
});

test('without a first good version the stream ends with a sentence', async () => {
  const context = contextOf();
  context.from(queue([READINGS])).pipe(joinWithReference(refreshed<Map<string, string>>(() => { throw new Error('no such file'); }, 1000)));
  await expect(context.runBatch()).rejects.toMatchObject({
    code: 'REFERENCE_UNUSABLE',
    message: 'expected reference data for the first batch, got none: no such file',
  });
});
