import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { copyRows } from '../../../../storage/files/rowColumns.ts';
import { IntentFile } from '../../../../storage/hbase/steps/intent.ts';
import type { Plan } from '../../../../storage/hbase/steps/plan.ts';
import { tempDir } from '../../../support/tempDir.ts';
import { row, stepOf } from '../../../support/steps.ts';
import { LOW_PSI } from '../../../support/rules.ts';
import { NO_ORIGINS } from '../../../../storage/hbase/steps/plannedOrigins.ts';
import { PSI } from '../../../support/measures.ts';

const of = (step: number) => ({ ledger: 'x', step });

function planOf(count: number): Plan {
  const rows = Array.from({ length: count }, (_, minute) => row('泵', `2014-03-10T01:0${minute}`, minute % 2 === 0 ? -0 : 80, 7));
  const { readings } = stepOf(rows);
  return {
    rows: copyRows(readings, Uint32Array.from(rows.keys())),
    breaches: rows.flatMap((_, index) => (index % 2 === 0 ? [{ row: index, rule: LOW_PSI }] : [])),
    replaced: [1], stale: [{ pump: '泵', time: 5, column: 'alerts:psi', timestamp: 3 }],
    receiver: 'mqtt', stored: count, rowsReplaced: 1, replacedAlerts: [], duplicate: 2,
    rejects: [{ id: 'x', source: 's', line: 1, reason: 'r', raw: 'é\u0000' }],
    replays: [{ row: 0, of: { number: 3, check: 'c' }, replayed: { by: null, source: 'm.csv', line: 2, at: 7 } }],
    state: { journal: { segment: 1, offset: 2 }, gone: null },
    sources: [{ key: 'k', name: 'k.csv', digest: null }],
    sourceCounts: [{ stored: count, replaced: 1, duplicate: 2, rejected: 1, first: 7, last: 7 }],
    origins: NO_ORIGINS,
  };
}

/** What a plan says, without the memory it lies in. */
function told({ rows: { bytes: _, ...rows }, ...rest }: Plan) {
  return { ...rest, rows };
}

test('a plan comes back as it was written, for its step only', () => {
  const dir = tempDir();
  const file = IntentFile.open(dir);
  file.write(of(4), planOf(7));
  file.write(of(5), planOf(3));
  file.close();
  const again = IntentFile.open(dir);
  expect(told((again.read(of(5)) as Plan))).toEqual(told(planOf(3)));
  expect(Object.is((again.read(of(5)) as Plan).rows.values[PSI][0], -0)).toBe(true);
  expect(again.read(of(4))).toBeUndefined();
  expect(again.read(of(6))).toBeUndefined();
  expect(again.read({ ledger: 'another', step: 5 })).toBeUndefined();
  again.close();
});

test('a plan that a crash cut short, anywhere, is told as damaged', () => {
  const dir = tempDir();
  const path = join(dir, 'intent');
  const write = () => {
    const file = IntentFile.open(dir);
    file.write(of(1), planOf(2));
    file.close();
  };
  write();
  const whole = readFileSync(path);
  for (let length = 0; length < whole.length; length += 7) {
    writeFileSync(path, whole);
    truncateSync(path, length);
    const file = IntentFile.open(dir);
    expect(file.read(of(1))).toBe(length === 0 ? undefined : 'damaged');
    file.close();
  }
});

test('a plan of which one byte is wrong is told as damaged', () => {
  const dir = tempDir();
  const file = IntentFile.open(dir);
  file.write(of(1), planOf(2));
  const path = join(dir, 'intent');
  const bytes = readFileSync(path);
  bytes[60] ^= 1;
  writeFileSync(path, bytes);
  expect(file.read(of(1))).toBe('damaged');
  file.close();
});
