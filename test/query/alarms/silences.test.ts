import { describe, expect, onTestFinished, test } from 'vitest';
import { SITE } from '../../../domain/alarm/rule.ts';
import { SiteClock } from '../../../domain/reading/siteClock.ts';
import { AlarmIndex } from '../../../query/alarms/alarmIndex.ts';
import { openEmbeddedTable } from '../../../storage/embedded/table.ts';
import { PLAIN } from '../../support/rules.ts';
import { reading, START } from '../../support/queries.ts';
import { type Row, stepOf } from '../../support/steps.ts';
import { tempDir } from '../../support/tempDir.ts';

const MINUTE = 60_000;
const DAY = 24 * 60;
const gone = { ...PLAIN, id: 'gone', measure: null, condition: { kind: 'silent' as const, afterMs: 10 * MINUTE } };

/** A site whose clock shows START at first; rows that come are of now unless they say otherwise. */
async function site(expected: Record<string, number> = {}) {
  const clock = { now: START };
  const now = () => clock.now;
  const table = await openEmbeddedTable({ dir: tempDir(), mode: 'writer', ttl: { data: null, alerts: null }, now });
  onTestFinished(() => table.close());
  const index = new AlarmIndex({
    table, now, versions: [{ from: 0, rules: [PLAIN, gone] }], holdMs: 5 * MINUTE, lateMs: 60 * MINUTE, latenessMs: 60 * MINUTE,
    clock: new SiteClock('UTC'), expected: () => new Map(Object.entries(expected)),
  });
  const minute = () => (clock.now - START) / MINUTE;
  const write = (rows: readonly Row[]) => table.write(stepOf(rows.map((row) => ({ ...row, receivedAt: clock.now }))));
  return {
    pass: (minutes: number) => { clock.now += minutes * MINUTE; },
    write,
    report: (...pumps: readonly string[]) => write(pumps.map((pump) => reading(pump, minute()))),
    /** `gone 0-12`, with an `s` where it is suppressed. */
    of: async (pump: string) => {
      await index.catchUp();
      return index.alarmsOf(pump).map(({ rule, from, cleared, suppressed }) =>
        `${rule} ${(from - START) / MINUTE}-${cleared === null ? '' : (cleared - START) / MINUTE}${suppressed ? 's' : ''}`);
    },
    pumps: () => index.pumps,
  };
}

describe('a pump', () => {
  test('is silent when nothing has come of it for so long, and until something does', async () => {
    const { pass, report, of } = await site({ A: START, B: START });
    await report('A', 'B');
    pass(10);
    await report('B');
    expect(await of('A')).toEqual([]);
    pass(1);
    expect(await of('A')).toEqual(['gone 0-']);
    expect(await of('B')).toEqual([]);
    pass(1);
    await report('A');
    expect(await of('A')).toEqual(['gone 0-12']);
  });

  test('is not brought back by rows of last week, and one from next year hides nothing', async () => {
    const { pass, report, write, of } = await site({ A: START, B: START });
    await report('A', 'B');
    await write([reading('A', 365 * DAY)]);
    pass(5);
    await report('A', 'B');
    pass(6);
    await report('B');
    pass(5);
    await report('B');
    await write([reading('A', -7 * DAY)]);
    expect(await of('A')).toContain('gone 5-');
    expect(await of('A')).not.toContain(`gone 5-${365 * DAY}`);
  });

  test('that never spoke is silent from the day on which it went into service; one that is not in service yet is not', async () => {
    const { pass, report, of, pumps } = await site({ A: START, B: START - 3 * DAY * MINUTE, C: START + DAY * MINUTE });
    pass(1);
    await report('A');
    expect(await of('B')).toEqual([`gone ${-3 * DAY}-`]);
    expect(await of('C')).toEqual([]);
    expect(pumps()).toEqual(['A', 'B']);
  });

  test('that the vendor file does not know is expected once it has been heard in time', async () => {
    const { pass, report, write, of } = await site({ A: START });
    await report('A', 'unknown');
    await write([reading('imported', -400 * DAY)]);
    pass(6);
    await report('A');
    pass(5);
    expect([await of('unknown'), await of('imported')]).toEqual([['gone 0-'], []]);
  });
});

test('when all pumps are silent that is one alarm, and theirs mean nothing, also afterwards', async () => {
  const { pass, report, of, pumps } = await site({ A: START, B: START });
  await report('A', 'B');
  pass(1);
  await report('B');
  pass(11);
  expect([await of(SITE), await of('A'), await of('B'), pumps()]).toEqual([['gone 1-'], ['gone 0-s'], ['gone 1-s'], ['A', 'B', SITE]]);
  pass(10);
  await report('B');
  expect([await of(SITE), await of('A'), await of('B')]).toEqual([['gone 1-22'], ['gone 0-s'], ['gone 1-22s']]);
  pass(3);
  await report('A');
  expect([await of(SITE), await of('A'), await of('B')]).toEqual([['gone 1-22'], ['gone 0-25s'], ['gone 1-22s']]);
});

test('when nothing has ever come that is one alarm too', async () => {
  const { of, pass } = await site({ A: START - 5 * MINUTE, B: START });
  pass(11);
  expect([await of(SITE), await of('A'), await of('B')]).toEqual([['gone 0-'], ['gone -5-s'], ['gone 0-s']]);
});

test('a pump that is still silent when the others are back has an alarm of its own', async () => {
  const { pass, report, of } = await site({ A: START, B: START });
  await report('A', 'B');
  pass(20);
  await report('B');
  pass(5);
  expect(await of('A')).toEqual(['gone 0-s']);
  await report('B');
  pass(6);
  expect(await of('A')).toEqual(['gone 0-']);
});
