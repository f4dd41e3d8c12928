import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const unit = (name: string) => fileURLToPath(new URL(`../../deploy/systemd/${name}`, import.meta.url));
const analyze = (...words: string[]) => spawnSync('systemd-analyze', words, { encoding: 'utf8' });
const isHere = analyze('--version').status === 0;

test.skipIf(!isHere).each(['wellwatch.service', 'wellwatch-summary.service'])('%s is exposed to less than 2.0', (name) => {
  // Exposure in tenths, which makes it exit with 1 when there is more.
  const { status, stdout, stderr } = analyze('security', '--offline=true', '--threshold=20', '--no-pager', unit(name));
  expect(`${status} ${stderr}`, stdout).toBe('0 ');
  expect(stdout).toMatch(/Overall exposure level for wellwatch/);
});

test.skipIf(!isHere)('systemd understands every line of the units', () => {
  const { stderr } = analyze('verify', '--man=no', ...['wellwatch.service', 'wellwatch-summary.service', 'wellwatch-summary.timer'].map(unit));
  // What they start is there once the package is installed.
  expect(stderr.split('\n').filter((line) => line.includes('wellwatch') && !line.includes('/usr/bin/wellwatch is not executable'))).toEqual([]);
});
