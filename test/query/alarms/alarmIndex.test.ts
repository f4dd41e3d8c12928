import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { AlarmRule } from '../../../domain/alarm/fold/alarmRule.ts';
import { PumpFold } from '../../../domain/alarm/fold/pumpFold.ts';
import { type RuleVersion, spansOf } from '../../../domain/alarm/fold/versions.ts';
import { SiteClock } from '../../../domain/reading/siteClock.ts';
import { ActBook } from '../../../query/acts/actBook.ts';
import { alarmJson } from '../../../query/acts/alarmJson.ts';
import { listAlarms } from '../../../query/alarms/alarmList.ts';
import { ActLog } from '../../../storage/files/actLog.ts';
import { AlarmIndex } from '../../../query/alarms/alarmIndex.ts';
import { NOT_BEGUN } from '../../../storage/table/retractions.ts';
import { openEmbeddedTable } from '../../../storage/embedded/table.ts';
import { PLAIN } from '../../support/rules.ts';
import fc from '../../support/property.ts';
import { anySteps, reading, START } from '../../support/queries.ts';
import { type Row, stepOf } from '../../support/steps.ts';
import { tempDir } from '../../support/tempDir.ts';

const MINUTE = 60_000;
const DAY = 24 * 60;

const slow: AlarmRule = { ...PLAIN, onDelayMs: 2 * MINUTE, offDelayMs: 3 * MINUTE };
const falling: AlarmRule = {
  ...PLAIN, id: 'falling', priority: 'low', condition: { kind: 'change', direction: 'falls', by: 50, withinMs: 5 * MINUTE },
};
const gap: AlarmRule = { ...PLAIN, id: 'gap', measure: null, condition: { kind: 'silent', afterMs: 10 * MINUTE } };

async function site(versions: readonly RuleVersion[], { ttl = null as number | null } = {}) {
  const clock = { now: START + 30 * DAY * MINUTE };
  const table = await openEmbeddedTable({ dir: tempDir(), mode: 'writer', ttl: { data: ttl, alerts: null }, now: () => clock.now });
  onTestFinished(() => table.close());
  const index = (keeps = false) => new AlarmIndex({
    table, versions, keeps, holdMs: 5 * MINUTE, lateMs: 60 * MINUTE, latenessMs: 60 * MINUTE, clock: new SiteClock('UTC'), now: () => clock.now,
  });
  let kept = index(true);
  return {
    clock, table,
    write: async (rows: readonly Row[]) => {
      clock.now += MINUTE;
      await table.write(stepOf(rows.map((row) => ({ ...row, receivedAt: clock.now }))));
    },
    pending: async (pump: string) => {
      await kept.catchUp();
      const log = new ActLog(join(tempDir(), 'acts.log'));
      const book = new ActBook({ log, rules: [], windows: [], zone: 'UTC', now: () => clock.now });
      return (await listAlarms(kept, book, { state: 'pending', pump })).map(alarmJson);
    },
    alarms: async (pump = 'A') => {
      await kept.catchUp();
      return kept.alarmsOf(pump);
    },
    /** Keeps what it knows, forgets it, and goes on with what was kept. */
    restart: async (last = true) => {
      await kept.keep(last ? 'too' : 'now and then');
      kept = index(true);
    },
    /** As a process tells it that has seen nothing before. */
    anew: async (pump = 'A') => {
      const fresh = index();
      await fresh.catchUp();
      return fresh.alarmsOf(pump);
    },
    /** All at once, from the first reading to the last. */
    atOnce: async (pump: string) => {
      const fold = new PumpFold(pump, spansOf(versions, pump));
      let last = -Infinity;
      for await (const piece of table.readings(pump, {})) {
        fold.take(piece);
        last = piece.time[piece.length - 1];
      }
      return fold.closeAt(last);
    },
  };
}

const minutes = (alarms: readonly { rule: string; from: number; cleared: number | null }[]) =>
  alarms.map(({ rule, from, cleared }) => `${rule} ${(from - START) / MINUTE}-${cleared === null ? '' : (cleared - START) / MINUTE}`);

