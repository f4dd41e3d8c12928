import { describe, expect, test } from 'vitest';
import type { Rule } from '../../../domain/alarm/rule.ts';
import { formatTime, parseTime } from '../../../domain/reading/wallClock.ts';
import { alertPages } from '../../../query/alarms/alertPages.ts';
import { readingPages } from '../../../query/pages/readingPages.ts';
import type { Occurrence } from '../../../domain/alarm/occurrence.ts';
import { occurrencesOf } from '../../../query/alarms/occurrencesOf.ts';
import type { Selection } from '../../../domain/reading/selection.ts';
import { collect, openWriter, store } from '../../support/stored.ts';
import { LOW_PSI } from '../../support/rules.ts';
import { tempDir } from '../../support/tempDir.ts';
import { countRounds } from '../../support/rounds.ts';

const HIGH_HZ: Rule = { ...LOW_PSI, id: 'high-hz', measure: 'hz', comparison: 'above', threshold: 10 };

/** One row a minute from 2014-03-14T00:00 on; what is given is the psi of each, and `hz` before a slash. */
function minutes(pump: string, values: readonly string[]): string[] {
  return values.map((value, i) => {
    const [psi, hz = '9'] = value.split('/').reverse();
    return `${pump} ${formatTime(parseTime('2014-03-14')! + i * 60_000)} ${hz} 1 1 1 ${psi} 1`;
  });
}

async function runs(
  rows: readonly string[],
  { rules = [LOW_PSI], selection = {} }: { rules?: Rule[]; selection?: Selection } = {},
): Promise<Occurrence[]> {
  const dir = tempDir();
  await store(dir, rows, { rules });
  const table = await openWriter(dir);
  try {
    return (await collect(occurrencesOf(table, alertPages(table, selection)))).flat();
  } finally {
    await table.close();
  }
}

const summary = (all: Occurrence[]) =>
  all.map(
    ({ pump, rule, from, to, count, worst }) =>
      `${pump} ${rule} ${formatTime(from).slice(11, 16)}-${formatTime(to).slice(11, 16)} ${count} ${worst}`,
  );

describe('runs of alerts', () => {
  test('alerts of readings that follow each other are one', async () => {
    expect(summary(await runs(minutes('A', ['80', '3', '0', '4', '80'])))).toEqual(['A low-psi 00:01-00:03 3 0']);
  });

  test('a reading in limits ends a run', async () => {
    expect(summary(await runs(minutes('A', ['3', '80', '2', '1'])))).toEqual(['A low-psi 00:00-00:00 1 3', 'A low-psi 00:02-00:03 2 1']);
  });

  test('a gap in the data ends none', async () => {
    const rows = ['A 2014-03-10T12:00 9 1 1 1 0 1', 'A 2014-03-14T12:00 9 1 1 1 0 1'];
    expect(await runs(rows)).toMatchObject([{ count: 2 }]);
  });

  test('each pump and each rule has its own, in order of beginning', async () => {
    const rows = [...minutes('B', ['12/0', '12/80', '12/0', '9/0']), ...minutes('A', ['0', '0'])];
    expect(summary(await runs(rows, { rules: [LOW_PSI, HIGH_HZ] }))).toEqual([
      'A low-psi 00:00-00:01 2 0', 'B high-hz 00:00-00:02 3 12', 'B low-psi 00:00-00:00 1 0', 'B low-psi 00:02-00:03 2 0',
    ]);
  });

  test('the worst value of a rule with an upper limit is the highest', async () => {
    expect(await runs(minutes('A', ['11/80', '14/80', '12/80']), { rules: [HIGH_HZ] })).toMatchObject([{ worst: 14 }]);
  });

  test('a selection cuts a run, and does not count what lies outside', async () => {
    const selection = { from: parseTime('2014-03-14T00:02')!, to: parseTime('2014-03-14T00:04')! };
    expect(summary(await runs(minutes('A', ['0', '0', '0', '0', '0']), { selection }))).toEqual(['A low-psi 00:02-00:03 2 0']);
  });
});

describe('pages', () => {
  const many = Array.from({ length: 20_000 }, () => '12/0');

  test('give every reading once, in order', async () => {
    const dir = tempDir();
    await store(dir, minutes('A', many));
    const table = await openWriter(dir);
    const pages = await collect(readingPages(table, { pump: 'A' }, (readings, row) => readings.time[row]));
    await table.close();
    expect(pages.length).toBeGreaterThan(2);
    expect(pages.flat()).toEqual(many.map((_, i) => parseTime('2014-03-14')! + i * 60_000));
  });

  test('give every alert once, in order, also where two rules alarm at one time', async () => {
    const dir = tempDir();
    await store(dir, minutes('A', many), { rules: [LOW_PSI, HIGH_HZ] });
    const table = await openWriter(dir);
    const pages = await collect(alertPages(table, {}));
    await table.close();
    expect(pages.length).toBeGreaterThan(2);
    expect(pages.flat().map(({ time, rule }) => `${time} ${rule}`)).toEqual(
      many.flatMap((_, i) => ['high-hz', 'low-psi'].map((rule) => `${parseTime('2014-03-14')! + i * 60_000} ${rule}`)),
    );
  });

  test('of readings leave other work of the thread its turn between the pieces of a page', async () => {
    const dir = tempDir();
    await store(dir, minutes('A', many));
    const table = await openWriter(dir);
    const rounds = countRounds();
    let pieces = 0;
    await collect(readingPages(table, { pump: 'A' }, (_readings, row) => {
      if (row > 0) return;
      pieces++;
      rounds.holdUp();
    }));
    await table.close();
    expect(rounds.seen()).toBe(pieces);
  });

  test('are none when there is nothing', async () => {
    const table = await openWriter(tempDir());
    expect([...(await collect(alertPages(table, {}))), ...(await collect(readingPages(table, { pump: 'A' }, () => 0)))]).toEqual([]);
    await table.close();
  });
});
