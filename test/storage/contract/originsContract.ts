import { expect, test } from 'vitest';
import { addCounts, type Counts, NO_COUNTS } from '../../../domain/balance.ts';
import type { StoredReceipt } from '../../../storage/table/receipts.ts';
import type { Step } from '../../../storage/table/steps.ts';
import type { Table } from '../../../storage/table/table.ts';
import { MEASURES } from '../../../domain/reading/measures.ts';
import { PSI } from '../../support/measures.ts';
import fc from '../../support/property.ts';
import { type Row, row, stepOf, type StepParts, time } from '../../support/steps.ts';

/** A row and the source that it comes from. */
export interface SourcedRow extends Row {
  readonly source: string;
  readonly line: number;
}

/** A step of rows of several sources, in order of receipt; `rejects` are sources of rejects. */
export function sourcedStep(rows: readonly SourcedRow[], rejects: readonly string[] = [], parts: StepParts = {}): Step {
  const receivedAt = rows.at(-1)?.receivedAt ?? 1;
  const step = stepOf(rows, {
    ...parts,
    rejects: rejects.map((source, i) => ({ id: `${source}:${receivedAt}:${i}`, source, line: i + 1, reason: 'bad', raw: 'x', receivedAt })),
  });
  const { origins } = step.readings;
  if (!origins || !('note' in origins)) throw new TypeError('expected readings that can be filled');
  const note = origins.note as (source: { key: string; name: string; digest: null }) => number;
  const numberOf = (name: string) => note.call(origins, { key: name, name, digest: null });
  rows.forEach(({ source, line }, i) => {
    origins.source[i] = numberOf(source);
    origins.line[i] = line;
  });
  return { ...step, rejectSources: rejects.map(numberOf) };
}

type Open = () => Promise<Table>;
type Sums = Pick<StoredReceipt, 'stored' | 'replaced' | 'duplicate' | 'rejected'>;

/** What every table must know of where its rows came from. */
export function originsContract(open: Open, runs: number): void {
  const T0 = '2014-03-10T01:00';

  test('receipts tell of each source what became of its rows, and when they came', async () => {
    const table = await open();
    const from = (source: string, line: number, one: Row): SourcedRow => ({ ...one, source, line });
    const first = [from('a', 1, row('P', T0, 80, 5)), from('b', 1, row('P', T0, 80, 6)), from('b', 2, row('P', T0, 7, 7))];
    await table.write(sourcedStep(first, ['c']));
    await table.write(sourcedStep([from('a', 2, row('Q', T0, 80, 9))], ['a', 'b']));
    const { receipts, older } = await table.receipts();
    expect(older).toBeUndefined();
    const none = { receiver: 'directory', stored: 0, replaced: 0, retracted: 0, duplicate: 0, rejected: 1, digest: null };
    expect(receipts).toEqual([
      { ...none, number: 1, source: 'a', stored: 2, first: 5, last: 9 },
      { ...none, number: 2, source: 'b', stored: 1, replaced: 1, duplicate: 1, first: 6, last: 9 },
      { ...none, number: 3, source: 'c', first: 7, last: 7 },
    ]);
  });

  test('receipts add up to the counts, whatever came', async () => {
    const source = fc.constantFrom('a', 'b', 'c');
    const one = fc.record({ pump: fc.constantFrom('P', 'Q'), minute: fc.nat(3), psi: fc.constantFrom(3, 80), source });
    const parts = { rows: fc.array(one, { maxLength: 8 }), rejects: fc.array(source, { maxLength: 2 }) };
    const steps = fc.array(fc.record(parts), { maxLength: 6 });
    await fc.assert(fc.asyncProperty(steps, async (all) => {
      const table = await open();
      let counts: Counts = NO_COUNTS;
      for (const [i, { rows, rejects }] of all.entries()) {
        const sourced = rows.map(({ source: from, pump, minute, psi }, line) =>
          ({ ...row(pump, `2014-03-10T01:0${minute}`, psi, i * 100 + line), source: from, line }));
        counts = addCounts(counts, (await table.write(sourcedStep(sourced, rejects))).counts);
      }
      const { receipts } = await table.receipts();
      const sum = (key: keyof Sums) => receipts.reduce((all, receipt) => all + receipt[key], 0);
      expect({ stored: sum('stored'), replaced: sum('replaced'), duplicate: sum('duplicate'), rejected: sum('rejected') })
        .toEqual({ stored: counts.stored, replaced: counts.replaced, duplicate: counts.duplicate, rejected: counts.rejected });
    }), { numRuns: Math.ceil(runs / 4) });
  });

  test('of each reading it is known which rows came, and what they replaced', async () => {
    const table = await open();
    const one = (source: string, line: number, psi: number, receivedAt: number): SourcedRow =>
      ({ ...row('P', T0, psi, receivedAt), source, line });
    const other = (line: number): SourcedRow => ({ ...row('Q', T0, 80, 5), source: 'a', line });
    await table.write(sourcedStep([one('a', 3, 80, 5), other(4), one('b', 1, 80, 5)]));
    await table.write(sourcedStep([one('c', 1, 7, 8), one('c', 2, 9, 9)]));
    const { events, changes, sources } = await table.origins('P', time(T0));
    const whole = { cells: 63, duplicate: false };
    expect(events).toEqual([
      { ...whole, receipt: 5, source: 1, line: 3 }, { ...whole, receipt: 5, source: 2, line: 1, duplicate: true },
      { ...whole, receipt: 8, source: 3, line: 1 }, { ...whole, receipt: 9, source: 3, line: 2 },
    ]);
    expect(changes).toMatchObject([
      { column: PSI, value: 80, receivedAt: 5, by: { receipt: 8, source: 3, line: 1 } },
      { column: PSI, value: 7, receivedAt: 8, by: { receipt: 9, source: 3, line: 2 } },
    ]);
    expect([...sources].map(([number, { source }]) => [number, source])).toEqual([[1, 'a'], [2, 'b'], [3, 'c']]);
    expect(await table.origins('P', time('2014-03-10T01:01'))).toEqual({ events: [], changes: [], sources: new Map() });
  });

  test('of a row with some cells only these are known to come from it; of a retained message only what it added', async () => {
    const table = await open();
    const cells = (psi: number, hz: number) => MEASURES.map((_, c) => (c === PSI ? psi : c === 0 ? hz : NaN));
    const at = (source: string, receivedAt: number, values: number[]) => ({ pump: 'P', time: time(T0), receivedAt, values, source, line: 1 });
    await table.write(sourcedStep([at('a', 5, cells(80, NaN))]));
    await table.write(sourcedStep([at('b', 6, cells(7, 50))], [], { onlyNew: true }));
    await table.write(sourcedStep([at('c', 7, cells(7, 51))], [], { onlyNew: true }));
    const { events, changes } = await table.origins('P', time(T0));
    expect(events.map(({ source, cells: bits }) => [source, bits])).toEqual([[1, 1 << PSI], [2, 1]]);
    expect(changes).toEqual([]);
  });
}
