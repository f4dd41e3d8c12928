// Runs what is quick of the tests under each Node that wellwatch supports: npm run test:nodes. It needs `npm ci` before.
// Other versions come from npm, as the packages that its package `node` is made of, into a cache of their own.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The lowest that package.json allows, and the newest of the later ones. */
const VERSIONS = ['20.19.0', '22', '24'];

/** No HBase, no broker and no browser; the last starts the program itself. */
const QUICK = [
  'test/domain',
  'test/storage/lmdb',
  'test/storage/embedded',
  'test/storage/journal',
  'test/storage/files',
  'test/ingest/decode',
  'test/ingest/job',
  'test/query',
  'test/batch',
  'test/app/config',
  'test/app/cli/usage.test.ts',
];

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

for (const version of VERSIONS) {
  const node = nodeOf(version);
  if (node === undefined) {
    console.log(`Node ${version} can’t be installed from npm: the tests do not run under it`);
    if (process.env.CI === 'true') process.exitCode = 1;
    continue;
  }
  const { stdout } = spawnSync(node, ['--version'], { encoding: 'utf8' });
  console.log(`Node ${stdout.trim()}:`);
  const reporters = ['--reporter=dot', '--reporter=./test/support/closing-line.ts'];
  // Files share a process, which loads what they have in common once; npm test shows each alone.
  const words = ['node_modules/vitest/vitest.mjs', 'run', '--no-isolate', ...reporters, ...LEFT_OUT, ...QUICK];
  const env = { ...process.env, NO_COLOR: '1' };
  if (spawnSync(node, words, { cwd: root, env, stdio: 'inherit' }).status !== 0) process.exitCode = 1;
}
