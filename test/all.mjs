// Everything that must pass: npm test. Types, lint and folder rules are checked while the tests wait for programs, brokers and
// stores; their output follows only when something is wrong, so that the last line is otherwise the tests' own. With arguments
// (npm test -- test/query) only those tests run.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const only = process.argv.slice(2);

/** Starts a command; resolves with its exit code and what it wrote, which is nothing when it writes to the terminal. */
function run(command, words, stdio) {
  const child = spawn(command, words, { cwd: root, stdio: ['ignore', stdio, stdio], shell: process.platform === 'win32' });
  const pieces = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (piece) => pieces.push(piece));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, output: Buffer.concat(pieces).toString() })));
}

const checking = only.length === 0 ? run('npm', ['run', '--silent', 'check'], 'pipe') : { code: 0, output: '' };
const tests = await run(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', ...only], 'inherit');
const check = await checking;
if (check.code !== 0) console.error(`${check.output}\nnpm run check: types, lint or folder rules are broken, see above`);
process.exitCode = tests.code === 0 && check.code === 0 ? 0 : 1;
