import { randomBytes } from 'node:crypto';
import { deflateSync, inflateSync } from 'node:zlib';
import type { OutboxState } from '../../../domain/notify/message.ts';
import { apply, emptyState, type OutboxRecord, recordOfAll } from '../../outbox/records.ts';
import { type Cell, type CellRow, decodeColumn } from '../gateway/rows.ts';
import { ledgerCell, type PartitionName, type Version, VERSION, versionOf } from './partitionRow.ts';

/*
 * The row of a partition's outbox in `sensor_ledger`: who was told of alarms of its pumps, and what is still to be sent. Each change is one
 * checkAndPut on `version`, and has the change's number as timestamp. JSON, deflated:
 *
 *   o/GROUP/TOPIC/00003   stats:version        EPOCH/NUMBER/WORKER, the epoch of the ledger's row
 *                         stats:all            { number, records: [all that was known then] }
 *                         stats:log:00 … :1f   { number, records }, those behind it in a ring
 */
const ALL = 'stats:all';
const LOG = 'stats:log:';
/** After so many changes all is written anew. */
export const LOG_CELLS = 32;
/** Rows of outboxes have keys from this one on, up to the other. */
export const OUTBOXES = { from: Buffer.from('o/'), to: Buffer.from('o0') };

/** One change, as a cell has it. */
interface Change {
  readonly number: number;
  readonly records: readonly OutboxRecord[];
}

/** An outbox as its row says. */
export interface StoredOutbox {
  readonly partition: number;
  readonly version: Version;
  readonly state: OutboxState;
}

/** The row's key. */
export function outboxKey({ group, topic, partition }: PartitionName): Buffer {
  return Buffer.from(`o/${encodeURIComponent(group)}/${topic}/${String(partition).padStart(6, '0')}`);
}

/** Nobody was told anything of a partition yet. Ids of its messages are its own. */
export function newOutbox(): OutboxState {
  return emptyState(randomBytes(6).toString('hex'));
}

/** What a row says; undefined for a row that is none. */
export function outboxOf({ key, Cell }: CellRow): StoredOutbox | undefined {
  const cells = new Map(Cell.map(({ column, $ }) => [decodeColumn(column), Buffer.from($, 'base64')]));
  const [version, all] = [cells.get(VERSION), cells.get(ALL)];
  if (!version || !all) return undefined;
  const whole = changeOf(all);
  const later = [...cells].filter(([column]) => column.startsWith(LOG)).map(([, value]) => changeOf(value))
    .filter(({ number }) => number > whole.number).sort((a, b) => a.number - b.number);
  return {
    partition: Number(Buffer.from(key, 'base64').toString().split('/').at(-1)),
    version: versionOf(version.toString()),
    state: [whole, ...later].flatMap(({ records }) => records).reduce(apply, emptyState('')),
  };
}

/** All that is known, as a cell. */
export function allCell(state: OutboxState, number: number): Cell {
  return cellOf(ALL, { number, records: [recordOfAll(state)] });
}

/** Some records behind all that was known; `place` counts from the cell of all on. */
export function logCell(records: readonly OutboxRecord[], number: number, place: number): Cell {
  return cellOf(`${LOG}${place.toString(16).padStart(2, '0')}`, { number, records });
}

function cellOf(column: string, change: Change): Cell {
  return ledgerCell(column, change.number, deflateSync(JSON.stringify(change)));
}

function changeOf(value: Buffer): Change {
  return JSON.parse(inflateSync(value).toString()) as Change;
}
