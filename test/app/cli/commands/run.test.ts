import { join } from 'node:path';
import { expect, test } from 'vitest';
import { dropFile } from '../../../support/inbox.ts';
import { jsonLines } from '../../../support/command.ts';
import { tempDir } from '../../../support/tempDir.ts';

/** A reading of one pump and time. */
const rowWith = (psi: number) => `COHUTTA,3/10/14,1:01,10,1.5,80,0.5,${psi},1.5`;

test('run --once --json prints its one line only, also when a correction takes an alert back', async () => {
  const dataDir = tempDir();
  const takeAll = () => jsonLines(['run', '--once', '--data-dir', dataDir]);
  dropFile(join(dataDir, 'inbox'), 'a.csv', [rowWith(4)]);
  expect(await takeAll()).toMatchObject([{ stored: 1, alerts: 1 }]);
  dropFile(join(dataDir, 'inbox'), 'b.csv', [rowWith(40)]);
  expect(await takeAll()).toMatchObject([{ stored: 1, alerts: 0 }]);
});
