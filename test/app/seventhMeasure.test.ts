import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { MEASURES } from '../../domain/reading/measures.ts';
import { dropFile } from '../support/inbox.ts';
import { jsonLines, runCommand } from '../support/command.ts';
import { lineMatching, PROGRAM, startProgram } from '../support/program.ts';

/*
 * Another measure is a line of the table of measures. So that line is added to it in a copy of what was built, which is
 * run: from a file of ten columns to the table, the summary, the API and the command line, beside a table that the
 * program as it is has filled.
 */
const LINE = "  { name: 'tempF', csv: 'TempF', label: 'Temperature', unit: '°F', digits: 1, rank: 6, usual: [60, 110, 1] },\n";
const TABLE = 'domain/reading/measures.ts';
const COMPILED = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023, rewriteRelativeImportExtensions: true };
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const SETTINGS = { WELLWATCH_RECEIVERS_MQTT: 'false', WELLWATCH_SUMMARY: 'false' };
const dir = mkdtempSync(join(tmpdir(), 'wellwatch-seventh-'));
const program = join(dir, 'dist', 'app', 'cli.js');
const dataDir = join(dir, 'var');
const at = ['--data-dir', dataDir];
const seven = { program, env: SETTINGS };

beforeAll(() => {
  for (const name of ['dist', 'package.json'])
    cpSync(join(ROOT, name), join(dir, name), { recursive: true, filter: (path) => !path.includes('/dist/app/web') });
  symlinkSync(join(ROOT, 'node_modules'), join(dir, 'node_modules'));
  const source = readFileSync(join(ROOT, TABLE), 'utf8');
  const changed = source.replace(/^\] as const satisfies readonly MeasureFacts/m, `${LINE}$&`);
  if (changed === source) throw new Error('the table of measures does not end where it did');
  const { outputText } = ts.transpileModule(changed, { compilerOptions: COMPILED });
  writeFileSync(join(dir, 'dist', TABLE.replace(/ts$/, 'js')), outputText);
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const known = { hz: 10, disp: 2, flo: 900, sedPPM: 1, psi: 80, chlPPM: 1 };
const of = (min: number, max: number) => ({ min, max, avg: (min + max) / 2 });

test('a seventh measure goes from file to table, summary, API and command line; what was stored before lacks it', async () => {
  dropFile(join(dataDir, 'inbox'), 'six.csv', ['OLD,3/10/14,1:00,10,2,900,1,80,1', 'BOTH,3/10/14,1:00,10,2,900,1,80,1']);
  await jsonLines(['run', '--once', ...at], { env: SETTINGS });
  expect(await jsonLines(['summarize', ...at])).toEqual([{ pumpDays: 2, rows: 2 }]);

  expect(await jsonLines(['stats', '--pump', 'OLD', ...at], seven)).toEqual([
    expect.objectContaining({ count: 1, psi: of(80, 80), tempF: { min: null, max: null, avg: null, count: 0 } }),
  ]);
  dropFile(join(dataDir, 'inbox'), 'seven.csv', [
    'ResourceID,Date,Time,HZ,Displace,Flow,SedimentPPM,PressureLbs,ChlorinePPM,TempF',
    'NEW,3/10/14,1:00,10,2,900,1,80,1,70.5', 'NEW,3/10/14,1:01,10,2,900,1,80,1,71.5', 'BOTH,3/10/14,1:01,10,2,900,1,80,1,72.5',
    'NEW,3/10/14,1:02,10,2,900,1,80,1,warm',
  ]);
  expect(await jsonLines(['run', '--once', ...at], seven)).toMatchObject([{ received: 4, stored: 3, rejected: 1 }]);
  expect(await jsonLines(['rejects', ...at], seven)).toMatchObject([{ reason: 'expected TempF to be a number, got `warm`' }]);
  expect(await jsonLines(['summarize', ...at], seven)).toEqual([{ pumpDays: 2, rows: 4 }]);
  expect(await jsonLines(['readings', '--pump', 'BOTH', ...at], seven)).toEqual([
    { pump: 'BOTH', at: '2014-03-10T01:00:00', ...known, tempF: null }, { pump: 'BOTH', at: '2014-03-10T01:01:00', ...known, tempF: 72.5 },
  ]);
  expect(await jsonLines(['stats', '--pump', 'NEW', ...at], seven)).toEqual([
    expect.objectContaining({ count: 2, chlPPM: of(1, 1), tempF: of(70.5, 71.5) }),
  ]);
  expect((await runCommand(['readings', '--pump', 'NEW', ...at], seven)).stdout).toMatch(
    /^At +Speed Hz .*Chlorine ppm +Temperature °F\n.* 70\.5\n/,
  );
  const exported = await runCommand(['export', 'readings', '-', ...at], seven);
  expect(exported.stdout.split('\n').slice(0, 2)).toEqual([
    `pump,at,${MEASURES.join(',')},tempF`,
    'BOTH,2014-03-10T01:00:00,10.0,2.0,900.0,1.0,80.0,1.0,',
  ]);
});

test('the API has it in readings, curves, statistics and its own description', async () => {
  const job = startProgram(['run', ...at], { program, env: { ...SETTINGS, WELLWATCH_HTTP_PORT: '0', WELLWATCH_HTTP: 'true' } });
  try {
    const [, url] = await lineMatching(job, 'stdout', /the page is at +(http:\S+)/);
    const ask = async (path: string) => (await fetch(`${url}api/${path}`)).json() as Promise<Record<string, never>>;
    expect(await ask('v1/pumps/NEW')).toMatchObject({ last: { ...known, tempF: 71.5 } });
    expect(await ask('v1/pumps/OLD')).toMatchObject({ last: { ...known, tempF: null } });
    expect(await ask('v1/stats?pump=NEW')).toMatchObject({ items: [{ pump: 'NEW', psi: of(80, 80), tempF: of(70.5, 71.5) }] });
    expect(await ask('v1/stats?pump=OLD')).toMatchObject({ items: [{ pump: 'OLD', tempF: { min: null, max: null, avg: null } }] });
    const curves = (pump: string) => ask(`v1/pumps/${pump}/readings?from=2014-03-10&to=2014-03-10&measures=psi,tempF`);
    expect(await curves('NEW')).toMatchObject({ psi: { min: [80, 80] }, tempF: { min: [70.5, 71.5], max: [70.5, 71.5] } });
    expect(await curves('BOTH')).toMatchObject({ tempF: { min: [null, 72.5] } });
    expect(JSON.stringify(await ask('docs/json'))).toContain('tempF temperature in °F');
  } finally {
    job.kill('SIGTERM');
    await new Promise((resolve) => job.once('close', resolve));
  }
});

test('a program without it does not take the table for its own', async () => {
  const { code, stderr } = await runCommand(['readings', '--pump', 'NEW', ...at], { program: PROGRAM });
  expect([code, stderr]).toEqual([1, expect.stringContaining('chlPPM, tempF, written by a version that has these')]);
});
