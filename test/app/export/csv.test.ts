import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { describe, expect, test } from 'vitest';
import { csvLine, rowLine, textCell } from '../../../app/export/csv.ts';
import { CsvRows } from '../../../app/export/csvRows.ts';
import { alertTable, type ExportedTable, readingsTable, type Row, statsTable } from '../../../app/export/exportedTables.ts';
import { summarize } from '../../../batch/summarize.ts';
import { NO_REFERENCE } from '../../../domain/pump/reference.ts';
import { formatTime, parseTime } from '../../../domain/reading/wallClock.ts';
import { ask } from '../../support/duckdb.ts';
import fc from '../../support/property.ts';
import { openWriter, store } from '../../support/stored.ts';
import { tempDir } from '../../support/tempDir.ts';

describe('a text cell', () => {
  test.each(['=1+1', '+1', '-1', '@SUM(A1)', '\tx', '\rx'])(
    'that a spreadsheet would take for a formula gets an apostrophe: %j',
    (text) => {
      expect(textCell(text).replace(/^"/, '')).toMatch(/^'/);
    },
  );

  test.each(['COHUTTA', '1=1', 'a-b', ''])('that is harmless stays as it is: %j', (text) => {
    expect(textCell(text)).toBe(text);
  });

  test('comes back from a CSV reader, but for the apostrophe', () => {
    fc.assert(fc.property(fc.array(fc.string({ unit: 'binary' }), { minLength: 1 }), (cells) => {
      fc.pre(cells.join('') !== '');
      const [row]: string[][] = parse(`${csvLine(cells)}\n`, { relaxColumnCount: true });
      expect(row).toEqual(cells.map((cell) => (/^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell)));
    }));
  });
});

test('the number -5 stays a number, and so does -0; whole ones are doubles', () => {
  expect(csvLine([-5, -0, 0, 1e21, 0.1])).toBe('-5.0,-0.0,0.0,1e+21,0.1');
});

test('a mean that overflowed leaves its cell empty', () => {
  expect(csvLine(['A', 1e308, Infinity, -Infinity, NaN, 2])).toBe('A,1e+308,,,,2.0');
});

test('in a file for Excel whole numbers stay as they are: with a decimal comma it takes 85.0 for a text', () => {
  expect(rowLine([{ name: 'psi', type: 'double' }], { reader: 'excel' })([85])).toBe('85');
});

describe('DuckDB, which tells a column’s type from its first rows', () => {
  const ODD = [-0, 0.1, 5e-324, 1.7976931348623157e308, 1e21, 1e-7, 0.30000000000000004, 2.2250738585072014e-308, -123456789.12345679, 4.35];
  /** More rows than it looks at, all whole, and then odd ones. */
  const WHOLE = 25_000;
  const at = (row: number) => formatTime(parseTime('2014-01-01T00:00')! + row * 60_000);
  const ROWS = [
    ...Array.from({ length: WHOLE }, (_, i) => `P ${at(i)} 1 2 3 4 ${i % 90} 6`),
    ...ODD.map((_, i) => `P ${at(WHOLE + i)} ${Array.from({ length: 6 }, (_, k) => ODD[(i + k) % ODD.length]).map(numberText).join(' ')}`),
  ];

  test('reads every bit of readings, alerts and statistics', async () => {
    const dir = tempDir();
    await store(dir, ROWS);
    const table = await openWriter(dir);
    await summarize({ table, selection: { all: true } });
    const read = async (name: string, exported: ExportedTable) => {
      const rows: Row[] = [];
      const file = join(dir, `${name}.csv`);
      let text = '';
      const output = { line: (line: string) => { text += `${line}\n`; }, settle: async () => undefined, flush: async () => undefined };
      const lines = new CsvRows(output, exported.columns);
      for await (const page of exported.pages) {
        rows.push(...page);
        await lines.write(page);
      }
      writeFileSync(file, text);
      const doubles = exported.columns.map(({ name, type }, i) => ({ name, type, i })).filter(({ type }) => type === 'double');
      const answer = await ask(`select * from '${file}'`);
      for (const { name, i } of doubles) {
        if (rows.some((row) => row[i] !== null)) expect([name, answer.types[name]]).toEqual([name, 'DOUBLE']);
        const different = answer.rows.findIndex((row, at) => !Object.is(row[name] ?? null, Number.isFinite(rows[at][i]) ? rows[at][i] : null));
        expect([name, different]).toEqual([name, -1]);
      }
      return answer.rows.length;
    };
    try {
      expect(await read('readings', readingsTable(table, {}))).toBe(ROWS.length);
      expect(await read('alerts', alertTable(table, {}, NO_REFERENCE))).toBeGreaterThan(1000);
      expect(await read('stats', statsTable(table, {}))).toBeGreaterThan(10);
    } finally {
      await table.close();
    }
  });
});

/** A number as it stands in a file: -0 too. */
function numberText(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value);
}
