import { expect, test } from 'vitest';
import { SiteClock } from '../../../domain/reading/siteClock.ts';
import { formatTime, parseTime } from '../../../domain/reading/wallClock.ts';

const shown = (zone: string, instant: string) => formatTime(new SiteClock(zone).wallTimeAt(Date.parse(instant)));

test('the wall clock follows the zone, in both halves of the year and around its changes', () => {
  expect(shown('UTC', '2025-07-01T12:00:00Z')).toBe('2025-07-01T12:00:00');
  expect(shown('America/Chicago', '2025-07-01T12:00:00.250Z')).toBe('2025-07-01T07:00:00.250');
  expect(shown('America/Chicago', '2025-11-02T06:59:59Z')).toBe('2025-11-02T01:59:59');
  expect(shown('America/Chicago', '2025-11-02T07:00:00Z')).toBe('2025-11-02T01:00:00');
  expect(shown('America/Chicago', '2025-03-09T08:00:00Z')).toBe('2025-03-09T03:00:00');
  expect(shown('Asia/Kathmandu', '2025-07-01T12:00:00Z')).toBe('2025-07-01T17:45:00');
});

test.each([
  ['America/Chicago', '2025-11-02T00:59:59', false],
  ['America/Chicago', '2025-11-02T01:00:00', true],
  ['America/Chicago', '2025-11-02T01:59:59', true],
  ['America/Chicago', '2025-11-02T02:00:00', false],
  ['America/Chicago', '2025-11-09T01:30:00', false],
  ['America/Chicago', '2025-03-09T02:30:00', false], // skipped, not repeated
  ['Europe/Berlin', '2025-10-26T02:30:00', true],
  ['Europe/Berlin', '2025-10-26T03:00:00', false],
  ['Australia/Lord_Howe', '2025-04-06T01:15:00', false], // half an hour only
  ['Australia/Lord_Howe', '2025-04-06T01:45:00', true],
  ['UTC', '2025-11-02T01:30:00', false],
])('%s shows %s twice: %s', (zone, at, twice) => {
  expect(new SiteClock(zone).isTwice(parseTime(at)!)).toBe(twice);
});
