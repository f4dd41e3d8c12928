// Runs what is quick of the tests under each Node that wellwatch supports: npm run test:nodes. It needs `npm ci` before.
// Other versions come from npm, as the packages that its package `node` is made of, into a cache of their own.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The lowest that package.json allows, and the newest of the later ones. */
const VERSIONS = ['20.19.0', '22', '24'];

/** What meets the system: files, processes, threads, native parts (lmdb, DuckDB). No HBase, no broker and no browser. */
const SYSTEM = [
  'test/storage/lmdb',
  'test/storage/embedded',
  'test/storage/journal',
  'test/storage/files',
  'test/ingest/job',
  'test/query/sql',
  'test/app/cli/usage.test.ts', // starts the program itself
];

/** What only computes. Under a version between two others, or close to the one that runs npm test, it shows nothing more. */
const COMPUTING = ['test/domain', 'test/ingest/decode', 'test/query', 'test/batch', 'test/app/config'];

/** HBase, and what only computes, for long, and does so alike under each version. */
const LEFT_OUT = ['--exclude=**/hbase.test.ts', '--exclude=**/twoParsers.test.ts'];

const root = fileURLToPath(new URL('..', import.meta.url));
const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'wellwatch', 'nodes');

/** The name under which npm has Node for this machine. */
const platform = process.platform === 'win32' ? 'win' : process.platform;
const packageName = `node${platform === 'darwin' && process.arch === 'arm64' ? '-bin' : ''}-${platform}-${process.arch}`;

/** The path of a version's program, or undefined when it can't be had. */
function nodeOf(version) {
  const dir = join(cache, version);
  const program = join(dir, 'node_modules', packageName, 'bin', platform === 'win' ? 'node.exe' : 'node');
  if (existsSync(program)) return program;
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, 'package.json'), '{ "private": true }\n');
  const words = ['install', '--prefix', dir, '--no-save', '--no-audit', '--no-fund', '--ignore-scripts', `${packageName}@${version}`];
  const { status } = spawnSync('npm', words, { cwd: dir, stdio: ['ignore', 'ignore', 'inherit'], shell: platform === 'win' });
  return status === 0 && existsSync(program) ? program : undefined;
}

/** In memory where there is room, as most of the time goes into waiting for the disk; npm test writes on the disk. */
function roomFor() {
  const memory = '/dev/shm';
  const isRoomy = existsSync(memory) && ((room) => room.bavail * room.bsize > 2 ** 31)(statfsSync(memory));
  return mkdtempSync(join(isRoomy ? memory : tmpdir(), 'wellwatch-nodes-'));
}

const major = (version) => version.replace(/^v/, '').split('.')[0];
const isAtAnEnd = (version) => version === VERSIONS[0] || version === VERSIONS.at(-1);
const computes = (version) => isAtAnEnd(version) && major(version) !== major(process.version);
const dir = roomFor();
process.on('exit', () => rmSync(dir, { recursive: true, force: true }));

for (const version of VERSIONS) {
  const node = nodeOf(version);
  if (node === undefined) {
    console.log(`Node ${version} can’t be installed from npm: the tests do not run under it`);
    if (process.env.CI === 'true') process.exitCode = 1;
    continue;
  }
  const { stdout } = spawnSync(node, ['--version'], { encoding: 'utf8' });
  console.log(`Node ${stdout.trim()}${computes(version) ? '' : ', what meets the system'}:`);
  const reporters = ['--reporter=dot', '--reporter=./test/support/closing-line.ts'];
  // Files share a process, which loads what they have in common once; npm test shows each alone.
  const words = ['node_modules/vitest/vitest.mjs', 'run', '--no-isolate', ...reporters, ...LEFT_OUT, ...SYSTEM, ...(computes(version) ? COMPUTING : [])];
  const env = { ...process.env, NO_COLOR: '1', TMPDIR: dir };
  if (spawnSync(node, words, { cwd: root, env, stdio: 'inherit' }).status !== 0) process.exitCode = 1;
}
