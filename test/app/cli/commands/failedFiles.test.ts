import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { failedFiles } from '../../../../ingest/receivers/directory/failedFiles.ts';
import { dropFile } from '../../../support/inbox.ts';
import { jsonLines, runCommand } from '../../../support/command.ts';
import { tempDir } from '../../../support/tempDir.ts';

const env = { WELLWATCH_HTTP: 'false', WELLWATCH_SUMMARY: 'false', WELLWATCH_RECEIVERS_MQTT: 'false' };

test('files that could not be read show in rejects, status and doctor, with the reason; so do names that are never read', async () => {
  const cwd = tempDir();
  dropFile(join(cwd, 'var/inbox'), 'lacks.csv', 'ResourceID,Date,Time,HZ\nA,10/8/26,0:01,1\n');
  mkdirSync(join(cwd, 'var/inbox/site1'));
  await jsonLines(['run', '--once'], { cwd, env });
  const said = /1 file could not be read and lies in \S+failed:\s+lacks\.csv: .*PressureLbs/;
  const rejects = await runCommand(['rejects'], { cwd, env });
  expect(rejects.stderr).toMatch(said);
  expect(rejects.stderr).not.toContain('every row that came could be taken');
  expect((await runCommand(['status'], { cwd, env })).stdout).toMatch(said);
  const [status] = await jsonLines<{ failedFiles: unknown }>(['status'], { cwd, env });
  expect(status.failedFiles).toMatchObject({
    count: 1,
    newest: [{ name: 'lacks.csv', reason: expect.stringContaining('PressureLbs') as string }],
  });
  const { stdout, code } = await runCommand(['doctor'], { cwd, env });
  expect(stdout).toMatch(said);
  expect(stdout).toMatch(/site1\/ in \S+inbox: left alone, as sub-folders are not read/);
  expect(code).toBe(0);
});

test('damaged bytes of the journal show in the log, status and doctor', async () => {
  const cwd = tempDir();
  mkdirSync(join(cwd, 'var/journal'), { recursive: true });
  writeFileSync(join(cwd, 'var/journal/0000000001.journal'), Buffer.alloc(100, 7));
  const { stderr } = await runCommand(['run', '--once', '--json'], { cwd, env });
  expect(stderr).toMatch(/"level":"error".*rows that were acknowledged may be among them/);
  const kept = join(cwd, 'var/journal/0000000001-0.damaged');
  expect((await jsonLines<{ damage: string[] }>(['status'], { cwd, env }))[0].damage).toEqual([kept]);
  expect((await runCommand(['status'], { cwd, env })).stdout).toContain(kept);
  const { stdout, code } = await runCommand(['doctor'], { cwd, env });
  expect(stdout).toMatch(/failed.*0000000001-0\.damaged keeps bytes of the journal/);
  expect(code).toBe(1);
});

test('failed/ is counted, and the newest are told first, a few of them', () => {
  const inbox = tempDir();
  expect(failedFiles(inbox)).toEqual({ count: 0, isMore: false, newest: [] });
  mkdirSync(join(inbox, 'failed'));
  for (let i = 0; i < 9; i++) {
    writeFileSync(join(inbox, 'failed', `f${i}.csv`), '');
    writeFileSync(join(inbox, 'failed', `f${i}.csv.reason.txt`), `reason ${i}\n`);
  }
  const { count, newest } = failedFiles(inbox, 3);
  expect(count).toBe(9);
  expect(newest.length).toBe(3);
  for (const { name, reason } of newest) expect(reason).toBe(`reason ${name[1]}`);
});
