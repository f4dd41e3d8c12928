import { expect, test } from 'vitest';
import { CopyProgress } from '../../../app/copy/progress.ts';
import { parseTime } from '../../../domain/reading/wallClock.ts';
import { freshTable, someRows, writeRows } from './tables.ts';

test('tells pump-days, readings, readings a second and what is left, from the place where it goes on', async () => {
  const source = await freshTable();
  await writeRows(source, someRows(['A', 'B'], 5, 10));
  let now = 0;
  const place = (pump: string, day: string) => ({ pump, time: parseTime(`2014-03-${day}T00:09`)! });
  const fresh = await CopyProgress.of(source, () => now);
  fresh.start(undefined);
  expect(fresh.step(place('A', '11'), 20)).toBe('2 of 10 pump-days: A; 20 readings');
  now = 4000;
  expect(fresh.step(place('A', '13'), 20)).toBe('4 of 10 pump-days: A; 40 readings, 10 a second, about 6 s left');
  const again = await CopyProgress.of(source, () => now);
  again.start(place('A', '14'));
  now = 6000;
  expect(again.step(place('B', '11'), 20)).toBe('7 of 10 pump-days: B; 20 readings, 10 a second, about 3 s left');
  await source.close();
});
