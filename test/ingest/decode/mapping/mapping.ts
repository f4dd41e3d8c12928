import { parse } from 'yaml';
import { loadConfig } from '../../../../app/config/load.ts';
import { MEASURES } from '../../../../domain/reading/measures.ts';
import type { Reject } from '../../../../domain/reading/reject.ts';
import { formatTime } from '../../../../domain/reading/wallClock.ts';
import { StepBuffer } from '../../../../ingest/decode/stepBuffer.ts';
import type { SourceState } from '../../../../ingest/decode/decoder.ts';
import { compileFormat, type MappedDecoder } from '../../../../ingest/receivers/mappedFormats.ts';

/** The decoder of an entry of `formats`, written in YAML. */
export function decoderFor(yaml: string, zone = 'America/Chicago'): MappedDecoder {
  const { formats } = loadConfig({ defaults: { formats: { site: parse(yaml) as unknown } }, env: {} });
  return compileFormat(formats[0], zone);
}

export interface MappedOutcome {
  /** `W12 2014-03-14T01:00:00 psi=81.5 hz=60`. */
  readonly rows: readonly string[];
  readonly rejects: readonly Reject[];
  readonly refusal: string | undefined;
  readonly state: SourceState;
}

export interface MappedOptions {
  readonly source?: string;
  /** Bytes of each piece, used in turn; a piece grows when nothing of it could be consumed. */
  readonly pieces?: readonly number[];
  /** Rows and rejects a step has. */
  readonly step?: number;
  /** 2014-03-15T12:00:00.250Z by default. */
  readonly receivedAt?: number;
}

/** Reads a source whole, as a job does, with the state going through JSON between pieces. */
export function readMapped(decoder: MappedDecoder, source: Buffer | string, options: MappedOptions = {}): MappedOutcome {
  const bytes = Buffer.from(source);
  const into = new StepBuffer(options.step ?? 1024);
  const rows: string[] = [];
  const rejects: Reject[] = [];
  let state: SourceState = decoder.start;
  let size = 0;
  for (let at = 0, turn = 0; ;) {
    size = Math.max(size, options.pieces?.[turn++ % options.pieces.length] ?? bytes.length);
    const part = bytes.subarray(at, at + size);
    const piece = {
      bytes: Buffer.concat([Buffer.from('{'), part, Buffer.from('}2')]), from: 1, to: 1 + part.length,
      final: at + size >= bytes.length,
      source: options.source ?? 'a.csv',
      receivedAt: options.receivedAt ?? Date.UTC(2014, 2, 15, 12) + 250,
    };
    const parsed = decoder.take(piece, state as never, into);
    at += parsed.consumed;
    state = JSON.parse(JSON.stringify(parsed.state)) as SourceState;
    const isEnd = parsed.refusal !== undefined || (piece.final && !into.full);
    size = parsed.consumed > 0 || into.full ? 0 : size * 2 + 1;
    rows.push(...rowsOf(into));
    rejects.push(...into.rejects);
    into.clear();
    if (isEnd) return { rows, rejects, refusal: parsed.refusal, state };
  }
}

/** The rows of a step, a line each. */
export function rowsOf({ readings }: StepBuffer): string[] {
  return Array.from({ length: readings.length }, (_, row) => {
    const cells = MEASURES.flatMap((measure, c) => {
      const value = readings.values[c][row];
      return Number.isNaN(value) ? [] : [`${measure}=${value}`];
    });
    return [readings.names[readings.pump[row]], formatTime(readings.time[row]), ...cells].join(' ');
  });
}
