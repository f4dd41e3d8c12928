import { expect, test } from 'vitest';
import { ArrivalWindows } from '../../../ingest/pumpState/arrivalWindows.ts';
import { PaneFragments } from '../../../ingest/pumpState/paneFragments.ts';
import { statisticsOf } from '../../../domain/statistics/statistics.ts';

const DAY_MS = 24 * 3_600_000;
const SLIDE_MS = 2000;
const NOW = 1_394_413_259_000;

const rowsOf = (psi: number) => ({ keys: ['16139:COHUTTA'], values: [{ psi: statisticsOf(psi), alerts: 0 }] });

test('windows that go on after a restart tell the last one, not those of the day before it', () => {
  const windows = new ArrivalWindows({ lengthMs: DAY_MS, slideMs: SLIDE_MS }, { mostPumpDays: Infinity, onTooMany: () => undefined });
  windows.begin(NOW);
  const first = windows.openPane;
  for (let pane = first; pane <= windows.paneOf(NOW); pane++) windows.add(pane, rowsOf(80));
  const results = windows.over(NOW);
  const end = Math.floor(NOW / SLIDE_MS) * SLIDE_MS;
  expect(results).toEqual([
    { time: end, rows: [{ pump: 'COHUTTA', day: 16139, count: DAY_MS / SLIDE_MS, min: 80, max: 80, mean: 80, alerts: 0 }] },
  ]);
  expect(windows.over(NOW + SLIDE_MS).map(({ time }) => time)).toEqual([end + SLIDE_MS]);
});

test('a step forgets the panes that have left the window, and no others, once', () => {
  const fragments = new PaneFragments();
  for (const pane of [1, 2, 4, 5]) fragments.change(pane, rowsOf(80), 0).commit();
  const forgotten = (first: number) => {
    const { state, commit } = fragments.change(6, rowsOf(80), first);
    commit();
    return Object.keys(state).filter((name) => state[name] === null);
  };
  expect(forgotten(4)).toEqual(['window:1:0', 'window:2:0']);
  expect(forgotten(4)).toEqual([]);
  expect(forgotten(6)).toEqual(['window:4:0', 'window:5:0']);
});
