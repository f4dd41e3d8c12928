import { statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { dayNumber, MAX_TIME, MIN_TIME, parseTime } from '../../../domain/reading/wallClock.ts';
import type { Column } from '../../../storage/parquet/columnTypes.ts';
import { type ColumnValues, hasMark, ParquetFile } from '../../../storage/parquet/parquetFile.ts';
import { ask } from '../../support/duckdb.ts';
import { tempDir } from '../../support/tempDir.ts';

/** Writes a file of some row groups and gives its path. */
async function write(columns: readonly Column[], groups: readonly (readonly ColumnValues[])[], mark?: string): Promise<string> {
  const path = join(tempDir(), 'x.parquet');
  const file = ParquetFile.create(path, columns, mark);
  for (const group of groups) await file.write(group);
  await file.finish();
  file.close();
  return path;
}

describe('a column of', () => {
  test.each<[string, Column, ColumnValues, string, unknown[]]>([
    ['text', { name: 'x', type: 'text' }, ['', 'Ä"\n,', '=1', '💧'], 'VARCHAR', ['', 'Ä"\n,', '=1', '💧']],
    ['text with nulls', { name: 'x', type: 'text', nullable: true }, [null, 'a', null], 'VARCHAR', [null, 'a', null]],
    [
      'doubles',
      { name: 'x', type: 'double' },
      [0.1, 5e-324, 1.7976931348623157e308, -1],
      'DOUBLE',
      [0.1, 5e-324, 1.7976931348623157e308, -1],
    ],
    ['doubles with nulls', { name: 'x', type: 'double', nullable: true }, [null, -0, 0], 'DOUBLE', [null, -0, 0]],
    ['booleans', { name: 'x', type: 'boolean' }, [true, false, true], 'BOOLEAN', [true, false, true]],
    ['counts', { name: 'x', type: 'count' }, [0, Number.MAX_SAFE_INTEGER], 'BIGINT', [0n, BigInt(Number.MAX_SAFE_INTEGER)]],
    [
      'dates',
      { name: 'x', type: 'date', nullable: true },
      [dayNumber(2014, 3, 14), null, dayNumber(0, 1, 1)],
      'DATE',
      [new Date('2014-03-14'), null, new Date('0000-01-01')],
    ],
    [
      'wall times',
      { name: 'x', type: 'wallTime' },
      [MIN_TIME, parseTime('2014-03-14T12:00:00.250')!, MAX_TIME - 1],
      'TIMESTAMP',
      [new Date(MIN_TIME), new Date('2014-03-14T12:00:00.250Z'), new Date(MAX_TIME - 1)],
    ],
    ['instants', { name: 'x', type: 'instant' }, [1_763_730_000_123], 'TIMESTAMP WITH TIME ZONE', [new Date(1_763_730_000_123)]],
  ])('%s is read as it was written', async (_, column, values, type, expected) => {
    const { types, rows } = await ask(`select x from '${await write([column], [[values]])}'`);
    expect(types).toEqual({ x: type });
    expect(rows.map(({ x }) => x)).toEqual(expected);
  });
});

test('numbers keep their bits, -0 too, in a group of few different values as in one of many', async () => {
  const few = Float64Array.from({ length: 5000 }, (_, i) => [0, -0, 1.5][i % 3]);
  const positive = few.map((value) => value + 1);
  const path = await write([{ name: 'x', type: 'double' }], [[few], [positive]]);
  const { rows } = await ask(`select x from '${path}'`);
  const read = rows.map(({ x }) => x as number);
  expect(read.every((value, i) => Object.is(value, i < 5000 ? few[i] : positive[i - 5000]))).toBe(true);
  expect(read).toHaveLength(10_000);
});

test('each write is a row group, and statistics let readers pass over it', async () => {
  const columns: Column[] = [{ name: 'pump', type: 'text' }, { name: 'at', type: 'wallTime' }];
  const path = await write(columns, [[['A', 'B'], [1000, 2000]], [['C'], [3000]]]);
  const { rows } = await ask(`select distinct row_group_id as id, row_group_num_rows as n from parquet_metadata('${path}') order by id`);
  expect(rows).toEqual([{ id: 0n, n: 2n }, { id: 1n, n: 1n }]);
  const { rows: statistics } = await ask(
    `select stats_min_value as min, stats_max_value as max from parquet_metadata('${path}') where path_in_schema = 'pump' order by ` +
      'row_group_id',
  );
  expect(statistics).toEqual([{ min: 'A', max: 'B' }, { min: 'C', max: 'C' }]);
});

test('a file without rows has its columns', async () => {
  const path = await write([{ name: 'pump', type: 'text' }, { name: 'at', type: 'wallTime' }], []);
  expect(await ask(`select * from '${path}'`)).toEqual({ types: { pump: 'VARCHAR', at: 'TIMESTAMP' }, rows: [] });
});

describe('the mark', () => {
  test('tells which file it is, and is nothing that readers see', async () => {
    const path = await write([{ name: 'x', type: 'boolean' }], [[[true]]], 'made of 17');
    expect([hasMark(path, 'made of 17'), hasMark(path, 'made of 18')]).toEqual([true, false]);
    expect((await ask(`select * from '${path}'`)).rows).toEqual([{ x: true }]);
  });

  test('is not in a file that is no Parquet, or only a part of one', async () => {
    const path = await write([{ name: 'x', type: 'boolean' }], [[[true]]], 'mark');
    truncateSync(path, statSync(path).size - 1);
    const other = join(tempDir(), 'other');
    writeFileSync(other, 'mark\xff\xff\xff\x7fPAR1', 'latin1');
    const empty = join(tempDir(), 'empty');
    writeFileSync(empty, '');
    expect([path, other, empty].map((each) => hasMark(each, 'mark'))).toEqual([false, false, false]);
  });
});
