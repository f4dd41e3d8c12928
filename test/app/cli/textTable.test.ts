import { Writable } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { Output } from '../../../app/cli/output.ts';
import { type Column, printable, TextTable } from '../../../app/cli/textTable.ts';

const COLUMNS: Column[] = [{ head: 'Pump' }, { head: 'psi', align: 'right' }];

async function written(
  columns: Column[],
  pieces: string[][][],
  { width, summary, end = summary !== undefined }: { width?: number; summary?: string; end?: boolean } = {},
): Promise<string[]> {
  let text = '';
  const stream = new Writable({
    write: (chunk: Buffer, _, done) => {
      text += chunk.toString();
      done();
    },
  });
  const output = new Output(Object.assign(stream, width === undefined ? {} : { isTTY: true, columns: width }));
  const table = new TextTable(columns, output);
  pieces.forEach((piece) => table.add(piece));
  if (end) table.end(summary);
  await output.flush();
  return stripVTControlCharacters(text).split('\n').slice(0, -1);
}

test('numbers stand at the right, under their head, and no line ends with spaces', async () => {
  expect(await written(COLUMNS, [[['COHUTTA', '85'], ['A', '100']]])).toEqual(['Pump     psi', 'COHUTTA   85', 'A        100']);
});

test('the heads are written once, also when rows come in pieces', async () => {
  expect(await written(COLUMNS, [[['COHUTTA', '1']], [['B', '2']]])).toEqual(['Pump     psi', 'COHUTTA    1', 'B          2']);
});

test('a column that knows its longest cell never widens', async () => {
  const [, first, second] = await written([{ head: 'Pump', longest: 'NANTAHALLA' }, COLUMNS[1]], [[['A', '1']], [['NANTAHALLA', '1']]]);
  expect(first.length).toBe(second.length);
});

test('without rows there are no heads', async () => {
  expect(await written(COLUMNS, [[]])).toEqual([]);
});

test('wide characters take two places, marks none', async () => {
  expect(await written(COLUMNS, [[['泵1', '1'], ['e\u0301', '1']]])).toEqual(['Pump  psi', '泵1     1', 'e\u0301       1']);
});

test('a cell can neither steer the terminal nor break the line', async () => {
  const lines = await written(COLUMNS, [[['\x1b[2J\n\u202e', '1']]]);
  expect(lines[1]).toBe('\\x1b[2J\\x0a\\u{202e}    1');
  expect(printable('plain, grün, 泵')).toBe('plain, grün, 泵');
});

const WIDE: Column[] = [
  { head: 'Pump' },
  { head: 'Rule', rank: 1 },
  { head: 'Psi', align: 'right' },
  { head: 'Last maintenance', clipTo: 8 },
];
const ROW = ['COHUTTA', 'low-psi', '0', '2012-06-01 Inspect (泵泵泵)'];

test('on a terminal long texts are clipped to its width', async () => {
  expect(await written(WIDE, [[ROW]], { width: 46, summary: '1 alert' })).toEqual([
    'Pump     Rule     Psi  Last maintenance', 'COHUTTA  low-psi    0  2012-06-01 Inspect (泵…', '', '1 alert',
  ]);
});

test('what there is no room for is left out, and the last line says so', async () => {
  expect(await written(WIDE, [[ROW], [ROW]], { width: 24, summary: '2 alerts' })).toEqual([
    'Pump     Psi  Last main…',
    'COHUTTA    0  2012-06-0…',
    'COHUTTA    0  2012-06-0…',
    '',
    '2 alerts',
    'Left out, as the terminal is 24 columns wide: Rule.',
  ]);
});

test('a table without a summary tells what is left out all the same', async () => {
  expect((await written(WIDE, [[ROW]], { width: 24, end: true })).at(-1)).toBe('Left out, as the terminal is 24 columns wide: Rule.');
});

test('a wider row that comes later is clipped too, and brings no column back', async () => {
  const lines = await written(WIDE, [[['A', 'r', '0', 'short']], [ROW]], { width: 24 });
  expect(lines.slice(1)).toEqual(['A       0  short', 'COHUTTA    0  2012-06-0…']);
});

test('a pipe gets everything', async () => {
  const lines = await written(WIDE, [[ROW]], { summary: '1 alert' });
  expect(lines).toEqual(['Pump     Rule     Psi  Last maintenance', 'COHUTTA  low-psi    0  2012-06-01 Inspect (泵泵泵)', '', '1 alert']);
});
