import { deflateSync, inflateSync } from 'node:zlib';
import { type Counts, NO_COUNTS } from '../../../domain/balance.ts';
import type { Json } from '../../table/state.ts';
import type { Cell, CellRow } from '../gateway/rows.ts';
import { decodeColumn, encodeColumn } from '../gateway/rows.ts';
import { boundsOf, type Span, spansOf } from '../steps/spans.ts';

/*
 * The row of a partition in `sensor_ledger`: all that commits with its steps. Each change of it is one checkAndPut on `version`, and
 * has the change's number as timestamp, so that a request that arrives late hides nothing.
 *
 *   p/GROUP/TOPIC/00003   stats:version   EPOCH/NUMBER/WORKER   nobody's when WORKER is empty
 *                         stats:head      { partitions, counts, first, last, at }
 *                         stats:intent    what the step under way will do; empty when none is
 *                         stats:undo:0 …  what its rows take the place of: JSON, deflated, in pieces
 *                         stats:state:00 … :3f   state of the job and spans of pumps, by a hash of their names
 */

/** Which partition of which topic, and for whom it is read. */
export interface PartitionName {
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
}

/** What a step is about to do, from before its first put until it is committed. */
export interface Intent {
  /** Rows and rejects of it: whoever does it anew takes as many. */
  readonly size: number;
  /** The positions that commit with it. */
  readonly position: Readonly<Record<string, Json>>;
  /** The number that its pump-days are marked with. */
  readonly at: number;
  /** How many pieces of what its rows take the place of there are. */
  readonly undo: number;
}

/** What changes seldom, or is small. */
export interface Head {
  /** How many partitions the topic had when the row was made. */
  readonly partitions: number;
  readonly counts: Counts;
  /** First and last time of receipt, ms since 1970-01-01T00:00Z. */
  readonly first: number | null;
  readonly last: number | null;
  /** The number of the last step, see {@link Intent}. */
  readonly at: number;
}

/** A partition as its row says. */
export interface PartitionState {
  readonly name: PartitionName;
  readonly version: Version;
  readonly head: Head;
  readonly intent: Intent | undefined;
  /** Rows as they were before those of the intent came over them. */
  readonly undo: readonly CellRow[];
  readonly state: ReadonlyMap<string, Json>;
  readonly spans: ReadonlyMap<string, readonly Span[]>;
}

/** Who has a partition: each worker that takes it over raises the epoch, each change of the row the number. */
export interface Version {
  readonly epoch: number;
  readonly number: number;
  /** Undefined when nobody has it. */
  readonly worker: string | undefined;
}

/** Who has a partition, and of how many it is one. */
export interface Owner {
  readonly partition: number;
  readonly partitions: number;
  readonly epoch: number;
  readonly worker: string;
}

export const NO_HEAD: Omit<Head, 'partitions'> = { counts: NO_COUNTS, first: null, last: null, at: 0 };
/** Rows of partitions have keys from this one on, up to the other. */
export const PARTITIONS = { from: Buffer.from('p/'), to: Buffer.from('p0') };
export const VERSION = 'stats:version';
export const HEAD = 'stats:head';
const INTENT = 'stats:intent';
const UNDO = 'stats:undo:';
const BUCKET = 'stats:state:';
const BUCKETS = 64;
/** HBase takes cells of up to 10 MB. */
const UNDO_BYTES = 4 * 1024 * 1024;

/** A part of state and spans. */
interface Bucket {
  readonly state: Readonly<Record<string, Json>>;
  readonly spans: Readonly<Record<string, readonly number[]>>;
}

/** The row's key. */
export function partitionKey({ group, topic, partition }: PartitionName): Buffer {
  return Buffer.from(`p/${encodeURIComponent(group)}/${topic}/${String(partition).padStart(6, '0')}`);
}

