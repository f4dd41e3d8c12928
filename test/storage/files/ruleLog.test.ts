import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readRuleVersions, recordRules } from '../../../storage/files/ruleLog.ts';
import { PLAIN } from '../../support/rules.ts';
import { time } from '../../support/steps.ts';
import { tempDir } from '../../support/tempDir.ts';

test('a change of the rules is written down with the time from which it holds, and the same rules are not', () => {
  const path = join(tempDir(), 'rules.log');
  expect(readRuleVersions(path)).toEqual([]);
  const first = { from: time('2026-11-29T02:51:09'), rules: [PLAIN] };
  const second = { from: time('2026-11-30'), rules: [{ ...PLAIN, deadband: 2 }] };
  recordRules(path, first);
  recordRules(path, { ...first, from: time('2026-11-29T03:00') });
  recordRules(path, second);
  expect(readRuleVersions(path)).toEqual([first, second]);
});

test('a line that was torn by a crash costs only itself', () => {
  const path = join(tempDir(), 'rules.log');
  recordRules(path, { from: 0, rules: [PLAIN] });
  appendFileSync(path, '\n{"from":"2026-11-29T02:51:09","rules":[{"id"');
  recordRules(path, { from: 60_000, rules: [] });
  expect(readRuleVersions(path)).toEqual([{ from: 0, rules: [PLAIN] }, { from: 60_000, rules: [] }]);
});
