import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadConfig } from '../../../app/config/load.ts';
import { diskNow, DiskWatch } from '../../../app/disk/diskWatch.ts';
import { measureDisk } from '../../../app/disk/measure.ts';
import { checkDataDirectory } from '../../../app/doctor/disk.ts';
import { diskTroubles } from '../../../app/run/siteTroubles.ts';
import type { LogEvent } from '../../../domain/logEvent.ts';
import { tempDir } from '../../support/tempDir.ts';

const like = (pattern: RegExp) => expect.stringMatching(pattern) as string;
const MB = 1_000_000;
const DAY_MS = 86_400_000;

/** A data directory with some of everything, and the inbox elsewhere on its disk. */
function site(env: Record<string, string> = {}) {
  const cwd = tempDir();
  const put = (path: string, bytes: number) => {
    mkdirSync(join(cwd, path, '..'), { recursive: true });
    writeFileSync(join(cwd, path), Buffer.alloc(bytes, 7));
  };
  put('var/table/data.mdb', 4 * MB);
  put('var/journal/0000000001.journal', 2 * MB);
  put('var/acts.log', MB);
  put('drop/done/x.csv', 3 * MB);
  put('elsewhere/not-ours', 50 * MB);
  symlinkSync(join(cwd, 'elsewhere'), join(cwd, 'var/link'));
  const config = loadConfig({ cwd, env: { WELLWATCH_RECEIVERS_DIRECTORY_PATH: 'drop', WELLWATCH_HTTP: 'false', ...env } });
  return { cwd, config, put };
}

/** What a watch said on each of the days before today, as if it had run since. */
function rememberDays(dataDir: string, tables: readonly number[]): void {
  const days = tables.map((table, i) => {
    const at = Date.now() - (tables.length - i) * DAY_MS;
    return {
      date: new Date(at).toISOString().slice(0, 10), at, parts: { table, journal: 0, inbox: 0, parquet: 0, other: 0 }, used: 0, total: 1,
    };
  });
  writeFileSync(join(dataDir, 'disk.json'), JSON.stringify({ version: 1, days }));
}

test('what lies there is told by what it is, the inbox elsewhere on the disk with it, links not followed', async () => {
  const { config } = site();
  const { parts, used, total, date } = await measureDisk(config, Date.UTC(2026, 10, 29, 3));
  const inMb = Object.fromEntries(Object.entries(parts).map(([part, size]) => [part, Math.round(size / MB)]));
  expect(inMb).toEqual({ table: 4, journal: 2, inbox: 3, parquet: 0, other: 1 });
  expect(used > 0 && used <= total).toBe(true);
  expect(date).toBe('2026-11-28'); // in Chicago
});

test('a watch writes down each day once, goes on from what an earlier run wrote, and begins anew where that is damaged', async () => {
  const { config, put } = site();
  const events: LogEvent[] = [];
  const watch = async () => {
    const disk = new DiskWatch({ config, onLog: (event) => events.push(event) });
    disk.start();
    await disk.measure();
    disk.stop();
    return disk.use()!;
  };
  expect((await watch()).days).toHaveLength(1);
  put('var/table/more.mdb', 5 * MB);
  const { days, bytes, free } = await watch();
  expect([days.length, Math.round(bytes / MB), free > 0]).toEqual([1, 15, true]);
  rememberDays(config.dataDir, [1, 2, 3].map((size) => size * MB));
  expect((await watch()).days).toHaveLength(4);
  writeFileSync(join(config.dataDir, 'disk.json'), '{"version":1');
  expect((await watch()).days).toHaveLength(1);
  expect(events.map(({ message }) => message)).toEqual([like(/disk\.json can't be read: .* is written down anew$/)]);
  expect(JSON.parse(readFileSync(join(config.dataDir, 'disk.json'), 'utf8'))).toMatchObject({ days: [{ parts: { other: expect.any(Number) as number } }] });
});

describe('a disk, or limits.disk, that is full soon', () => {
  test('is a warning of doctor, and told by the system alarm; asking writes nothing', async () => {
    const { config } = site({ WELLWATCH_LIMITS_DISK: '30MB' });
    expect(await checkDataDirectory(config)).toMatchObject([
      { state: 'ok' }, { check: 'disk', state: 'ok', message: like(/^10\.\d MB of 30\.0 MB \(limits\.disk\) .* can't be told yet/) },
    ]);
    expect(existsSync(join(config.dataDir, 'disk.json'))).toBe(false);
    rememberDays(config.dataDir, [2, 4, 6, 8].map((size) => size * MB));
    const [, finding] = await checkDataDirectory(config);
    expect(finding).toMatchObject({ state: 'warning', message: like(/limits\.disk is reached in about 10 days/), fix: like(/done\//) });
    const use = (await diskNow(config, () => undefined))!;
    expect(diskTroubles(config.dataDir, use)).toEqual([]);
    const soon = { ...use, forecast: { ...use.forecast, days: 3 } } as typeof use;
    expect(diskTroubles(config.dataDir, soon)).toMatchObject([{ id: 'disk', priority: 'medium', text: like(/in about 3 days/) }]);
  });
});
