import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openEmbeddedTable } from '../../../storage/embedded/table.ts';
import { Environment } from '../../../storage/lmdb/environment.ts';
import { row, stepOf } from '../../support/steps.ts';
import { tempDir } from '../../support/tempDir.ts';

const opened = (dir: string) => openEmbeddedTable({ dir, mode: 'writer', ttl: { data: null, alerts: null }, now: Date.now });

test('counts of a version that did not know a kind begin at 0, and go on', async () => {
  const dir = join(tempDir(), 'table');
  const before = await opened(dir);
  await before.write(stepOf([row('A', '2014-03-10')]));
  await before.close();
  const environment = await Environment.open(dir, true);
  const { meta } = environment!.stores(['meta'], true)!;
  environment!.transact('go back', () =>
    meta.put(Buffer.from('counts:directory'), Buffer.from('{"stored":1,"duplicate":7,"rejected":0,"alerts":0}')));
  await environment!.close();
  const table = await opened(dir);
  expect((await table.counts()).directory).toEqual({ stored: 1, replaced: 0, retracted: 0, duplicate: 7, replayed: 0, rejected: 0, alerts: 0 });
  await table.write(stepOf([row('A', '2014-03-10', 81, 2)]));
  expect((await table.counts()).directory).toEqual({ stored: 2, replaced: 1, retracted: 0, duplicate: 7, replayed: 0, rejected: 0, alerts: 0 });
  await table.close();
});
