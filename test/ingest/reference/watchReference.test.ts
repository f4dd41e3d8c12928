import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { ReferenceWatcher } from '../../../ingest/reference/watchReference.ts';
import type { LogEvent } from '../../../domain/logEvent.ts';
import { openEmbeddedTable } from '../../../storage/embedded/table.ts';
import { tempDir } from '../../support/tempDir.ts';

const INTERVAL_MS = 10;
const pump = (id: string, vendor = 'HYDROCAM') => `${id},HYDROPUMP,11/27/10,3/15/11,${vendor},29.687276,-91.162492\n`;

/** A site's folder with a table, and what a watcher of its reference files says. */
async function site() {
  const dir = tempDir();
  const paths = { pumps: join(dir, 'sensorvendor.csv'), maintenance: join(dir, 'sensormaint.csv'), contacts: join(dir, 'contacts.csv') };
  const table = await openEmbeddedTable({ dir: join(dir, 'table'), mode: 'writer', ttl: { data: null, alerts: null }, now: () => 0 });
  onTestFinished(() => table.close());
  const events: LogEvent[] = [];
  const start = async (contacts?: string) => {
    const watcher = new ReferenceWatcher({ ...paths, contacts, table, onLog: (event) => events.push(event), intervalMs: INTERVAL_MS });
    onTestFinished(() => watcher.stop());
    await watcher.start();
    return watcher;
  };
  const replace = (path: string, content: string) => {
    writeFileSync(`${path}.tmp`, content);
    renameSync(`${path}.tmp`, path);
  };
  const loud = () => events.filter(({ level }) => level === 'warn' || level === 'error');
  return { paths, table, events, loud, start, replace };
}

const looks = (count: number) => new Promise((resolve) => setTimeout(resolve, INTERVAL_MS * count));

test('the files are read at the start', async () => {
  const { paths, start, replace, loud } = await site();
  replace(paths.pumps, pump('COHUTTA'));
  replace(paths.maintenance, 'COHUTTA,3/15/11,J.Thomas,Install\n');
  const { current } = await start();
  expect(current.pumps.get('COHUTTA')?.vendor).toBe('HYDROCAM');
  expect(current.maintenance.get('COHUTTA')?.length).toBe(1);
  expect(loud()).toEqual([]);
});

test('absent files are one warning, and are read when they come', async () => {
  const { paths, start, replace, loud } = await site();
  const watcher = await start();
  await looks(5);
  expect(loud().map(({ level }) => level)).toEqual(['warn']);
  expect(loud()[0].message).toContain(paths.pumps);
  expect(loud()[0].message).toContain('Every pump is unknown');
  expect(watcher.current.pumps.size).toBe(0);
  replace(paths.pumps, pump('COHUTTA'));
  await vi.waitFor(() => expect(watcher.current.pumps.has('COHUTTA')).toBe(true), { timeout: 60_000 });
});

test('a new version is taken up, and said', async () => {
  const { paths, start, replace, events } = await site();
  replace(paths.pumps, pump('COHUTTA'));
  replace(paths.maintenance, '');
  const watcher = await start();
  replace(paths.pumps, pump('COHUTTA', 'XYLO') + pump('MOJO'));
  await vi.waitFor(() => expect(watcher.current.pumps.get('COHUTTA')?.vendor).toBe('XYLO'), { timeout: 60_000 });
  await vi.waitFor(() => expect(events.at(-1)).toEqual({ level: 'info', message: 'reference data: 2 pumps, 0 maintenance events' }), {
    timeout: 60_000,
  });
});

test('a broken version is reported once, the last good one stays, and the next good one is taken', async () => {
  const { paths, start, replace, loud } = await site();
  replace(paths.pumps, pump('COHUTTA'));
  replace(paths.maintenance, '');
  const watcher = await start();
  replace(paths.pumps, `${pump('COHUTTA', 'XYLO')}rubbish\n`);
  await vi.waitFor(() => expect(loud().length).toBe(1), { timeout: 60_000 });
  await looks(5);
  expect(loud().map(({ level }) => level)).toEqual(['error']);
  expect(loud()[0].message).toMatch(/line 2: expected 7 fields.*last good version stays/);
  expect(watcher.current.pumps.get('COHUTTA')?.vendor).toBe('HYDROCAM');

  replace(paths.pumps, 'other rubbish\n');
  await vi.waitFor(() => expect(loud().length).toBe(2), { timeout: 60_000 });
  replace(paths.pumps, pump('COHUTTA', 'GENPUMP'));
  await vi.waitFor(() => expect(watcher.current.pumps.get('COHUTTA')?.vendor).toBe('GENPUMP'), { timeout: 60_000 });
});

