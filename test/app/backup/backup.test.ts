import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectAsync } from 'mqtt';
import { expect, onTestFinished, test } from 'vitest';
import { copyFile } from '../../../app/backup/copyFile.ts';
import { takeMoment } from '../../../app/backup/moment.ts';
import { loadConfig } from '../../../app/config/load.ts';
import { ActLog } from '../../../storage/files/actLog.ts';
import { jsonLines, runCommand } from '../../support/command.ts';
import { contents, readingLines, statusOf } from '../../support/contents.ts';
import { badRowOf, rowOf } from '../../support/feed.ts';
import { freePort } from '../../support/freePort.ts';
import { dropFile } from '../../support/inbox.ts';
import { runProgram, startProgram } from '../../support/program.ts';
import { tempDir } from '../../support/tempDir.ts';
import { until } from '../../support/waiting.ts';

const FILE_ROWS = 500;
const ENV = { WELLWATCH_RECEIVERS_MQTT: 'false', WELLWATCH_SUMMARY: 'false' };

interface BackedUp {
  readonly takenAt: string;
  readonly records: number;
  readonly balance: { readonly received: number; readonly stored: number; readonly duplicate: number; readonly pending: number };
}

const linesOf = (file: number, rows = FILE_ROWS) => Array.from({ length: rows }, (_, i) => rowOf(file * rows + i));
const ranOnce = (dataDir: string) => runProgram(['run', '--once', '--data-dir', dataDir, '--json'], { env: ENV });

/** A data directory with some rows, alerts, statistics, a reject, an act, and a file that waits. */
async function storedSite(): Promise<string> {
  const dataDir = join(tempDir(), 'var');
  dropFile(join(dataDir, 'inbox'), 'first.csv', [...linesOf(0), badRowOf(1)]);
  await ranOnce(dataDir);
  await jsonLines(['summarize', '--data-dir', dataDir]);
  const log = new ActLog(join(dataDir, 'acts.log'));
  await log.append({ at: 1000, by: 'ann', verified: false, via: 'cli', key: null },
    () => [{ kind: 'comment', pump: 'PUMP_0', rule: 'low-psi', seen: [{ from: 0, to: 60_000 }], comment: 'looked' }]);
  dropFile(join(dataDir, 'inbox'), 'waits.csv', linesOf(1));
  return dataDir;
}

test('backups under full ingest on both receivers restore to the balance of their moment, and to no row lost or twice', async () => {
  const dir = tempDir();
  const dataDir = join(dir, 'var');
  const port = await freePort();
  const job = startProgram(['run', '--quiet', '--data-dir', dataDir], { env: { WELLWATCH_RECEIVERS_MQTT_PORT: String(port), WELLWATCH_SUMMARY: 'false' } });
  onTestFinished(() => void job.kill('SIGKILL'));
  await until(async () => existsSync(join(dataDir, 'status.json')));
  const client = await connectAsync(`mqtt://127.0.0.1:${port}`, { reconnectPeriod: 0 });
  let feeding = true;
  let acknowledged = 0;
  const publishing = (async () => {
    for (; feeding; acknowledged++) await client.publishAsync('pumps/P/readings', rowOf(2_000_000 + acknowledged), { qos: 1 });
  })();
  const dropping = (async () => {
    for (let file = 0; feeding; file++) {
      dropFile(join(dataDir, 'inbox'), `f${file}.csv`, linesOf(file));
      await sleep(20);
    }
  })();
  const taken: { readonly to: string; readonly before: number; readonly said: BackedUp }[] = [];
  for (const name of ['one', 'two']) {
    await until(async () => (await statusOf({ dataDir })).balance.stored > (taken.at(-1)?.said.balance.stored ?? 0) + FILE_ROWS);
    const before = acknowledged;
    const [said] = await jsonLines<BackedUp>(['backup', join(dir, name), '--data-dir', dataDir]);
    taken.push({ to: join(dir, name), before, said });
  }
  feeding = false;
  await Promise.all([publishing, dropping]);
  await client.endAsync();
  const ended = once(job, 'exit');
  job.kill('SIGKILL');
  await ended;

  for (const { to, before, said: { balance } } of taken) {
    const restored = join(dir, `restored ${balance.received}`);
    await jsonLines(['restore', to, '--data-dir', restored]);
    expect((await statusOf({ dataDir: restored })).balance).toMatchObject(balance);
    expect(await readingLines({ dataDir: restored })).toHaveLength(balance.stored);
    expect((await ranOnce(restored)).stderr).not.toMatch(/no whole frame|damaged/);
    const { balance: after } = await statusOf({ dataDir: restored });
    expect(after).toMatchObject({ duplicate: 0, rejected: 0, pending: 0 });
    const messages = (await statusOf({ dataDir: restored })).byReceiver.mqtt.stored;
    expect(messages).toBeGreaterThanOrEqual(before);
    // Each file that was there is there whole.
    expect((after.stored - messages) % FILE_ROWS).toBe(0);
    expect(after.stored - messages).toBeGreaterThanOrEqual(FILE_ROWS);
  }
});

