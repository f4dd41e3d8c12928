import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { CORRUPTIONS, UNCLOSED_QUOTE } from '../../../app/simulator/corruption.ts';
import { generateCsv, generateLines, type GeneratorOptions, ReadingGenerator } from '../../../app/simulator/generator.ts';
import { raise } from '../../../domain/alarm/breach.ts';
import { formatTime, parseTime } from '../../../domain/reading/wallClock.ts';
import { csvDecoder } from '../../../ingest/decode/csv/csvDecoder.ts';
import { CSV_START } from '../../../ingest/decode/csv/csvState.ts';
import { StepBuffer } from '../../../ingest/decode/stepBuffer.ts';
import { LOW_PSI } from '../../support/rules.ts';
import { PSI } from '../../support/measures.ts';

const csv = (options: GeneratorOptions) => Buffer.concat([...generateCsv(options)]);
const linesOf = (bytes: Buffer) => bytes.toString('latin1').split('\n').slice(0, -1);

function parse(bytes: Buffer): StepBuffer {
  const into = new StepBuffer(30_000);
  const { consumed } = csvDecoder.take(
    { bytes, from: 0, to: bytes.length, final: true, source: 'test.csv', receivedAt: 0 },
    CSV_START,
    into,
  );
  expect(consumed).toBe(bytes.length);
  return into;
}

describe('the same everywhere', () => {
  test('a seed gives these very bytes, on every machine', () => {
    const digest = createHash('sha256').update(csv({ rows: 20_000, seed: 7, corrupt: 0.01 })).digest('hex');
    expect(digest).toBe('0a524649436fca74313322158c913e529a064b2819337b3718c16b86b95f2838');
  });

  test('another seed gives other bytes', () => {
    expect(csv({ rows: 100, seed: 1 }).equals(csv({ rows: 100, seed: 2 }))).toBe(false);
    expect(csv({ rows: 100, seed: 1 }).equals(csv({ rows: 100, seed: 1 + 2 ** 32 }))).toBe(false);
  });

  test('pieces hold whole lines and stay as they are when the next one is made', () => {
    const pieces = [...generateCsv({ rows: 30_000 })];
    expect(pieces.length).toBeGreaterThan(2);
    for (const piece of pieces) expect(piece.at(-1)).toBe(10);
    expect(Buffer.concat(pieces).equals(csv({ rows: 30_000 }))).toBe(true);
  });

  test('the rows one by one are the rows of the file', () => {
    const lines = [...generateLines({ rows: 500, corrupt: 0.2 })];
    expect(lines.map(({ line }) => line.toString('latin1'))).toEqual(linesOf(csv({ rows: 500, corrupt: 0.2 })));
    const good = [...generateLines({ rows: 500 })];
    for (const { pump, line } of good) expect(line.toString().split(',')[0]).toBe(pump);
  });
});

describe('readings', () => {
  const { readings, rejects } = parse(csv({ rows: 28_800 }));

  test('are all good rows, in order of time, each key once', () => {
    expect(readings.length).toBe(28_800);
    expect(rejects).toEqual([]);
    const keys = new Set<string>();
    for (let i = 0; i < readings.length; i++) {
      if (i > 0) expect(readings.time[i]).toBeGreaterThanOrEqual(readings.time[i - 1]);
      keys.add(`${readings.pump[i]} ${readings.time[i]}`);
    }
    expect(keys.size).toBe(28_800);
    expect(readings.names.length).toBe(10);
    expect(formatTime(readings.time[28_799])).toBe('2025-01-03T23:58:00');
  });

  test('lie in the ranges of real pumps, with their decimals', () => {
    const range = (measure: number) => {
      const turning = readings.values[measure].subarray(0, 15_000);
      return [Math.min(...turning), Math.max(...turning)];
    };
    expect(range(0)).toEqual([9.5, 10.5]);
    expect(range(3)).toEqual([0, 2]);
    expect(range(4)).toEqual([75, 100]);
    expect(range(5)).toEqual([0.5, 2]);
    for (const line of linesOf(csv({ rows: 1000 })).slice(0, 600))
      expect(line).toMatch(
        /^[A-Z]+,\d+\/\d+\/25,\d+:\d\d,\d+(\.\d{0,1}[1-9])?,\d(\.\d{0,2}[1-9])?,\d+,\d(\.\d?[1-9])?,\d+,\d(\.\d?[1-9])?$/,
      );
  });

  test('of two pumps fall below 5 psi near the end, with rows at 5 exactly that raise no alert', () => {
    const breaches = raise([LOW_PSI], readings);
    expect([...new Set(breaches.map(({ row }) => readings.names[readings.pump[row]]))].sort()).toEqual(['LAFOURCHE', 'MERMENTAU']);
    expect(breaches.length).toBe(915 + 195);
    const atLimit = readings.values[PSI].subarray(0, readings.length).reduce((count, psi) => count + (psi === 5 ? 1 : 0), 0);
    expect(atLimit).toBe(4);
    const text = csv({ rows: 28_800 }).toString();
    for (const psi of ['5.1', '5.0', '4.99', '4.9'])
      expect(text).toMatch(new RegExp(`^LAFOURCHE,.*,${psi.replace('.', '\\.')},[\\d.]+$`, 'm'));
  });

  test('of more pumps than the field has get numbered names', () => {
    expect(parse(csv({ rows: 1000, pumps: 25 })).readings.names.slice(9, 25)).toContain('TECHE-3');
  });

  test('begin when they are told to', () => {
    expect(csv({ rows: 1, start: parseTime('1999-12-31T23:59')! }).toString()).toMatch(/^TECHE,12\/31\/99,23:59,/);
  });
});

describe('bad rows', () => {
  test('are as many as they should be, each costs its own line, and the others are what they are without', () => {
    const generator = new ReadingGenerator({ rows: 20_000, corrupt: 0.1 });
    const bytes = Buffer.concat([...generator.csv(20_000)]);
    const { readings, rejects } = parse(bytes);
    expect(generator.corrupted).toBeGreaterThan(1800);
    expect(generator.corrupted).toBeLessThan(2200);
    expect(rejects.length).toBe(generator.corrupted);
    expect(readings.length + rejects.length).toBe(20_000);
    const bad = new Set(rejects.map(({ line }) => line));
    const without = linesOf(csv({ rows: 20_000 }));
    linesOf(bytes).forEach((line, i) => expect(line === without[i]).toBe(!bad.has(i + 1)));
  });

  test('a share of 1 leaves no good row', () => {
    expect(parse(csv({ rows: 300, corrupt: 1 })).rejects.length).toBe(300);
  });

  test.each([...CORRUPTIONS, UNCLOSED_QUOTE].map((corruption) => [corruption.name, corruption] as const))(
    '%s is refused, turning or not',
    (_, { spoil }) => {
      for (const line of [
        'TECHE,10/5/26,0:01,10.41,2.484,1264,0.3,93,0.78',
        'TECHE,10/5/26,0:01,0,0,0,1.3,0,1',
        'TECHE,10/5/26,0:01,10,3,1527,2,5.0,2',
      ]) {
        const { readings, rejects } = parse(Buffer.concat([spoil(line.split(',')), Buffer.from(`\n${line}\n`)]));
        expect([readings.length, rejects.length]).toEqual([1, 1]);
        expect(rejects[0].line).toBe(1);
      }
    },
  );
});
