import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { byMeasure, FIRST_MEASURES, MEASURE_TABLE, measureFacts, measureIndex, MEASURES } from '../../../domain/reading/measures.ts';

const page = (path: string) => readFileSync(fileURLToPath(new URL(`../../../${path}`, import.meta.url)), 'utf8');

test('the first six measures stand where the first release stored them', () => {
  expect(MEASURES.slice(0, FIRST_MEASURES)).toEqual(['hz', 'disp', 'flo', 'sedPPM', 'psi', 'chlPPM']);
});

test('no two measures share a name, a column or a rank', () => {
  for (const key of ['name', 'csv', 'rank'] as const) expect(new Set(MEASURE_TABLE.map((facts) => facts[key])).size).toBe(MEASURES.length);
});

test('what is told by measure comes in their order', () => {
  expect(Object.entries(byMeasure((measure, column) => `${measure} ${column}`))).toEqual(MEASURES.map((name, i) => [name, `${name} ${i}`]));
  expect([measureIndex.psi, measureFacts.psi.csv]).toEqual([4, 'PressureLbs']);
});

test.each(['README.md', 'data/README.md'])('%s has the columns of a reading', (path) => {
  expect(page(path)).toContain(['ResourceID', 'Date', 'Time', ...MEASURE_TABLE.map(({ csv }) => csv)].join(','));
});

test('docs/table.md has the columns of the table', () => {
  expect(page('docs/table.md')).toContain(MEASURES.map((name) => `\`${name}\``).join(' '));
  expect(page('docs/table.md')).toContain(`\`${MEASURES.at(-1)}_avg\``);
});
