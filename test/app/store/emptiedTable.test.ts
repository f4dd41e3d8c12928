import { existsSync, mkdirSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { refuseEmptiedTable } from '../../../app/store/emptiedTable.ts';
import { openTable } from '../../../app/store/openTable.ts';
import { loadConfig } from '../../../app/config/load.ts';
import { RunningJob } from '../../support/runningJob.ts';
import { dropFile } from '../../support/inbox.ts';
import { tempDir } from '../../support/tempDir.ts';

const damaged = expect.objectContaining({ code: 'STORE_DAMAGED', message: expect.stringContaining('it is empty, but') as string }) as Error;

/** A data directory whose table has lost its content, with nothing else in it. */
function emptied(): { dir: string; config: ReturnType<typeof loadConfig> } {
  const dir = tempDir();
  mkdirSync(join(dir, 'table'));
  writeFileSync(join(dir, 'table', 'data.mdb'), '');
  return { dir, config: loadConfig({ file: undefined, flags: { dataDir: dir } }) };
}

test('an empty table by itself is one that is just being made', async () => {
  const { config } = emptied();
  refuseEmptiedTable(config);
  const table = await openTable(config, { mode: 'writer' });
  await table.close();
});

test.each([
  ['a journal with a message', 'journal/0000000001.journal', 'x'],
  ['a journal that was trimmed', 'journal/0000000002.journal', ''],
  ['a spool of an hour', 'table/spool/2026', 'x'],
  ['the ledger of a table in HBase', 'hbase/data.mdb', 'x'],
  ['a status that tells of rows', 'status.json', '{"totals":{"rows":{"directory":7}}}'],
  ['a file that was read', 'inbox/done/x.csv', 'x'],
])('an empty table beside %s is damage, again and again', async (_, name, content) => {
  const { dir, config } = emptied();
  mkdirSync(join(dir, name, '..'), { recursive: true });
  writeFileSync(join(dir, name), content);
  for (let i = 0; i < 2; i++) {
    expect(() => refuseEmptiedTable(config)).toThrow(damaged);
    await expect(openTable(config, { mode: 'writer' })).rejects.toEqual(damaged);
    await expect(openTable(config, { mode: 'reader' })).rejects.toEqual(damaged);
  }
  expect(statSync(join(dir, 'table', 'data.mdb')).size).toBe(0);
});

test('a table that lost its content after rows had come is damage; moved away, it begins anew', async () => {
  const dir = tempDir();
  dropFile(join(dir, 'inbox'), 'x.csv', 'A,3/10/14,1:01,10,2,900,1,85,1\n');
  await (await RunningJob.start(dir, { once: true })).ended();
  truncateSync(join(dir, 'table', 'data.mdb'), 0);
  const config = loadConfig({ file: undefined, flags: { dataDir: dir } });
  expect(() => refuseEmptiedTable(config)).toThrow(damaged);
  expect(existsSync(join(dir, 'inbox', 'done', 'x.csv'))).toBe(true);
});
