import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { blockKey, readingSeries } from '../../../storage/lmdb/keys.ts';
import { parseTime } from '../../../domain/reading/wallClock.ts';
import { LEAF } from '../../../storage/lmdb/pageFile.ts';
import { Environment } from '../../../storage/lmdb/environment.ts';
import { jsonLines, runCommand } from '../../support/command.ts';
import { openEmbeddedTable } from '../../../storage/embedded/table.ts';
import { row, stepOf } from '../../support/steps.ts';
import { tempDir } from '../../support/tempDir.ts';

interface Finding { readonly check: string; readonly state: string; readonly message: string; readonly fix?: string }

async function storedSite(): Promise<string> {
  const dataDir = tempDir();
  const table = await openEmbeddedTable({ dir: join(dataDir, 'table'), mode: 'writer', ttl: { data: null, alerts: null }, now: Date.now });
  await table.write(stepOf([row('A', '2014-03-10', 85, 1), row('B', '2014-03-10', 85, 2), row('B', '2014-03-11', 85, 3)]));
  await table.close();
  return dataDir;
}

/** Changes a bit of a record, as a disk would. */
async function spoil(dataDir: string, store: string, key: Uint8Array): Promise<void> {
  const dir = join(dataDir, 'table');
  const environment = (await Environment.open(dir, false))!;
  const value = Buffer.from(environment.store(store, false).get(key)!);
  await environment.close();
  const path = join(dir, 'data.mdb');
  const file = readFileSync(path);
  for (let at = file.indexOf(value); at >= 0; at = file.indexOf(value, at + 1)) file[at + value.length - 1] ^= 4;
  writeFileSync(path, file);
}

const deep = async (dataDir: string): Promise<Finding[]> => {
  const { stdout } = await runCommand(['doctor', '--deep', '--json', '--data-dir', dataDir],
    { env: { WELLWATCH_HTTP: 'false', WELLWATCH_RECEIVERS_MQTT: 'false' } });
  return stdout.trim().split('\n').map((line) => JSON.parse(line) as Finding).filter(({ check }) => check === 'deep');
};

test('doctor --deep reads all records, and names the file, the key, pump and time of one that the disk has changed', async () => {
  const dataDir = await storedSite();
  expect(await deep(dataDir)).toMatchObject([{ state: 'ok', message: expect.stringMatching(/data\.mdb: \d+ records read/) as string }]);
  const key = blockKey(readingSeries(1), parseTime('2014-03-10T00:00:00')!);
  await spoil(dataDir, 'readings', key);
  const findings = await deep(dataDir);
  expect(findings).toEqual([{
    check: 'deep', state: 'failed',
    message: `${join(dataDir, 'table/data.mdb')}: readings of pump B from 2014-03-10T00:00:00 (key ${key.toString('hex')}): its checksum is wrong`,
    fix: expect.stringContaining('wellwatch restore') as string,
  }]);
  // Without --deep nobody reads it.
  const quick = await jsonLines<Finding>(['doctor', '--data-dir', dataDir], { env: { WELLWATCH_HTTP: 'false', WELLWATCH_RECEIVERS_MQTT: 'false' } });
  expect(quick.filter(({ check }) => check === 'deep')).toEqual([]);
});

test('pages of the table that lmdb could not follow are told with their pumps and days, and end no process', async () => {
  const dataDir = tempDir();
  const table = await openEmbeddedTable({ dir: join(dataDir, 'table'), mode: 'writer', ttl: { data: null, alerts: null }, now: Date.now });
  const pumps = Array.from({ length: 90 }, (_, i) => `P${String(i).padStart(2, '0')}`);
  await table.write(stepOf(pumps.map((pump) => row(pump, '2014-03-10', 85, 1))));
  await table.close();
  const path = join(dataDir, 'table/data.mdb');
  const sound = readFileSync(path);
  expect(await deep(dataDir)).toMatchObject([{ state: 'ok' }]);
  // The page in which the readings of the 45th pump lie.
  const key = blockKey(readingSeries(44), parseTime('2014-03-10T00:00:00')!);
  const pages = new Set<number>();
  for (let at = sound.indexOf(key); at >= 0; at = sound.indexOf(key, at + 1))
    if (sound.readUInt16LE(at - (at % 4096) + 18) === LEAF) pages.add(Math.floor(at / 4096));
  for (const [offset, bytes, problem] of [[20, [0xff, 0x7f], 'its list of nodes is none'], [18, [0], 'it is no page of a tree'], [0, [0xee], 'it says that it is page']] as const) {
    const file = Buffer.from(sound);
    for (const page of pages) file.set(bytes, page * 4096 + offset);
    writeFileSync(path, file);
    const [finding, ...more] = await deep(dataDir);
    const told = /data\.mdb: page \d+ is damaged, (.*): readings of pump (P\d\d) from 2014-03-10T00:00:00 up to pump (P\d\d) from 2014-03-10T00:00:00$/.exec(finding.message);
    expect([finding.state, told?.[1], more], finding.message).toEqual(['failed', expect.stringContaining(problem) as string, []]);
    expect(told![2] <= 'P44' && told![3] > 'P44').toBe(true);
    expect(finding.fix).toMatch(/^stop the job, .*wellwatch restore/);
  }
});