test('a file that is removed leaves the last good version', async () => {
  const { paths, start, replace, loud } = await site();
  replace(paths.pumps, pump('COHUTTA'));
  replace(paths.maintenance, '');
  const watcher = await start();
  rmSync(paths.pumps);
  await vi.waitFor(() => expect(loud().map(({ level }) => level)).toEqual(['warn']), { timeout: 60_000 });
  expect(loud()[0].message).toContain('last good version stays');
  expect(watcher.current.pumps.has('COHUTTA')).toBe(true);
});

test('the last good version outlives a restart with a broken file', async () => {
  const { paths, start, replace, loud, table } = await site();
  replace(paths.pumps, pump('COHUTTA'));
  replace(paths.maintenance, 'COHUTTA,3/15/11,J.Thomas,Install\n');
  await (await start()).stop();
  expect((await table.savedReference())?.pumps.map(({ id }) => id)).toEqual(['COHUTTA']);
  replace(paths.pumps, 'rubbish\n');
  const { current } = await start();
  expect(loud().map(({ level }) => level)).toEqual(['error']);
  expect(current.pumps.has('COHUTTA')).toBe(true);
  expect(current.maintenance.get('COHUTTA')?.length).toBe(1);
});

test('contacts are read like the others, and the last good ones outlive a broken or absent file and a restart', async () => {
  const { paths, start, replace, loud } = await site();
  replace(paths.pumps, pump('COHUTTA'));
  replace(paths.maintenance, '');
  replace(paths.contacts, 'HYDROCAM,555-0199,\n');
  await (await start(paths.contacts)).stop();
  replace(paths.contacts, 'HYDROCAM\n');
  const watcher = await start(paths.contacts);
  expect(watcher.current.contacts.get('hydrocam')?.phone).toBe('555-0199');
  expect(loud()[0].message).toMatch(/expected 3 fields \(name,phone,mail\).*last good version stays/);
  rmSync(paths.contacts);
  await vi.waitFor(() => expect(loud()[1]?.message).toMatch(/contacts\.csv can't be used.*last good version stays/), { timeout: 60_000 });
  expect(watcher.current.contacts.size).toBe(1);
});

test('after stop the files are not looked at', async () => {
  const { paths, start, replace } = await site();
  replace(paths.pumps, pump('COHUTTA'));
  const watcher = await start();
  await watcher.stop();
  replace(paths.pumps, pump('MOJO'));
  await looks(5);
  expect([...watcher.current.pumps.keys()]).toEqual(['COHUTTA']);
});

test('a file that is empty for a moment is reported, and the last good version stays, also over a restart', async () => {
  const { paths, start, replace, loud } = await site();
  replace(paths.pumps, pump('COHUTTA'));
  replace(paths.maintenance, 'COHUTTA,3/15/11,J.Thomas,Install\n');
  const watcher = await start();
  replace(paths.pumps, '');
  replace(paths.maintenance, '\n\n');
  await vi.waitFor(() => expect(loud().length).toBe(2), { timeout: 60_000 });
  expect(loud()[0].message).toMatch(/is empty\. The last good version stays \(1 line\)/);
  expect(watcher.current.pumps.has('COHUTTA')).toBe(true);
  expect(watcher.current.maintenance.get('COHUTTA')?.length).toBe(1);
  await watcher.stop();
  expect((await start()).current.pumps.has('COHUTTA')).toBe(true);
});

test('a version that only one look found is not read: somebody may still be writing it', async () => {
  const { paths, start, replace, loud } = await site();
  replace(paths.pumps, pump('COHUTTA') + pump('MOJO'));
  replace(paths.maintenance, '');
  const watcher = await start();
  const whole = pump('COHUTTA', 'XYLO') + pump('MOJO', 'XYLO');
  for (let length = 40; length < whole.length; length += 4) {
    replace(paths.pumps, whole.slice(0, length));
    await looks(0.5);
  }
  replace(paths.pumps, whole);
  await vi.waitFor(() => expect(watcher.current.pumps.get('MOJO')?.vendor).toBe('XYLO'), { timeout: 60_000 });
  expect(loud()).toEqual([]);
});
