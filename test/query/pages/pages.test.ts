import { describe, expect, test } from 'vitest';
import type { Rule } from '../../../domain/alarm/rule.ts';
import { formatTime, parseTime } from '../../../domain/reading/wallClock.ts';
import { alertPages } from '../../../query/alarms/alertPages.ts';
import { readingPages } from '../../../query/pages/readingPages.ts';
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
