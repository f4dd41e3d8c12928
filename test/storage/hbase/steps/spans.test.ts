import { expect, test } from 'vitest';
import { Environment } from '../../../../storage/lmdb/environment.ts';
import { covers, Spans } from '../../../../storage/hbase/steps/spans.ts';
import fc from '../../../support/property.ts';
import { tempDir } from '../../../support/tempDir.ts';

async function openSpans(cached = true) {
  const dir = tempDir();
  const environment = (await Environment.open(dir, true))!;
  const { meta } = environment.stores(['meta'], true)!;
  const spans = new Spans(meta, cached);
  const cover = (times: readonly number[]) =>
    environment.transact('test', () => spans.cover('A', Float64Array.from(times), { from: 0, to: times.length }));
  return { spans, cover, meta, environment, close: () => environment.close() };
}

test('spans cover what was covered, whatever comes, and stay few and apart', async () => {
  const { spans, cover, close } = await openSpans();
  const steps = fc.array(fc.array(fc.integer({ min: -500, max: 500 }), { minLength: 1, maxLength: 60 }), { minLength: 1, maxLength: 12 });
  const all = new Set<number>();
  fc.assert(fc.property(steps, (drawn) => {
    for (const times of drawn) {
      times.sort((a, b) => a - b);
      cover(times);
      for (const time of times) all.add(time);
    }
    const now = spans.of('A');
    for (const time of all) expect(covers(now, time)).toBe(true);
    expect(now.length).toBeLessThanOrEqual(16);
    now.forEach((span, i) => {
      expect(all.has(span.from) && all.has(span.to)).toBe(true);
      if (i > 0) expect(span.from).toBeGreaterThan(now[i - 1].to);
    });
  }), { numRuns: 40 });
  await close();
});

test('the widest gaps stay open', async () => {
  const { spans, cover, close } = await openSpans();
  cover(Array.from({ length: 1000 }, (_, minute) => minute));
  cover(Array.from({ length: 1000 }, (_, minute) => 50_000 + minute));
  expect(covers(spans.of('A'), 30_000)).toBe(false);
  expect(covers(spans.of('A'), 999)).toBe(true);
  expect(covers(spans.of('A'), 50_000)).toBe(true);
  expect(covers(spans.of('A'), 51_000)).toBe(false);
  expect(covers(spans.of('A'), -1)).toBe(false);
  await close();
});

test('a reader sees what a writer has covered since', async () => {
  const { meta, environment, cover, close } = await openSpans();
  const reader = new Spans(meta, false);
  cover([1]);
  expect(covers(reader.of('A', environment.snapshot()), 2)).toBe(false);
  cover([2, 3]);
  expect(covers(reader.of('A', environment.snapshot()), 3)).toBe(true);
  void close();
});
