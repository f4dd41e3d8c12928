import { parse as parseCsv } from 'csv-parse/sync';
import { loadConfig } from '../../app/config/load.ts';
import { csvDecoder } from '../../ingest/decode/csv/csvDecoder.ts';
import type { Decoder, SourceState } from '../../ingest/decode/decoder.ts';
import { StepBuffer } from '../../ingest/decode/stepBuffer.ts';
import { compileFormat } from '../../ingest/receivers/mappedFormats.ts';
import { rate, spread, type Workspace } from './harness.ts';
import type { Figure } from './report.ts';
import { lines } from './rows.ts';
import { FORMATS, long, wide } from './shapes.ts';
import type { Sizes } from './sizes.ts';

const PIECE_BYTES = 1024 * 1024;
const STEP_ROWS = 65_536;

/** Mapped files, decoded and no more, beside csv-parse's own speed on the same bytes; and the plain form beside it. */
export async function measureFormats(_workspace: Workspace, { repeats, files: [rows] }: Sizes): Promise<Figure[]> {
  const { formats } = loadConfig({ defaults: { formats: FORMATS }, env: {} });
  const slice = { rows: Math.min(rows, 200_000) };
  const sources: readonly [string, Decoder, Iterable<Buffer>, string][] = [
    ['rows of a value for each measure', compileFormat(formats[0], 'UTC'), wide(slice), ';'],
    ['rows of one value', compileFormat(formats[1], 'UTC'), long({ rows: Math.floor(slice.rows / 60) * 10 }), ','],
    ['rows of the plain form', csvDecoder, lines(slice), ','],
  ];
  return sources.map(([what, decoder, text, delimiter]) => {
    const bytes = Buffer.concat([...text]);
    const count = parseCsv(bytes, { delimiter }).length;
    const real: number[] = [];
    const bare: number[] = [];
    for (let i = 0; i < repeats; i++) {
      bare.push(timed(count, () => parseCsv(bytes, { delimiter }).length));
      real.push(timed(count, () => decodeAll(decoder, bytes)));
    }
    return {
      goal: 'formats', what: `${what}, decoded`, unit: 'rows/s', measured: spread(real), limit: { name: 'csv-parse', measured: spread(bare) },
      asks: { of: 'ratio', atLeast: 0.3 },
    };
  });
}

function timed(rows: number, work: () => number): number {
  const began = performance.now();
  if (work() === 0) throw new Error('nothing was read');
  return rate(rows, performance.now() - began);
}

/** Decodes as a job does: in pieces of 1 MiB, into a step that is emptied when it is full. */
function decodeAll(decoder: Decoder, bytes: Buffer): number {
  const into = new StepBuffer(STEP_ROWS);
  let rows = 0;
  for (let state: SourceState = decoder.start; state.offset < bytes.length;) {
    const to = Math.min(bytes.length, state.offset + PIECE_BYTES);
    const piece = { bytes, from: state.offset, to, final: to === bytes.length, source: 'a.csv', receivedAt: 0 };
    state = decoder.take(piece, state, into).state;
    if (into.rejects.length > 0) throw new Error(into.rejects[0].reason);
    rows += into.readings.length;
    into.clear();
  }
  return rows;
}