/** What a row says; undefined for a row that is none. */
export function partitionOf({ key, Cell }: CellRow): PartitionState | undefined {
  const [, group, topic, partition] = Buffer.from(key, 'base64').toString().split('/');
  const cells = new Map(Cell.map(({ column, $ }) => [decodeColumn(column), Buffer.from($, 'base64')]));
  const [version, head] = [cells.get(VERSION), cells.get(HEAD)];
  if (!version || !head) return undefined;
  const intent = cells.get(INTENT)?.toString() ?? '';
  const known = intent === '' ? undefined : JSON.parse(intent) as Intent;
  const state = new Map<string, Json>();
  const spans = new Map<string, readonly Span[]>();
  for (const [column, value] of cells) {
    if (!column.startsWith(BUCKET)) continue;
    const bucket = JSON.parse(value.toString()) as Bucket;
    for (const [name, one] of Object.entries(bucket.state)) state.set(name, one);
    for (const [pump, bounds] of Object.entries(bucket.spans)) spans.set(pump, spansOf(bounds));
  }
  return {
    name: { group: decodeURIComponent(group), topic, partition: Number(partition) },
    version: versionOf(version.toString()),
    head: JSON.parse(head.toString()) as Head,
    intent: known,
    undo: known && known.undo > 0 ? undoOf(cells, known.undo) : [],
    state, spans,
  };
}

/** `EPOCH/NUMBER/WORKER`. */
export function versionText({ epoch, number, worker = '' }: Version): string {
  return `${epoch}/${number}/${worker}`;
}

/** What {@link versionText} gave. */
export function versionOf(text: string): Version {
  const [epoch, number, ...worker] = text.split('/');
  return { epoch: Number(epoch), number: Number(number), worker: worker.join('/') || undefined };
}

/** A cell of the row. */
export function ledgerCell(column: string, timestamp: number, value: string | Uint8Array): Cell {
  return { column: encodeColumn(column), timestamp, $: Buffer.from(value).toString('base64') };
}

export function headCell(head: Head, timestamp: number): Cell {
  return ledgerCell(HEAD, timestamp, JSON.stringify(head));
}

/** What a step will do, and the rows that its own take the place of; no step when it is undefined. */
export function intentCells(intent: Omit<Intent, 'undo'> | undefined, undo: readonly CellRow[], timestamp: number): Cell[] {
  if (!intent) return [ledgerCell(INTENT, timestamp, '')];
  const bytes = undo.length === 0 ? Buffer.alloc(0) : deflateSync(JSON.stringify(undo));
  const pieces = Array.from({ length: Math.ceil(bytes.length / UNDO_BYTES) }, (_, i) => bytes.subarray(i * UNDO_BYTES, (i + 1) * UNDO_BYTES));
  return [
    ledgerCell(INTENT, timestamp, JSON.stringify({ ...intent, undo: pieces.length })),
    ...pieces.map((piece, i) => ledgerCell(`${UNDO}${i}`, timestamp, piece)),
  ];
}

function undoOf(cells: ReadonlyMap<string, Buffer>, pieces: number): readonly CellRow[] {
  const bytes = Buffer.concat(Array.from({ length: pieces }, (_, i) => cells.get(`${UNDO}${i}`) ?? Buffer.alloc(0)));
  return JSON.parse(inflateSync(bytes).toString()) as CellRow[];
}

/** The cells of those parts of state and spans that some names are in. */
export function stateCells({ state, spans }: Pick<PartitionState, 'state' | 'spans'>, changed: Iterable<string>, timestamp: number): Cell[] {
  const dirty = new Set(Array.from(changed, bucketOf));
  if (dirty.size === 0) return [];
  const buckets = new Map(Array.from(dirty, (number) => [number, newBucket()]));
  for (const [name, value] of state) {
    const bucket = buckets.get(bucketOf(name));
    if (bucket) bucket.state[name] = value;
  }
  for (const [pump, its] of spans) {
    const bucket = buckets.get(bucketOf(pump));
    if (bucket) bucket.spans[pump] = boundsOf(its);
  }
  return Array.from(buckets, ([number, bucket]) =>
    ledgerCell(`${BUCKET}${number.toString(16).padStart(2, '0')}`, timestamp, JSON.stringify(bucket)));
}

function newBucket(): { state: Record<string, Json>; spans: Record<string, number[]> } {
  return { state: {}, spans: {} };
}

/** FNV-1a, folded: names of one kind spread. */
function bucketOf(name: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  return ((hash >>> 16) ^ hash) & (BUCKETS - 1);
}
