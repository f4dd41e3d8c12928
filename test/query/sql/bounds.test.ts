import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseTime } from '../../../domain/reading/wallClock.ts';
import type { ScanBounds } from '../../../query/sql/bounds.ts';
import type { ScanRequest } from '../../../query/sql/pieces.ts';
import type { SqlSession } from '../../../query/sql/session.ts';
import { rowsOf, sessionOver } from './session.ts';

const asked: ScanRequest[] = [];
let session: SqlSession;
beforeAll(async () => {
  session = await sessionOver({}, { asked });
});
afterAll(() => session.close());

const at = (text: string) => parseTime(text)!;
const DAY = { from: at('2014-03-14'), to: at('2014-03-15') };

test.each<[string, ScanBounds]>([
  ['pump = \'A\'', { pumps: ['A'] }],
  ['pump IN (\'A\', \'B\') AND \'B\' = pump', { pumps: ['B'] }],
  ['at >= \'2014-03-14\' AND at < \'2014-03-15\' AND psi < 5', DAY],
  ['\'2014-03-14\' <= at AND timestamp \'2014-03-15 00:00\' > at', DAY],
  ['at BETWEEN date \'2014-03-14\' AND \'2014-03-14 23:59:59.999\'', DAY],
  ['at::date = \'2014-03-14\'', DAY],
  ['at::date <= \'2014-03-14\' AND readings.at::date > \'2014-03-13\'', DAY],
  ['at > \'2014-03-13 23:59:59.999\' AND at = \'2014-03-14\'', { from: at('2014-03-14'), to: at('2014-03-14') + 1 }],
  ['pump = \'A\' OR pump = \'B\'', {}],
  ['NOT pump = \'A\'', {}],
  ['pump IN (SELECT id FROM pumps)', {}],
  ['at >= \'2014-03-14 12:00:00.0005\'', {}],
  ['at >= \'2014-03-14 12:00+02\'', {}],
  ['at >= received_at', {}],
  ['upper(pump) = \'A\'', {}],
])('WHERE %s bounds what is read', async (where, bounds) => {
  expect(await boundsAsked(`SELECT psi FROM readings WHERE ${where}`)).toEqual([bounds]);
});

test.each<[string, ScanBounds[]]>([
  ['SELECT r.psi FROM alerts a LEFT JOIN readings r ON a.pump = r.pump WHERE r.pump = \'A\' AND r.at >= \'2014-03-14\'', [{ pumps: ['A'], from: DAY.from }]],
  ['SELECT 1 FROM readings a, readings b WHERE a.pump = \'A\' AND b.pump = \'B\' AND a.at < \'2014-03-15\'', [{ pumps: ['A', 'B'] }, { pumps: ['A', 'B'] }]],
  ['SELECT psi FROM readings WHERE pump = \'A\' UNION ALL SELECT psi FROM readings', [{}, {}]],
  // What these say of one table must not bound the other, or is not the same before a join as after it.
  ['SELECT 1 FROM alerts ANTI JOIN readings ON alerts.at = readings.at WHERE pump = \'A\'', [{}]],
  ['SELECT 1 FROM alerts a ASOF JOIN readings r ON a.pump = r.pump AND a.at >= r.at WHERE r.at < \'2014-03-15\'', [{}]],
  ['SELECT 1 FROM alerts a POSITIONAL JOIN readings r WHERE r.pump = \'A\'', [{}]],
  ['SELECT 1 FROM readings r(at, pump) WHERE r.pump = \'2014-03-14\'', [{}]],
  ['SELECT 1 FROM readings TABLESAMPLE reservoir(5) WHERE pump = \'A\'', [{}]],
  ['SUMMARIZE readings', [{}]],
])('%s', async (sql, bounds) => {
  expect(await boundsAsked(sql)).toEqual(bounds);
});

async function boundsAsked(sql: string): Promise<ScanBounds[]> {
  asked.length = 0;
  await rowsOf(session, sql);
  return asked.filter(({ table }) => table === 'readings').map(({ bounds }) => JSON.parse(JSON.stringify(bounds)) as ScanBounds);
}
