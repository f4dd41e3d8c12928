import { Writable } from 'node:stream';
import { expect, it } from 'vitest';
import { Output } from '../../../app/cli/output.ts';
import { type Column, printable, TextTable } from '../../../app/cli/textTable.ts';

const COLUMNS: Column[] = [{ head: 'Pump' }, { head: 'psi', align: 'right' }];

async function written(columns: Column[], pieces: string[][][], isTTY = false): Promise<string[]> {
  let text = '';
  const stream = new Writable({ write: (chunk: Buffer, _, done) => { text += chunk.toString(); done(); } });
  const output = new Output(Object.assign(stream, { isTTY }));
  const table = new TextTable(columns, output);
  pieces.forEach((piece) => table.add(piece));
  await output.flush();
  return text.split('\n').slice(0, -1);
}

it('numbers stand at the right, under their head, and no line ends with spaces', async () => {
  expect(await written(COLUMNS, [[['COHUTTA', '85'], ['A', '100']]])).toEqual(['Pump     psi', 'COHUTTA   85', 'A        100']);
});

it('the heads are written once, also when rows come in pieces', async () => {
  expect(await written(COLUMNS, [[['COHUTTA', '1']], [['B', '2']]])).toEqual(['Pump     psi', 'COHUTTA    1', 'B          2']);
});

it('a column that knows its longest cell never widens', async () => {
  const [, first, second] = await written([{ head: 'Pump', longest: 'NANTAHALLA' }, COLUMNS[1]], [[['A', '1']], [['NANTAHALLA', '1']]]);
  expect(first.length).toBe(second.length);
});

it('without rows there are no heads', async () => {
  expect(await written(COLUMNS, [[]])).toEqual([]);
});

it('wide characters take two places, marks none', async () => {
  expect(await written(COLUMNS, [[['泵1', '1'], ['e\u0301', '1']]])).toEqual(['Pump  psi', '泵1     1', 'e\u0301       1']);
});

it('a cell can neither steer the terminal nor break the line', async () => {
  const lines = await written(COLUMNS, [[['\x1b[2J\n\u202e', '1']]]);
  expect(lines[1]).toBe('\\x1b[2J\\x0a\\u{202e}    1');
  expect(printable('plain, grün, 泵')).toBe('plain, grün, 泵');
});
