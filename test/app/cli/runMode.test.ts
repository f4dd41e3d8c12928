import { expect, test } from 'vitest';
import { alertsOf, runModeOf } from '../../../app/cli/runMode.ts';

test.each([
  [{}, 'live'],
  [{ json: true }, 'alertLines'],
  [{ print: true }, 'batches'],
  [{ print: true, once: true }, 'batches'],
  [{ quiet: true }, 'silent'],
  [{ quiet: true, json: true }, 'silent'],
  [{ once: true }, 'silent'],
  [{ once: true, json: true }, 'silent'],
  [{ supervise: true, json: true }, 'supervised'],
] as const)('run with %j writes as %s', (options, mode) => {
  expect(runModeOf(options)).toBe(mode);
});

test.each([
  ['live', false, { every: false, runs: true }],
  ['alertLines', false, { every: true, runs: false }],
  ['alertLines', true, { every: true, runs: true }],
  ['silent', true, { every: false, runs: true }],
  ['batches', false, { every: false, runs: false }],
] as const)('the job of a run that is %s (with a page: %s) tells %j', (mode, served, alerts) => {
  expect(alertsOf(mode, served)).toEqual(alerts);
});