test('what is restored is what there was: readings, alerts, statistics, rejects, acts, and the file that waits', async () => {
  const dataDir = await storedSite();
  const to = join(dataDir, '..', 'backup');
  const before = await contents({ dataDir });
  const { code, stdout } = await runCommand(['backup', to, '--data-dir', dataDir]);
  expect([code, stdout]).toEqual([0, expect.stringMatching(/^Backed up .* and read it again: \d+ records/)]);
  const restored = join(dataDir, '..', 'restored');
  expect((await runCommand(['restore', to, '--data-dir', restored])).code).toBe(0);
  expect(await contents({ dataDir: restored })).toEqual(before);
  for (const name of ['acts.log', 'rules.log', 'inbox/waits.csv'])
    expect(readFileSync(join(restored, name), 'utf8'), name).toBe(readFileSync(join(dataDir, name), 'utf8'));
  expect(await jsonLines(['acts', '--data-dir', restored])).toEqual(await jsonLines(['acts', '--data-dir', dataDir]));
  await ranOnce(restored);
  expect((await statusOf({ dataDir: restored })).balance).toMatchObject({ stored: 2 * FILE_ROWS, duplicate: 0, rejected: 1 });

  const again = await runCommand(['restore', to, '--data-dir', restored]);
  expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining('is there already, and nothing is written over') as string });
  expect(await runCommand(['backup', to, '--data-dir', dataDir])).toMatchObject({ code: 1, stderr: expect.stringContaining('is there already') as string });
  expect(await runCommand(['backup', `${to}2`, '--data-dir', `${dataDir}-wrong`])).toMatchObject({ code: 1, stderr: expect.stringContaining('expected a data directory at') as string });
});

test('the intent of a step into HBase, which the next step writes over in its place, is copied as it was', async () => {
  const dataDir = join(tempDir(), 'var');
  const intent = join(dataDir, 'hbase', 'intent');
  mkdirSync(join(dataDir, 'hbase'), { recursive: true });
  writeFileSync(intent, 'first step');
  const moment = await takeMoment(loadConfig({ env: { WELLWATCH_DATA_DIR: dataDir } }));
  writeFileSync(intent, 'the second step is longer');
  const [file] = moment.files.filter(({ path }) => path === join('data', 'hbase', 'intent'));
  await copyFile(file, join(dataDir, 'copy'));
  await moment.close();
  expect(readFileSync(join(dataDir, 'copy'), 'utf8')).toBe('first step');
});

test('a backup that is killed leaves nothing that passes for one, and the next one takes its place', async () => {
  const dataDir = await storedSite();
  const dir = join(dataDir, '..');
  const left = () => readdirSync(dir).filter((name) => name.endsWith('.partial'));
  const killed = startProgram(['backup', join(dir, 'backup'), '--data-dir', dataDir]);
  const ended = once(killed, 'exit');
  while (left().length === 0 && killed.exitCode === null) await sleep(1);
  killed.kill('SIGKILL');
  await ended;
  expect(existsSync(join(dir, 'backup'))).toBe(false);
  expect(left()).toHaveLength(1);
  const { code, stderr } = await runCommand(['restore', join(dir, left()[0]), '--data-dir', join(dir, 'new')]);
  expect([code, stderr]).toEqual([1, expect.stringContaining('is no whole backup: it lacks backup.json')]);
  await jsonLines(['backup', join(dir, 'backup'), '--data-dir', dataDir]);
  expect(left()).toEqual([]);
});

test('a backup of which one byte has changed is not restored; a restore that was cut off is begun anew, and nothing opens it before', async () => {
  const dataDir = await storedSite();
  const to = join(dataDir, '..', 'backup');
  await jsonLines(['backup', to, '--data-dir', dataDir]);
  const restored = join(dataDir, '..', 'restored');
  const table = join(to, 'data/table/data.mdb');
  const whole = readFileSync(table);
  const changed = Buffer.from(whole);
  changed[changed.length >> 1] ^= 1;
  writeFileSync(table, changed);
  const refused = await runCommand(['restore', to, '--data-dir', restored]);
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('data.mdb is not as it was backed up')]);
  expect(existsSync(join(restored, 'table'))).toBe(false);

  writeFileSync(table, whole);
  mkdirSync(join(restored, 'table'), { recursive: true });
  writeFileSync(join(restored, 'table/data.mdb'), 'half');
  writeFileSync(join(restored, '.restoring'), JSON.stringify([join(restored, 'table/data.mdb')]));
  const early = await runCommand(['alerts', '--data-dir', restored]);
  expect([early.code, early.stderr]).toEqual([1, expect.stringContaining('a backup was being restored')]);
  await jsonLines(['restore', to, '--data-dir', restored]);
  expect(await contents({ dataDir: restored })).toEqual(await contents({ dataDir }));
});
