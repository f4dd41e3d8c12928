import { MEASURES } from '../../../domain/reading/measures.ts';
import { type Format, type PumpSource, SPACES, type TagSource, type TimeSource } from '../../../ingest/decode/mapping/format.ts';
import type { WrittenFormat } from './formatSchema.ts';

const DELIMITERS: Readonly<Record<string, string>> = { tab: '\t', spaces: SPACES };

/** Times of receipt are whole seconds: values of one moment that come as messages of their own become one reading. */
const RECEIPT_ALIGN_MS = 1000;

/** The format that a valid entry of `formats` describes. */
export function formatOf(name: string, written: WrittenFormat): Format {
  const { kind, delimiter = ',', decimal = '.', thousands, encoding = 'utf-8', skip = [], unitsRow = 0, each, value, quality, missing } = written;
  return {
    name, kind, decimal, thousands, encoding, skip, each, missing,
    delimiter: DELIMITERS[delimiter] ?? delimiter,
    unitsRows: unitsRow,
    pump: written.pump && pumpOf(written.pump),
    tag: written.tag && tagOf(written.tag),
    time: timeOf(written.time),
    value: value?.column ?? value?.path,
    quality: quality && { place: quality.column ?? quality.path, good: quality.good },
    measures: MEASURES.flatMap((measure) => {
      const source = written.measures[measure];
      return source ? [{ measure, ...source }] : [];
    }),
  };
}

function pumpOf({ column, path, topic, file, value, key }: NonNullable<WrittenFormat['pump']>): PumpSource {
  if (topic !== undefined) return { kind: 'topic', level: topic };
  if (file !== undefined) return { kind: 'file', pattern: file };
  if (value !== undefined) return { kind: 'value', id: value };
  if (key) return { kind: 'key' };
  return { kind: 'place', place: (column ?? path)! };
}

function tagOf({ column, path, topic, header, key, pattern }: NonNullable<WrittenFormat['tag']>): TagSource {
  if (topic !== undefined) return { from: { kind: 'topic', level: topic }, pattern };
  if (header) return { from: { kind: 'header' }, pattern };
  if (key) return { from: { kind: 'key' }, pattern };
  return { from: { kind: 'place', place: (column ?? path)! }, pattern };
}

function timeOf(time: WrittenFormat['time']): TimeSource {
  if (!time) return { places: [], format: undefined, unit: undefined, zone: 'site', alignMs: RECEIPT_ALIGN_MS };
  const { column, columns, path, format, unit, zone, align = 1 } = time;
  const places = columns ?? (column === undefined ? [path!] : [column]);
  return { places, format: unit === undefined ? (format ?? 'iso') : undefined, unit, zone, alignMs: align };
}
