import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { runProgram } from '../support/program.ts';
import { tempDir } from '../support/tempDir.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Packs the project and installs it into an empty folder as npm does, from what the clone has: no registry is asked. */
function installed(): string {
  const dir = tempDir();
  const [tarball] = execFileSync('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', dir], { cwd: root, encoding: 'utf8' }).split('\n');
  const own = join(dir, 'node_modules', 'wellwatch');
  mkdirSync(own, { recursive: true });
  execFileSync('tar', ['-xzf', join(dir, tarball), '-C', own, '--strip-components=1']);
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as { packages: Record<string, { dev?: boolean }> };
  const modules = realpathSync(join(root, 'node_modules'));
  // Those of the lock file that do not serve development alone, without what lies in them: it has lines of its own.
  for (const [path, { dev }] of Object.entries(packages)) {
    const from = join(dirname(modules), path);
    if (path === '' || dev === true || !existsSync(from)) continue;
    mkdirSync(join(dir, path), { recursive: true });
    const names = readdirSync(from).filter((name) => name !== 'node_modules');
    execFileSync('cp', ['-rl', '-t', join(dir, path), ...names.map((name) => join(from, name))]);
  }
  return dir;
}

test('what npm packs runs from an empty folder, with nothing that serves development', async () => {
  const dir = installed();
  const own = join(dir, 'node_modules', 'wellwatch');
  expect(readdirSync(own).sort()).toEqual(['ARCHITECTURE.md', 'CHANGELOG.md', 'LICENSE', 'README.md', 'data', 'dist', 'docs', 'package.json']);
  expect(readdirSync(join(own, 'dist')).sort()).toEqual(['app', 'batch', 'domain', 'ingest', 'query', 'storage']);
  for (const name of ['typescript', 'vitest', 'preact', 'vite', 'eslint']) expect(existsSync(join(dir, 'node_modules', name)), name).toBe(false);
  expect(existsSync(join(own, 'dist/app/web/index.html'))).toBe(true);
  const { bin } = JSON.parse(readFileSync(join(own, 'package.json'), 'utf8')) as { bin: { wellwatch: string } };
  const program = join(own, bin.wellwatch);
  mkdirSync(join(dir, 'var/inbox'), { recursive: true });
  writeFileSync(join(dir, 'var/inbox/x.csv'), 'COHUTTA,3/10/14,1:01,10.27,1.73,881,1.56,85,1.94\nCOHUTTA,3/10/14,1:02,10.27,1.73,881,1.56,0,1.94\n');
  const once = await runProgram(['run', '--once', '--json'], { program, cwd: dir });
  expect([once.code, once.stdout], once.stderr).toEqual([0, '{"received":2,"stored":2,"duplicate":0,"rejected":0,"pending":0,"alerts":1}\n']);
  const asked = await runProgram(['sql', 'SELECT pump, rule FROM alerts', '--json'], { program, cwd: dir });
  expect(asked.stdout, asked.stderr).toBe('{"pump":"COHUTTA","rule":"low-psi"}\n');
  writeFileSync(join(dir, 'library.mjs'), 'const [all, streams] = await Promise.all([import("wellwatch"), import("wellwatch/stream")]);\n' +
    'console.log(typeof all.Site, typeof streams.StreamContext);\n');
  expect(execFileSync(process.execPath, ['library.mjs'], { cwd: dir, encoding: 'utf8' })).toBe('function function\n');
});
