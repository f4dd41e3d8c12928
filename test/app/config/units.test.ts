import { expect, test } from 'vitest';
import { parseDuration, parseSize } from '../../../app/config/units.ts';
import { formatDuration } from '../../../domain/duration.ts';
import fc from '../../support/property.ts';

test.each([
  ['500ms', 500],
  ['2s', 2000],
  ['1.5s', 1500],
  ['2 s', 2000],
  ['3m', 180_000],
  ['1h', 3_600_000],
  ['30d', 2_592_000_000],
  ['0', 0],
  ['0s', 0],
])('%s is a duration', (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
});

test.each(['', '5', 's', '-1s', '1e3s', '1S', '1 day', '1h30m', ' 1s', '.5s', '99999999999999d'])('%j is no duration', (text) => {
  expect(parseDuration(text)).toBeUndefined();
});

test.each([
  ['10GB', 10e9],
  ['512MB', 512e6],
  ['1.5 kB', 1500],
  ['64KiB', 65_536],
  ['1TiB', 2 ** 40],
  ['100B', 100],
])('%s is a size', (text, bytes) => {
  expect(parseSize(text)).toBe(bytes);
});

test.each(['', '10', 'GB', '-1GB', '10G', '1e3B', '99999999TB', 'iB', '5iB'])('%j is no size', (text) => {
  expect(parseSize(text)).toBeUndefined();
});

test('what is written is read back the same', () => {
  fc.assert(fc.property(fc.nat(), (ms) => parseDuration(formatDuration(ms)) === ms));
});
