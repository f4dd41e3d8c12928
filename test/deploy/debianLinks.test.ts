import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { tempDir } from '../support/tempDir.ts';

const script = fileURLToPath(new URL('../../deploy/debian/links.mjs', import.meta.url));

test('documents of the Debian package link what it has, and name what it has not', () => {
  const dir = tempDir();
  mkdirSync(join(dir, 'docs'));
  mkdirSync(join(dir, 'lib'));
  writeFileSync(join(dir, 'lib/README.md'), '');
  symlinkSync('lib', join(dir, 'data'));
  writeFileSync(join(dir, 'README.md'), '[a](docs/a.md#there) [job](ingest/job.ts) ![a picture](docs/a.png) [web](https://example.org) [up](#top)');
  writeFileSync(join(dir, 'docs/a.md'), '[sample](../data/README.md) and [the\nsources](../app)');
  const run = () => execFileSync(process.execPath, [script, dir], { encoding: 'utf8' }).split('\n').filter(Boolean).sort();
  expect(run()).toEqual(['README.md: docs/a.png', 'README.md: ingest/job.ts', 'docs/a.md: ../app']);
  expect(readFileSync(join(dir, 'README.md'), 'utf8')).toBe('[a](docs/a.md#there) job  [web](https://example.org) [up](#top)');
  expect(readFileSync(join(dir, 'docs/a.md'), 'utf8')).toBe('[sample](../data/README.md) and the\nsources');
  expect(run()).toEqual([]);
});
