import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addCounts, type Counts, NO_COUNTS } from '../../domain/balance.ts';
import type { StoredReceipt } from '../../storage/table/receipts.ts';
import type { Step } from '../../storage/table/steps.ts';
import type { Table } from '../../storage/table/table.ts';
import { type Row, row, stepOf, type StepParts } from '../support/steps.ts';

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
}
