import {
  appendFileSync,
  closeSync,
  existsSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { parseTime } from '../../../domain/reading/wallClock.ts';
import type { Table } from '../../../storage/table/table.ts';
import { dropFile } from '../../support/inbox.ts';
import { psiOf } from '../../support/measures.ts';
import { RunningJob } from '../../support/runningJob.ts';
import { tempDir } from '../../support/tempDir.ts';
import { until } from '../../support/waiting.ts';

/** With psi last, so that half a line may end in half a number. */
const HEADER = 'ResourceID,Date,Time,HZ,Displace,Flow,SedimentPPM,ChlorinePPM,PressureLbs\n';
const row = (minute: number, psi: number | string) => `P,3/10/14,1:${String(minute).padStart(2, '0')},10,1.5,880,1.5,1.9,${psi}`;
const psiAt = async (table: Table, minute: number) =>
  psiOf(await table.lookup('P', parseTime(`2014-03-10T01:${String(minute).padStart(2, '0')}`)!));
const isDone = (job: RunningJob, name: string) => until(() => existsSync(join(job.inbox, 'done', name)));

test('a copy that sets the length first and fills it in pauses gives every row', async () => {
  const job = await RunningJob.start(tempDir());
  const text = Buffer.from(Array.from({ length: 60 }, (_, i) => `${row(i, 50)},`.replace(/,$/, '')).map((line) => `${line}\n`).join(''));
  const lines = Buffer.concat([Buffer.from(HEADER), text]);
  const fd = openSync(join(job.inbox, 'smb.csv'), 'w');
  ftruncateSync(fd, lines.length);
  for (let at = 0; at < lines.length; at += 500) {
    writeSync(fd, lines.subarray(at, at + 500), 0, undefined, at);
    await sleep(300);
  }
  closeSync(fd);
  await isDone(job, 'smb.csv');
  expect((await job.table.counts()).directory).toMatchObject({ stored: 60, rejected: 0 });
  await job.stop();
});

test('a file that grows in done/ is told, and the rest is read; half a number is replaced by the whole one', async () => {
  const job = await RunningJob.start(tempDir());
  job.drop('x.csv', `${HEADER}${row(1, 50)}\n${row(2, 6)}`); // its writer still has it open
  await isDone(job, 'x.csv');
  expect(await psiAt(job.table, 2)).toBe(6);
  appendFileSync(join(job.inbox, 'done', 'x.csv'), `2.5\n${row(3, 70)}\n`);
  await until(async () => (await psiAt(job.table, 3)) === 70);
  await isDone(job, 'x.csv');
  expect(await psiAt(job.table, 2)).toBe(62.5);
  expect(
    job.events.filter(({ level, message }) => level === 'warn' && message.includes('done/x.csv has grown after it was read')).length,
  ).toBe(1);
  expect((await job.table.counts()).directory).toMatchObject({ rejected: 0, duplicate: 0 });
  await job.stop();
});

test('NULs that lay at the end of a file in done/ and have become text are read', async () => {
  const job = await RunningJob.start(tempDir(), { settle: 0 });
  const lines = `${HEADER}${row(1, 50)}\n`;
  job.drop('x.csv', Buffer.concat([Buffer.from(lines), Buffer.alloc(row(2, 60).length + 1)]));
  await isDone(job, 'x.csv');
  const fd = openSync(join(job.inbox, 'done', 'x.csv'), 'r+');
  writeSync(fd, `${row(2, 60)}\n`, lines.length);
  closeSync(fd);
  await until(async () => (await psiAt(job.table, 2)) === 60);
  await job.stop();
});

test('a file that grows in done/ while no job runs is found by the next one', async () => {
  const dir = tempDir();
  dropFile(join(dir, 'inbox'), 'x.csv', `${HEADER}${row(1, 50)}\n`);
  mkdirSync(join(dir, 'inbox', 'done'), { recursive: true });
  writeFileSync(join(dir, 'inbox', 'done', 'x.csv'), 'another one'); // so it lies there under a name with a suffix
  await (await RunningJob.start(dir, { once: true })).ended();
  const [name] = readdirSync(join(dir, 'inbox', 'done')).filter((each) => each !== 'x.csv');
  appendFileSync(join(dir, 'inbox', 'done', name), `${row(2, 60)}\n`);
  const job = await RunningJob.start(dir, { once: true });
  expect(await job.ended()).toMatchObject({ stored: 1, duplicate: 0 });
  expect(job.events.map(({ message }) => message)).toContainEqual(expect.stringContaining(`${name} has grown`));
});

test('a move to done/ that a power loss took back costs nothing: the file is not read again', async () => {
  const dir = tempDir();
  const inbox = join(dir, 'inbox');
  const job = await RunningJob.start(dir);
  job.drop('old.csv', `${HEADER}${row(1, 50)}\n${row(2, 51)}`);
  await until(() => existsSync(join(inbox, 'done', 'old.csv')));
  job.drop('new.csv', `${HEADER}${row(1, 60)}\n`);
  await isDone(job, 'new.csv');
  const claims = [...(await job.table.state('file:')).keys()].map((name) => name.slice('file:'.length));
  await job.stop();
  const old = claims.find((id) => id.endsWith('/old.csv'))!;
  mkdirSync(join(inbox, '.claimed', old, '..'), { recursive: true });
  renameSync(join(inbox, 'done', 'old.csv'), join(inbox, '.claimed', old));
  const again = await RunningJob.start(dir, { once: true });
  expect(await again.ended()).toEqual({ stored: 0, replaced: 0, retracted: 0, duplicate: 0, replayed: 0, rejected: 0, alerts: 0 });
  expect(readdirSync(join(inbox, 'done')).sort()).toEqual(['new.csv', 'old.csv']);
  const check = await RunningJob.start(dir);
  expect(await psiAt(check.table, 1)).toBe(60);
  await check.stop();
});

test('only the positions of the files that were read last are kept', async () => {
  const dir = tempDir();
  for (let i = 0; i < 150; i++) dropFile(join(dir, 'inbox'), `f${i}.csv`, `${HEADER}${row(i % 60, 50)}\n`);
  await (await RunningJob.start(dir, { once: true })).ended();
  const job = await RunningJob.start(dir);
  job.drop('last.csv', `${HEADER}${row(1, 51)}\n`);
  await isDone(job, 'last.csv');
  expect((await job.table.state('file:')).size).toBeLessThanOrEqual(65);
  await job.stop();
});

test('sub-folders and files that are never read are told by name, each once', async () => {
  const dir = tempDir();
  mkdirSync(join(dir, 'inbox', 'site1'), { recursive: true });
  writeFileSync(join(dir, 'inbox', 'notes.txt'), '');
  const job = await RunningJob.start(dir);
  await until(() => job.events.length > 0);
  writeFileSync(join(job.inbox, 'more.xls'), '');
  await until(() => job.events.length > 1);
  await sleep(2200);
  expect(job.events.map(({ level, message }) => `${level} ${message.split(' in ')[0]}`)).toEqual([
    'warn notes.txt, site1/',
    'warn more.xls',
  ]);
  await job.stop();
});
