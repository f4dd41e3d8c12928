import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ScanRequest } from '../../../query/sql/pieces.ts';
import type { SqlSession } from '../../../query/sql/session.ts';
import { parseTime } from '../../../domain/reading/wallClock.ts';
import { AppError } from '../../../domain/errors.ts';
import { SqlSession as Session } from '../../../query/sql/session.ts';
import { rowsOf, sessionOver } from './session.ts';

const FAR = parseTime('9999-12-31T23:59:59.999')!;
const asked: ScanRequest[] = [];
let session: SqlSession;
beforeAll(async () => {
  const reading = (pump: string, time: number, psi: number | null) => [pump, time, 10.5, -0, null, 1, psi, 2, 1_700_000_000_123];
  const many = Array.from({ length: 3000 }, (_, i) => reading(i < 2500 ? 'ÄÖ' : 'Z', parseTime('2014-03-14')! + i * 60_000, i % 7 ? i : null));
  session = await sessionOver({
    readings: [...many, reading('Z', FAR, 1), reading('Z', parseTime('0001-01-01')!, 2)],
    rejects: [['a.csv', 17, 'bad', 'x,y', null], ['b.csv', 18, 'worse', '', 1_700_000_000_000]],
    stats: [], alarms: [['A', 'r', 'high', 'normal', FAR, FAR, null, null, null, null, 3, true, false, null, null, null, null]],
  }, { asked });
});
afterAll(() => session.close());

test('values come as they are stored: times of any year, missing cells, -0, texts and nulls', async () => {
  expect(await rowsOf(session, 'SELECT * FROM readings WHERE at > \'3000-01-01\' OR at < \'1000-01-01\' ORDER BY at')).toEqual([
    ['Z', parseTime('0001-01-01'), 10.5, -0, null, 1, 2, 2, 1_700_000_000_123],
    ['Z', FAR, 10.5, -0, null, 1, 1, 2, 1_700_000_000_123],
  ]);
  expect(await rowsOf(session, 'FROM rejects')).toEqual([['a.csv', 17, 'bad', 'x,y', null], ['b.csv', 18, 'worse', '', 1_700_000_000_000]]);
  expect(await rowsOf(session, 'SELECT stale, late, worst, returned, readings FROM alarms')).toEqual([[true, false, null, null, 3]]);
  expect(await rowsOf(session, 'SELECT count(*), count(psi), count(DISTINCT pump) FROM readings')).toEqual([[3002, 2573, 2]]);
  expect(await rowsOf(session, 'SELECT count(*) FROM readings')).toEqual([[3002]]);
});

test('only the columns that a question names are asked of the table', async () => {
  asked.length = 0;
  await rowsOf(session, 'SELECT avg(psi) FROM readings');
  expect(asked.map(({ columns }) => columns)).toEqual([[6]]);
});

test.each([
  'SELECT at FROM readings ORDER BY at LIMIT 1',
  'SELECT "at" FROM readings ORDER BY "at" LIMIT 1',
  'SELECT r.at FROM readings r ORDER BY r.at LIMIT 1',
  '/* at */ SELECT at AS "at" FROM readings -- at\n WHERE \'at\' = \'at\' AND E\'\\\'at\' <> at::varchar ORDER BY at LIMIT 1',
])('at is the column: %s', async (sql) => {
  expect(await rowsOf(session, sql)).toEqual([[parseTime('0001-01-01')]]);
});

test('parameters are values and nothing else, and leave rows out as literals do', async () => {
  asked.length = 0;
  const params = { pump: 'Z', from: '2014-03-15', text: 'x\'; DROP TABLE readings' };
  const named = await rowsOf(session, 'SELECT count(*) FROM readings WHERE pump = $pump AND at >= $from AND pump <> $text', params);
  expect(named).toEqual(await rowsOf(session, 'SELECT count(*) FROM readings WHERE pump = \'Z\' AND at >= \'2014-03-15\''));
  expect(asked[0].bounds).toEqual(asked[1].bounds);
  expect(await rowsOf(session, 'SELECT $1, $2 + 1, $3, $4', ['a', 2, null, true])).toEqual([['a', 3, null, true]]);
  await expect(rowsOf(session, 'SELECT $pump')).rejects.toMatchObject({ code: 'USAGE' });
});

test('AT TIME ZONE stays what it is', async () => {
  expect(await rowsOf(session, 'SELECT at AT TIME ZONE \'UTC\' FROM readings WHERE at >= \'9999-01-01\'')).toEqual([[FAR]]);
});

test('types of an answer are told, and two columns of one name are told apart', async () => {
  const { columns } = await session.ask('SELECT pump, at, at::date, psi, psi, count(*), [1] FROM readings GROUP BY ALL LIMIT 0');
  expect(columns.map(({ name, type, sqlType }) => [name, type, sqlType])).toEqual([
    ['pump', 'text', 'VARCHAR'], ['at', 'wallTime', 'TIMESTAMP'], [expect.anything(), 'date', 'DATE'], ['psi', 'double', 'DOUBLE'],
    ['psi:1', 'double', 'DOUBLE'], ['count_star()', 'count', 'BIGINT'], [expect.anything(), 'text', expect.stringContaining('INTEGER')],
  ]);
});

test('a whole number that no double holds is refused, not rounded', async () => {
  await expect(rowsOf(session, 'SELECT 9007199254740993 AS n')).rejects.toThrow('9007199254740993 in column n');
  expect(await rowsOf(session, 'SELECT 9007199254740993::varchar')).toEqual([['9007199254740993']]);
});

test('what reading a table throws is thrown as it was', async () => {
  const broken = await Session.open({
    memory: 64e6, threads: 1, timezone: 'UTC',
    scan: () => ({ next() { throw new AppError('STORE_UNAVAILABLE', 'HBase is away'); } }),
  });
  await expect(rowsOf(broken, 'FROM alerts')).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE', message: 'HBase is away' });
  broken.close();
});