test('alarms are those of folding everything at once, after each step, in whatever order rows come', async () => {
  await fc.assert(fc.asyncProperty(anySteps, async (steps) => {
    const { write, alarms, anew, atOnce, restart } = await site([{ from: 0, rules: [slow, falling, gap] }]);
    for (const [i, rows] of steps.entries()) {
      if (i % 2 === 1) await restart(i % 4 === 1);
      await write(rows);
      for (const pump of new Set(rows.map((row) => row.pump))) {
        const expected = (await atOnce(pump)).sort((a, b) => (a.rule < b.rule ? -1 : a.rule > b.rule ? 1 : a.from - b.from));
        expect(await alarms(pump)).toMatchObject(expected);
        expect(await alarms(pump)).toEqual(await anew(pump));
      }
    }
  }), { numRuns: 6 });
});

describe('what is kept of days', () => {
  const counting = (table: Awaited<ReturnType<typeof site>>['table']) => {
    const read: string[] = [];
    const readings = table.readings.bind(table);
    table.readings = (pump, range) => {
      read.push(`${((range.from ?? 0) - START) / MINUTE}`);
      return readings(pump, range);
    };
    return read;
  };

  test('is not read again after a restart, and readings that come in order are read alone', async () => {
    const { table, write, alarms, anew, restart } = await site([{ from: 0, rules: [slow] }]);
    for (let day = 0; day < 20; day++) await write([reading('A', day * DAY, { psi: 0 }), reading('A', day * DAY + 2, { psi: 0 }), reading('A', day * DAY + 3)]);
    const before = await alarms();
    await restart();
    const read = counting(table);
    expect(await alarms()).toEqual(before);
    expect(await anew()).toEqual(before); // as a question in SQL, which keeps nothing
    expect(read).toEqual([]);
    await write([reading('A', 19 * DAY + 4, { psi: 0 })]);
    await alarms();
    const MS = 1 / MINUTE;
    expect(read.map(Number)).toEqual([19 * DAY + 3 + MS]);
    await write([reading('A', 19 * DAY + 1)]);
    await alarms();
    expect(read.slice(1).map(Number)).toEqual([19 * DAY]);
  });

  test('holds for the rules that judged it: a later change of a rule leaves days before it alone', async () => {
    const { table, write, alarms, restart, clock } = await site([{ from: 0, rules: [PLAIN] }]);
    await write([0, 1, 2].flatMap((day) => [reading('A', day * DAY, { psi: 0 }), reading('A', day * DAY + 1)]));
    await alarms();
    await restart();
    const changed = new AlarmIndex({
      table, holdMs: 5 * MINUTE, lateMs: 60 * MINUTE, latenessMs: 60 * MINUTE, clock: new SiteClock('UTC'), now: () => clock.now,
      versions: [{ from: 0, rules: [PLAIN] }, { from: START + 2 * DAY * MINUTE, rules: [] }],
    });
    const read = counting(table);
    await changed.catchUp();
    expect(minutes(changed.alarmsOf('A'))).toEqual(['low-psi 0-1', `low-psi ${DAY}-${DAY + 1}`]);
    expect(read.map(Number)).toEqual([2 * DAY]);
  });

  test('stays when the readings expire', async () => {
    const { table, clock, write, alarms, restart } = await site([{ from: 0, rules: [PLAIN] }], { ttl: 100 * MINUTE });
    await write([reading('A', 0, { psi: 0 }), reading('A', 1)]);
    expect(minutes(await alarms())).toEqual(['low-psi 0-1']);
    await restart();
    clock.now += 200 * MINUTE;
    while (await table.expire());
    await write([reading('A', 3 * DAY, { psi: 0 })]);
    expect(minutes(await alarms())).toEqual(['low-psi 0-1', `low-psi ${3 * DAY}-`]);
  });
});

