import { expect, test } from 'vitest';
import { siteTime } from '../../../app/cli/siteTime.ts';

test.each([
  ['2026-11-21T10:55:51Z', 'America/Chicago', '2026-11-21 04:55:51'],
  ['2026-06-21T00:00:00Z', 'America/Chicago', '2026-06-20 19:00:00'],
  ['2026-11-21T10:55:51.250Z', 'Asia/Kolkata', '2026-11-21 16:25:51.250'],
  ['2026-11-21T00:00:00.007Z', 'UTC', '2026-11-21 00:00:00.007'],
])('%s in %s is %s', (instant, zone, expected) => {
  expect(siteTime(instant, zone)).toBe(expected);
  expect(siteTime(Date.parse(instant), zone)).toBe(expected);
});
