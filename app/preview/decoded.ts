import { counted } from '../../domain/counted.ts';
import { MEASURES, type Measure } from '../../domain/reading/measures.ts';
import type { Receipt } from '../../domain/reading/receipt.ts';
import type { Reject } from '../../domain/reading/reject.ts';
import { formatTime } from '../../domain/reading/wallClock.ts';
import type { Decoder, SourceState } from '../../ingest/decode/decoder.ts';
import type { Readings } from '../../domain/reading/readings.ts';
import { StepBuffer } from '../../ingest/decode/stepBuffer.ts';

/** A reading as it would be stored; what is missing is null. */
export interface PreviewedReading {
  readonly pump: string;
  readonly at: string;
  readonly values: Readonly<Record<Measure, number | null>>;
}

/** What to say of replaced values; undefined when there are none. */
export function replacedText(replaced: number): string | undefined {
  if (replaced === 0) return undefined;
  return `${counted(replaced, 'value')} would replace another of the same pump, time and measure: is the pump named elsewhere?`;
}

/** What a decoder makes of a sample. */
export interface Decoded {
  /** The first readings, in order of appearance, merged cell by cell. */
  readonly readings: readonly PreviewedReading[];
  /** Rows that would be received; several may make one reading. */
  readonly rows: number;
  readonly rejects: readonly Reject[];
  readonly rejected: number;
  /** Cells whose pump and time had another value before, which they replace. */
  readonly replaced: number;
  /** Why the file as a whole would be refused. */
  readonly refusal: string | undefined;
}

const STEP_ROWS = 4096;
const MOST_SHOWN = 10;

/** Decodes a sample as a job would a file of this name, and keeps the beginning of what comes out. Stores nothing. */
export function decodeSample(
  decoder: Decoder,
  { bytes, name }: { readonly bytes: Buffer; readonly name: string },
  receipt: Receipt,
): Decoded {
  const into = new StepBuffer(STEP_ROWS);
  const cells = new Cells();
  const shown = new Map<string, PreviewedReading & { readonly values: Record<Measure, number | null> }>();
  const rejects: Reject[] = [];
  let rows = 0;
  let rejected = 0;
  let refusal = decoder.refuses(bytes.subarray(0, 65_536));
  let state: SourceState = decoder.start;
  for (let at = 0; refusal === undefined && at < bytes.length; at = state.offset) {
    const parsed = decoder.take({ bytes, from: at, to: bytes.length, final: true, source: name, ...receipt }, state, into);
    refusal = parsed.refusal;
    if (refusal === undefined && parsed.consumed === 0 && into.size === 0) break;
    state = parsed.state;
    rows += into.readings.length;
    rejected += into.rejects.length;
    rejects.push(...into.rejects.slice(0, MOST_SHOWN - rejects.length));
    keep(shown, into);
    cells.add(into.readings);
    into.clear();
  }
  return { readings: [...shown.values()], rows, rejects, rejected, replaced: cells.replaced, refusal };
}

function keep(
  shown: Map<string, PreviewedReading & { readonly values: Record<Measure, number | null> }>,
  { readings }: StepBuffer,
): void {
  for (let row = 0; row < readings.length; row++) {
    const pump = readings.names[readings.pump[row]];
    const at = formatTime(readings.time[row]);
    const key = `${at} ${pump}`;
    let reading = shown.get(key);
    if (!reading) {
      if (shown.size >= MOST_SHOWN) continue;
      reading = { pump, at, values: Object.fromEntries(MEASURES.map((measure) => [measure, null])) as Record<Measure, number | null> };
      shown.set(key, reading);
    }
    for (const [c, measure] of MEASURES.entries()) {
      const value = readings.values[c][row];
      if (!Number.isNaN(value)) reading.values[measure] = value;
    }
  }
}

/** What was read so far by pump and time. */
class Cells {
  replaced = 0;
  readonly #rows = new Map<string, number[]>();

  add(readings: Readings): void {
    for (let row = 0; row < readings.length; row++) {
      const key = `${readings.time[row]} ${readings.names[readings.pump[row]]}`;
      const values = readings.values.map((column) => column[row]);
      const known = this.#rows.get(key);
      if (!known) {
        this.#rows.set(key, values);
        continue;
      }
      for (const [c, value] of values.entries()) {
        if (Number.isNaN(value)) continue;
        if (!Number.isNaN(known[c]) && known[c] !== value) this.replaced++;
        known[c] = value;
      }
    }
  }
}
