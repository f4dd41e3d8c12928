import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { csvDecoder } from '../../../../ingest/decode/csv/csvDecoder.ts';
import type { CsvState } from '../../../../ingest/decode/csv/csvState.ts';
import { StepBuffer } from '../../../../ingest/decode/stepBuffer.ts';
import { FileInProgress } from '../../../../ingest/receivers/directory/file.ts';
import { Pieces } from '../../../../ingest/receivers/directory/pieces.ts';
import { RowsAhead } from '../../../../ingest/receivers/directory/rowsAhead.ts';
import { tempDir } from '../../../support/tempDir.ts';

const RECEIPT = { receivedAt: 5 };
/** Lines of three pumps; among them an empty one, one that lacks a cell, quotes and a reject. */
const LINES = Array.from({ length: 5000 }, (_, i) => {
  if (i % 1000 === 700) return '';
  if (i === 2500) return 'not a reading';
  const pump = ['A', 'B', 'C'][i % 3];
  const flow = i % 400 === 0 ? '' : i;
  return `${i % 900 === 5 ? `"${pump}"` : pump},3/${10 + Math.floor(i / 1440)}/14,${Math.floor((i % 1440) / 60)}:${String(i % 60).padStart(2, '0')},10.27,1.73,${flow},1.56,85,1.94`;
});

const deaths: string[] = [];
const ahead = new RowsAhead({
  onDeath: (message) => deaths.push(message), leastBytes: 1, program: new URL('../../../../dist/ingest/receivers/directory/rowsAheadThread.js', import.meta.url),
});
afterEach(() => {
  ahead.close();
  expect(deaths).toEqual([]);
});

function fileOf(lines: readonly string[]): { id: string; name: string; path: string; whole: boolean } {
  const path = join(tempDir(), 'x.csv');
  writeFileSync(path, lines.join('\n') + '\n');
  return { id: path, name: 'x.csv', path, whole: true };
}

const rowsOf = ({ readings: { length, names, pump, time, receivedAt, values, origins } }: StepBuffer) =>
  Array.from({ length }, (_, row) => [names[pump[row]], time[row], receivedAt[row], ...values.map((column) => column[row]), origins.line[row]]);

/** Asks until the thread has answered. */
async function taken(file: string, state: CsvState, step: StepBuffer): Promise<CsvState> {
  for (const until = Date.now() + 30_000; Date.now() < until; await sleep(5)) {
    const next = ahead.take(file, state, step, RECEIPT);
    if (next) return next;
  }
  throw new Error('expected rows, got none in 30 s');
}

test('rows that are read ahead are those that the decoder takes, up to a line that is not plain', async () => {
  const lines = LINES.slice(0, 900);
  const { path } = fileOf(lines);
  const bytes = Buffer.from(lines.join('\n') + '\n');
  const piece = { bytes, from: 0, to: bytes.length, final: false, source: 'x.csv', ...RECEIPT };
  const [plain, step] = [new StepBuffer(5000), new StepBuffer(5000)];
  plain.limit = 700;
  const first = csvDecoder.take(piece, csvDecoder.start, plain);
  ahead.begin({ file: path, path, ino: statSync(path).ino, ...first.state, rows: 5000 }, bytes.length);
  const state = await taken(path, first.state, step);
  const [before, rest] = [plain.readings.length, new StepBuffer(5000)];
  const last = csvDecoder.take({ ...piece, from: first.consumed }, first.state, rest);
  expect(state).toEqual(last.state);
  expect(rowsOf(step)).toEqual(rowsOf(rest));
  expect(step.readings.origins.whole).toBe(rest.readings.origins.whole);
  expect(before + step.readings.length).toBe(899);
  expect(ahead.take(path, first.state, step, RECEIPT)).toBeUndefined();
});

test.each([97, 1000])('a file that is read ahead in steps of %i rows gives the same rows and rejects, and ends in the same state', async (limit) => {
  const read = async (reader: RowsAhead | undefined) => {
    const claim = fileOf(LINES);
    const file = new FileInProgress(claim, {
      position: undefined, patience: { endMs: 0, linesMs: 0 }, ticks: () => performance.now(), pieces: new Pieces(), ahead: reader,
    });
    const step = new StepBuffer(limit);
    const [rows, rejects]: [unknown[], unknown[]] = [[], []];
    for (let end = 'room'; end === 'room';) {
      end = await file.readInto(step, RECEIPT);
      rows.push(...rowsOf(step));
      rejects.push(...step.rejects.map(({ line, raw, reason }) => ({ line, raw, reason })));
      step.clear();
      await sleep(reader && rows.length < 3 * limit ? 100 : 0); // the thread has time to start
    }
    file.close();
    const { end: _, ...position } = file.endPosition;
    return { rows, rejects, position };
  };
  expect(await read(ahead)).toEqual(await read(undefined));
});
