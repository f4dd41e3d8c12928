import { expect, test } from 'vitest';
import { mergePanes, paneColumnsOf, summariesOf } from '../../../ingest/pumpState/paneColumns.ts';
import { mergePumpDays, type PumpDaySummary } from '../../../ingest/pumpState/stepSummary.ts';
import { roundExact } from '../../../domain/statistics/exactSum.ts';
import { foldByKey, KeyMap, type Pair } from '../../../ingest/stream/key.ts';
import { statisticsOf } from '../../../domain/statistics/statistics.ts';
import fc from '../../support/property.ts';

type Row = Pair<string, PumpDaySummary>;

/** Numbers so far apart that their exact sum has many parts. */
const psi = fc
  .tuple(fc.double({ min: -1, max: 1, noNaN: true }), fc.constantFrom(1e-300, 1e-20, 1, 1e20))
  .map(([value, scale]) => value * scale + 0);
const row = fc
  .tuple(fc.constantFrom('1:A', '1:B', '2:A', '2:C'), psi, fc.nat(2))
  .map(([key, value, alerts]): Row => [key, { psi: statisticsOf(value), alerts }]);
const panes = fc.array(fc.array(row, { maxLength: 12 }), { minLength: 1, maxLength: 6 });

/** Sums as the number they come to. */
const plain = (rows: Iterable<Row>) =>
  Array.from(
    rows,
    ([
      key,
      {
        psi: { sum, ...rest },
        alerts,
      },
    ]) => ({ key, ...rest, alerts, sum: roundExact(sum) }),
  );

test('panes that are merged hold what their rows come to, in order of first appearance, and are not changed themselves', () => {
  fc.assert(fc.property(panes, (all) => {
    const columns = all.map((rows) => paneColumnsOf(foldByKey(rows, mergePumpDays)));
    const before = JSON.stringify(columns.map((each) => plain(summariesOf(each))));
    const merged = columns.reduce(mergePanes, paneColumnsOf(new KeyMap<string, PumpDaySummary>()));
    expect(plain(summariesOf(merged))).toEqual(plain(foldByKey(all.flat(), mergePumpDays) as Iterable<Row>));
    expect(JSON.stringify(columns.map((each) => plain(summariesOf(each))))).toBe(before);
  }), { numRuns: 500 });
});
