import type { Reject } from '../../../../domain/reading/reject.ts';
import type { CsvState } from '../../../../ingest/decode/csv/csvState.ts';
import type { Parsed, Piece } from '../../../../ingest/decode/decoder.ts';
import { CSV_START } from '../../../../ingest/decode/csv/csvState.ts';
import { StepBuffer } from '../../../../ingest/decode/stepBuffer.ts';
import { csvDecoder } from '../../../../ingest/decode/csv/csvDecoder.ts';
import { PieceParser } from '../../../../ingest/decode/csv/pieceParser.ts';

/** All that came out of a source. */
export interface Outcome {
  /** `[pump, time, receivedAt, …six values]`. */
  readonly rows: readonly (readonly [string, ...number[]])[];
  readonly rejects: readonly Reject[];
  readonly state: CsvState;
  readonly refusal: string | undefined;
}

export interface ReadOptions {
  readonly source?: string;
  /** Bytes of each piece, used in turn; a piece grows when nothing of it could be consumed. */
  readonly pieces?: readonly number[];
  /** Rows and rejects a step has. */
  readonly step?: number;
  readonly plainToo?: boolean;
}

/** Reads a source whole, as a job does, with the state going through JSON between pieces. */
export function readSource(source: Buffer | string, options: ReadOptions = {}): Outcome {
  const bytes = Buffer.from(source);
  const into = new StepBuffer(options.step ?? 1024);
  const rows: Outcome['rows'][number][] = [];
  const rejects: Reject[] = [];
  let state = CSV_START;
  let refusal: string | undefined;
  let size = 0;
  for (let at = 0, turn = 0; ;) {
    size = Math.max(size, options.pieces?.[turn++ % options.pieces.length] ?? bytes.length);
    const parsed = parseCopy(bytes, { at, size, state, into, options });
    at += parsed.consumed;
    state = JSON.parse(JSON.stringify(parsed.state)) as CsvState;
    refusal = parsed.refusal;
    size = parsed.consumed > 0 || into.full ? 0 : size * 2 + 1;
    const stop = refusal !== undefined || (at >= bytes.length && !into.full);
    if (into.full || stop) drain(into, rows, rejects);
    if (stop || at >= bytes.length) return { rows, rejects, state, refusal };
  }
}

/** Parses a piece that lies in the middle of a buffer full of digits, so that nothing outside may count. */
function parseCopy(
  bytes: Buffer,
  { at, size, state, into, options }: { at: number; size: number; state: CsvState; into: StepBuffer; options: ReadOptions },
): Parsed {
  const part = bytes.subarray(at, at + size);
  const piece: Piece = {
    bytes: Buffer.concat([Buffer.from('11'), part, Buffer.from('22')]),
    from: 2,
    to: 2 + part.length,
    final: at + size >= bytes.length,
    source: options.source ?? 'a.csv',
    receivedAt: 7,
  };
  return options.plainToo === false
    ? new PieceParser(piece, state, { into, plain: undefined }).parse()
    : csvDecoder.take(piece, state, into);
}

function drain(into: StepBuffer, rows: Outcome['rows'][number][], rejects: Reject[]): void {
  const { readings } = into;
  for (let row = 0; row < readings.length; row++) {
    rows.push([
      readings.names[readings.pump[row]],
      readings.time[row],
      readings.receivedAt[row],
      ...readings.values.map((column) => column[row]),
    ]);
  }
  rejects.push(...into.rejects);
  into.clear();
}
