import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadConfig } from '../../../app/config/load.ts';
import type { Config } from '../../../app/config/types.ts';
import { AppError } from '../../../domain/errors.ts';
import { PLAIN } from '../../support/rules.ts';
import { tempDir } from '../../support/tempDir.ts';

function load(yaml: string): Config {
  const cwd = tempDir();
  writeFileSync(join(cwd, 'site.yaml'), yaml);
  return loadConfig({ file: 'site.yaml', env: {}, cwd });
}

/** The lines of the error, without the first. */
function problems(yaml: string): string[] {
  try {
    load(yaml);
    return [];
  } catch (error) {
    if (error instanceof AppError && error.code === 'CONFIG') return error.message.split('\n').slice(1).map((line) => line.trim());
    throw error;
  }
}

const rule = (rest: string) => load(`rules: [{ id: a, measure: psi, ${rest} }]`).alarms.rules[0];
const MINUTE = 60_000;

describe('rules of alarms', () => {
  test('the one of the contract has all of its settings', () => {
    const config = load(`
rules:
  - { id: no-power, measure: hz, below: 1 }
  - id: low-psi
    measure: psi
    below: { high: 5, medium: 20 }
    pumps: "CO*"
    deadband: 2
    onDelay: 30s
    offDelay: 1m
    when: hz > 0
    after: 3m
    repeated: { times: 5, within: 10m }
    suppressedBy: [no-power]
    latch: true
    realarm: 4h
    respondWithin: 15m
    guidance: Check the suction valve; stop the pump at 0
alarms: { hold: 2m, shelve: 1h, late: 0s }
`);
    expect(config.alarms.rules[1]).toEqual({
      id: 'low-psi', pumps: 'CO*', measure: 'psi', priority: 'high',
      condition: { kind: 'limit', side: 'below', levels: [{ priority: 'medium', threshold: 20 }, { priority: 'high', threshold: 5 }] },
      deadband: 2, onDelayMs: 30_000, offDelayMs: MINUTE, holdMs: 2 * MINUTE,
      when: [[{ measure: 'hz', operator: '>', value: 0 }]], afterMs: 3 * MINUTE, repeated: { times: 5, withinMs: 10 * MINUTE },
      suppressedBy: ['no-power'], latch: true, acknowledge: true, realarmMs: 240 * MINUTE, respondWithinMs: 15 * MINUTE,
      guidance: 'Check the suction valve; stop the pump at 0',
    });
    expect(config.alarms).toMatchObject({ holdMs: 2 * MINUTE, shelveMs: 60 * MINUTE, lateMs: 0 });
  });

  test.each([
    ['falls: 20, within: 5m', { kind: 'change', direction: 'falls', by: 20, withinMs: 5 * MINUTE }],
    ['rises: 20, within: 5m', { kind: 'change', direction: 'rises', by: 20, withinMs: 5 * MINUTE }],
    ['stuck: 1h', { kind: 'stuck', forMs: 60 * MINUTE, tolerance: 0 }],
    ['range: [0, 500]', { kind: 'range', low: 0, high: 500 }],
    ['deviates: 4', { kind: 'deviates', factor: 4, side: 'both', overMs: 60 * MINUTE, days: 14, inARow: 2 }],
    [
      'deviates: 3, above: true, over: 30m, of: 7d, hours: 1',
      { kind: 'deviates', factor: 3, side: 'above', overMs: 30 * MINUTE, days: 7, inARow: 1 },
    ],
  ])('%s', (written, condition) => expect(rule(written)).toMatchObject({ measure: 'psi', condition }));

  test('silence is of the pump, not of a measure', () => {
    expect(load('rules: [{ id: silence, silent: 10m }]').alarms.rules[0]).toMatchObject({
      measure: null, condition: { kind: 'silent', afterMs: 10 * MINUTE }, priority: 'medium', acknowledge: true,
    });
  });

  test('what is of low priority wants nobody to acknowledge it', () => {
    expect(rule('below: 5, priority: low').acknowledge).toBe(false);
    expect(rule('below: 5, priority: low, acknowledge: true').acknowledge).toBe(true);
  });

  test('only limits make alerts, of several levels the outermost', () => {
    const config = load('rules: [{ id: a, measure: psi, above: { low: 90, high: 120 } }, { id: b, measure: psi, stuck: 1h }]');
    expect(config.rules).toEqual([{ id: 'a', measure: 'psi', comparison: 'above', threshold: 90, pumps: '*', priority: 'low' }]);
    expect(load('rules: [{ id: low-psi, measure: psi, below: 5, priority: high }]').alarms.rules).toEqual([PLAIN]);
  });

  test.each([
    ['below: { medium: 5, high: 20 }', 'rules[0].below: expected a lower limit for each higher priority'],
    ['below: { medium: 20, high: 5 }, priority: high', 'rules[0].priority: expected none beside levels, each of which is a priority'],
    ['below: true', 'rules[0].below: expected a limit such as 5, got true'],
    ['deviates: 4, below: 5', 'rules[0].below: expected true beside deviates, got 5'],
    ['below: 5, falls: 3, within: 5m', 'rules[0]: expected one of below or above, falls or rises, stuck, range, deviates, silent, ' +
      'got below or above and falls or rises in rule a'],
    ['falls: 3, rises: 3, within: 5m', 'rules[0]: expected either falls or rises, got both in rule a'],
    ['falls: 3', 'rules[0].within: expected the longest time that the change may take, such as 5m, got nothing'],
    ['below: 5, within: 5m', 'rules[0].within: expected only beside falls or rises'],
    ['below: 5, tolerance: 1', 'rules[0].tolerance: expected only beside stuck'],
    ['below: 5, after: 3m', 'rules[0].after: expected only beside when'],
    [
      'below: 5, repeated: { times: 5, within: 10m }',
      'rules[0].repeated: expected only beside an onDelay: without one each breach is an alarm at once',
    ],
    ['below: 5, suppressedBy: [a]', 'rules[0].suppressedBy[0]: expected the id of another rule, got "a"'],
    [
      'below: 5, when: pressure > 0',
      'rules[0].when: expected comparisons of hz, disp, flo, sedPPM, psi, chlPPM such as hz > 0, joined by and or or, got "pressure > 0"',
    ],
    ['range: [5, 1]', 'rules[0].range: expected the lowest and the highest value of the instrument, such as [0, 500], got a list'],
    ['deviates: 4, over: 7h', 'rules[0].over: expected a part of a day such as 1h, 30m or 24h'],
    ['silent: 10m', 'rules[0].measure: expected nothing beside silent'],
    ['below: 5, onDelay: soon', 'rules[0].onDelay: expected a duration such as 2s, 500ms or 1h, got "soon"'],
  ])('refused: %s', (written, problem) => expect(problems(`rules: [{ id: a, measure: psi, ${written} }]`)).toEqual([problem]));

  test('a rule needs its measure', () => {
    expect(problems('rules: [{ id: a, below: 5 }]')).toEqual([
      'rules[0].measure: expected one of hz, disp, flo, sedPPM, psi, chlPPM, got nothing',
    ]);
  });
});
