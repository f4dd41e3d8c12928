import { parse as parseCsv } from 'csv-parse/sync';
import { loadConfig } from '../../app/config/load.ts';
import { csvDecoder } from '../../ingest/decode/csv/csvDecoder.ts';
import type { Decoder, SourceState } from '../../ingest/decode/decoder.ts';
import { StepBuffer } from '../../ingest/decode/stepBuffer.ts';
import { compileFormat } from '../../ingest/receivers/mappedFormats.ts';
import { rate, spread, type Workspace } from './harness.ts';
import type { Figure } from './report.ts';
import { lines } from './rows.ts';
import type { Sizes } from './sizes.ts';

const PIECE_BYTES = 1024 * 1024;
const STEP_ROWS = 65_536;

const FORMATS = {
  wide: {
    kind: 'csv', delimiter: ';', decimal: ',', pump: { column: 'well' }, time: { columns: ['date', 'time'], format: 'M/D/YY H:mm:ss' },
    measures: { hz: 'hz', disp: 'disp', flo: 'flo', sedPPM: 'sed', psi: 'psi', chlPPM: 'chl' },
  },
  long: {
    kind: 'csv', tag: { column: 'tag', pattern: '(?<pump>[^.]+)\\.(?<measure>.+)' }, time: { column: 'time', format: 'M/D/YY H:mm:ss' },
    value: { column: 'value' }, quality: { column: 'quality', good: ['Good'] },
    measures: { hz: 'hz', disp: 'disp', flo: 'flo', sedPPM: 'sed', psi: 'psi', chlPPM: 'chl' },
  },
} as const;
const NAMES = ['hz', 'disp', 'flo', 'sed', 'psi', 'chl'];

/** Mapped files, decoded and no more, beside csv-parse's own speed on the same bytes; and the plain form beside it. */
export async function measureFormats(_workspace: Workspace, { repeats, files: [rows] }: Sizes): Promise<Figure[]> {
  const { formats } = loadConfig({ defaults: { formats: FORMATS }, env: {} });
  const plain = [...lines({ rows: Math.min(rows, 200_000) })].map((line) => line.toString().trimEnd());
  const wide = ['well;date;time;hz;disp;flo;sed;psi;chl', ...plain.map((line) => line.replaceAll(',', ';').replaceAll('.', ','))];
  const long = ['tag,time,value,quality', ...plain.slice(0, plain.length / 6).flatMap((line) => {
    const [pump, date, time, ...values] = line.split(',');
    return values.map((value, i) => `${pump}.${NAMES[i]},${date} ${time}${time.length < 6 ? ':00' : ''},${value},Good`);
  })];
  const seconds = (line: string) => line.replace(/^([^;]+;[^;]+;\d+:\d+);/, '$1:00;');
  const sources: readonly [string, Decoder, readonly string[], string][] = [
    ['rows of a value for each measure', compileFormat(formats[0], 'UTC'), wide.map(seconds), ';'],
    ['rows of one value', compileFormat(formats[1], 'UTC'), long, ','],
    ['rows of the plain form', csvDecoder, plain, ','],
  ];
  return sources.map(([what, decoder, text, delimiter]) => {
    const bytes = Buffer.from(`${text.join('\n')}\n`);
    const real: number[] = [];
    const bare: number[] = [];
    for (let i = 0; i < repeats; i++) {
      bare.push(timed(text.length, () => parseCsv(bytes, { delimiter }).length));
      real.push(timed(text.length, () => decodeAll(decoder, bytes)));
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