describe('an alarm', () => {
  test('is gone with the readings that are taken back, and so is the last reading', async () => {
    const { table, clock, write, alarms, restart } = await site([{ from: 0, rules: [PLAIN] }]);
    await write([reading('A', 0), reading('A', 1)]);
    await write([reading('A', 5 * DAY, { psi: 0 })]);
    expect(minutes(await alarms())).toEqual([`low-psi ${5 * DAY}-`]);
    const selection = { sources: undefined, pump: 'A', from: START + DAY * MINUTE, to: START + 9 * DAY * MINUTE, receivedUntil: clock.now };
    expect(await table.retractable(selection)).toEqual({ retracted: 1, pumpDays: 1 });
    for await (const { rows } of table.retract(selection, { rules: [], before: NOT_BEGUN, state: () => ({}) })) expect(rows).toBe(1);
    expect(await alarms()).toEqual([]);
    await write([reading('A', 2, { psi: 0 })]);
    expect(minutes(await alarms())).toEqual(['low-psi 2-']);
    await restart();
    expect(minutes(await alarms())).toEqual(['low-psi 2-']);
  });

  test('goes on over days, and a late reading of an old day cuts it in two', async () => {
    const { write, alarms } = await site([{ from: 0, rules: [PLAIN] }]);
    await write(Array.from({ length: 40 }, (_, day) => reading('A', day * DAY, { psi: 0 })));
    expect(minutes(await alarms())).toEqual(['low-psi 0-']);
    await write([reading('A', 20 * DAY + 5)]);
    expect(minutes(await alarms())).toEqual([`low-psi 0-${20 * DAY + 5}`, `low-psi ${21 * DAY}-`]);
  });

  test('is stale when nothing has been known for a while, and goes on holding while its readings are of now', async () => {
    const { clock, write, alarms, pending } = await site([{ from: 0, rules: [{ ...PLAIN, onDelayMs: 2 * MINUTE }] }]);
    await write([reading('A', 0, { psi: 0 }), reading('A', 2, { psi: 0 })]);
    expect(await alarms()).toMatchObject([{ cleared: null, stale: true, late: false }]);
    const now = (clock.now + MINUTE - START) / MINUTE;
    await write([reading('B', now, { psi: 0 })]);
    expect(await alarms('B')).toEqual([]);
    expect(await pending('B')).toMatchObject([{ state: 'pending', rule: 'low-psi', raised: null, cleared: null, worst: 0, readings: 1, stale: false }]);
    clock.now += 2 * MINUTE;
    expect(await pending('B')).toEqual([]);
    expect(await alarms('B')).toMatchObject([{ raised: START + (now + 2) * MINUTE, stale: false }]);
    clock.now += 4 * MINUTE;
    expect(await alarms('B')).toMatchObject([{ cleared: null, stale: true }]);
  });

  test('is late when it is found after readings of hours later', async () => {
    const { write, alarms } = await site([{ from: 0, rules: [PLAIN] }]);
    await write([reading('A', 0, { psi: 0 }), reading('A', 1), reading('A', 600)]);
    await write([reading('A', 60, { psi: 0 })]);
    expect((await alarms()).map(({ late }) => late)).toEqual([false, true]);
  });

  test('is of the rules in force at its own time, and means nothing while its cause is there', async () => {
    const stopped: AlarmRule = {
      ...PLAIN, id: 'stopped', measure: 'hz', condition: { kind: 'limit', side: 'below', levels: [{ priority: 'low', threshold: 1 }] },
    };
    const { write, alarms } = await site([
      { from: 0, rules: [PLAIN] }, { from: START + 10 * MINUTE, rules: [{ ...PLAIN, suppressedBy: ['stopped'] }, stopped] },
    ]);
    await write([reading('A', 5, { psi: 0, hz: 0 }), reading('A', 6), reading('A', 11, { psi: 0, hz: 0 }), reading('A', 12)]);
    const found = await alarms();
    expect(minutes(found)).toEqual(['low-psi 5-6', 'low-psi 11-12', 'stopped 11-12']);
    expect(found.map(({ suppressed }) => suppressed)).toEqual([false, true, false]);
  });
});
