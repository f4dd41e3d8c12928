import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { PROGRAM, startProgram } from '../../support/program.ts';
import { tempDir } from '../../support/tempDir.ts';

const LISTED = new URL('../../support/loaded.mjs', import.meta.url).href;
const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** What a command loads in all of its threads: packages by name, and files of the program by their path below `dist`. */
async function loadedBy(words: readonly string[], env: Readonly<Record<string, string>> = {}, stopAt?: RegExp): Promise<Set<string>> {
  const child = startProgram(words, { cwd: tempDir(), env: { NODE_OPTIONS: `--import ${LISTED}`, ...env } });
  const said = { text: '' };
  let stderr = '';
  child.stderr!.setEncoding('utf8').on('data', (text: string) => { stderr += text; });
  child.stdout!.setEncoding('utf8').on('data', (text: string) => {
    said.text += text;
    if (stopAt?.test(said.text)) child.kill('SIGTERM');
  });
  await once(child, 'close');
  expect(child.exitCode, stderr.slice(-2000)).toBe(0);
  return new Set([...stderr.matchAll(/^loaded (?:file:\/\/)?(\/.*)$/gm)].map(([, path]) => nameOf(path)));
}

function nameOf(path: string): string {
  const inPackage = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path);
  return inPackage ? inPackage[1] : path.replace(`${ROOT}dist/`, '');
}

const packages = (loaded: ReadonlySet<string>) => [...loaded].filter((name) => !/\.m?js$/.test(name)).sort();
const under = (loaded: ReadonlySet<string>, folder: string) => [...loaded].filter((name) => name.startsWith(`${folder}/`));

/** What only those need who configure it, or ask for it. */
const SELDOM = [
  'yaml', 're2js', 'mqtt', 'aedes', 'mqtt-packet', 'axios', 'nodemailer', 'fastify', '@duckdb/node-api', 'hyparquet-writer', 'cockatiel', 'prom-client',
];

test('--version loads the command line and nothing that works', async () => {
  const loaded = await loadedBy(['--version']);
  expect(loaded).toContain(PROGRAM.replace(`${ROOT}dist/`, ''));
  expect(packages(loaded)).toEqual(['commander']);
  expect(['storage/lmdb', 'storage/embedded', 'ingest', 'app/run', 'app/cli/commands'].flatMap((folder) => under(loaded, folder))).toEqual([]);
});

test('status loads the configuration and the table, but no receiver, no decoder, no job', async () => {
  const loaded = await loadedBy(['status']);
  expect(packages(loaded)).toEqual(expect.arrayContaining(['lmdb', 'zod']) as string[]);
  expect(packages(loaded).filter((name) => [...SELDOM, 'csv-parse', 'pino', 'croner'].includes(name))).toEqual([]);
  expect([...under(loaded, 'ingest/job'), ...under(loaded, 'ingest/decode/csv'), ...under(loaded, 'storage/hbase'), ...under(loaded, 'query')]).toEqual([]);
});

test.each([
  ['run --once', ['run', '--once'], {}, undefined],
  ['run without MQTT', ['run'], { WELLWATCH_RECEIVERS_MQTT: 'false', WELLWATCH_SUMMARY: 'false' }, /is watching/],
] as const)('%s loads the receiver of files and the table, and of what can be configured only what is', async (_name, words, env, stopAt) => {
  const loaded = await loadedBy(words, env, stopAt);
  expect(loaded).toContain('ingest/job/job.js');
  expect(packages(loaded).filter((name) => SELDOM.includes(name))).toEqual([]);
  const unasked = ['ingest/receivers/mqtt', 'ingest/decode/mapping/csv', 'ingest/decode/mapping/json', 'storage/hbase', 'storage/parquet', 'app/notify',
    'app/simulator', 'app/backup', 'app/sql', 'app/doctor', 'app/preview', 'app/http/routes'];
  expect(unasked.flatMap((folder) => under(loaded, folder))).toEqual([]);
});
