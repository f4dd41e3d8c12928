import { expect, test } from 'vitest';
import { PSI } from '../../support/measures.ts';
import { collect, row, stepOf } from '../../support/steps.ts';
import type { Open } from './opening.ts';
import { rowsOf } from './rows.ts';

/** A row of a retained message. */
export function retainedContract(open: Open): void {
  test('goes only where no row is yet, is a duplicate elsewhere, and takes no alert back', async () => {
    const table = await open();
    const at = (clock: string, psi: number, receivedAt: number) => row('A', `2014-03-10T${clock}`, psi, receivedAt);
    await table.write(stepOf([at('01:00', 0, 1), at('03:00', 50, 1)]));
    const { counts, raised, withdrawn } = await table.write(
      stepOf([at('01:00', 60, 2), at('02:00', 1, 2), at('03:00', 2, 2), at('04:00', 3, 2)], { onlyNew: true, receiver: 'mqtt' }),
    );
    expect(counts).toMatchObject({ stored: 2, duplicate: 2, alerts: 2 });
    expect([raised.length, withdrawn]).toEqual([2, []]);
    expect((await rowsOf(table, 'A')).map(({ values }) => values[PSI])).toEqual([0, 1, 50, 3]);
    expect((await collect(table.alerts({}))).map(({ value }) => value)).toEqual([0, 1, 3]);
    await table.write(stepOf([at('04:00', 70, 3)]));
    expect((await rowsOf(table, 'A')).map(({ values }) => values[PSI])).toEqual([0, 1, 50, 70]);
  });
}
