import { expect, test } from 'vitest';
import { futureReason, receiptsOf } from '../../../domain/reading/receipt.ts';
import { parseTime } from '../../../domain/reading/wallClock.ts';

const noon = Date.parse('2025-07-01T12:00:00.250Z');

test('the latest time counts from the site\'s own wall time at receipt', () => {
  const receipt = receiptsOf('America/Chicago', 86_400_000)(noon);
  expect(receipt).toMatchObject({ receivedAt: noon, latest: { time: parseTime('2025-07-02T07:00:00.250') } });
  expect(receiptsOf('America/Chicago', Infinity)(noon)).toEqual({ receivedAt: noon });
});

test('the reason says both times and the setting', () => {
  const { latest } = receiptsOf('America/Chicago', 7_200_000)(noon);
  expect(futureReason(parseTime('2099-01-01')!, latest!)).toBe(
    "expected a time at most 2h (limits.future) after the site's own, which was 2025-07-01T07:00:00 at receipt, got 2099-01-01T00:00:00",
  );
});
