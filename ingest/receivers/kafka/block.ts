import type { FetchResponsePartition } from './topic.ts';

/**
 * Records of a partition, packed: values one behind the other in `bytes`, with a line end behind each, so that one which is a
 * plain row can be taken where it lies.
 *
 *   bytes   COHUTTA,3/10/14,1:01,… \n NANTAHALLA,3/10/14,1:02,… \n …
 *   ends          ↑ 0                                ↑ 1
 *   offsets  412                      415                            gaps are what compaction or a transaction left
 */
export interface RecordBlock {
  /** Of the topic. */
  readonly id: string;
  readonly partition: number;
  readonly bytes: Buffer;
  /** By record: where its value ends in `bytes`; the next one begins behind the line end. */
  readonly ends: Uint32Array;
  /** By record: its size as it came; of one that is too long only the first {@link MOST_BYTES} are in `bytes`. */
  readonly sizes: Uint32Array;
  readonly offsets: Float64Array;
  /** By record: ms since 1970-01-01T00:00Z, the broker's or the producer's, as the topic is configured. */
  readonly timestamps: Float64Array;
  /** The offset behind all that was fetched, gaps included. */
  readonly next: number;
}

/** A value has no more bytes than a message. */
export const MOST_BYTES = 1024 * 1024;
const LF = 10;
/** Attributes of a batch: the broker has set its time; a member of a transaction; a marker of Kafka's own. */
const LOG_APPEND_TIME = 1 << 3;
const TRANSACTIONAL = 1 << 4;
const CONTROL = 1 << 5;
const ABORT = 0;

type Batch = NonNullable<FetchResponsePartition['records']>[number];

/** Packs what a fetch gave from `from` on: a batch comes whole, also when only its end was asked for. */
export function packBlock(
  { partitionIndex, records = [], abortedTransactions }: FetchResponsePartition,
  { id, from }: { readonly id: string; readonly from: number },
): RecordBlock {
  const batches = committed(records, abortedTransactions);
  let count = 0;
  let size = 0;
  each(batches, from, (value) => {
    count += 1;
    size += Math.min(value?.length ?? 0, MOST_BYTES) + 1;
  });
  const block = {
    id,
    partition: partitionIndex,
    bytes: Buffer.allocUnsafe(size),
    ends: new Uint32Array(count),
    sizes: new Uint32Array(count),
    offsets: new Float64Array(count),
    timestamps: new Float64Array(count),
    next: records.reduce((next, batch) => Math.max(next, Number(batch.firstOffset) + batch.lastOffsetDelta + 1), from),
  };
  let row = 0;
  let at = 0;
  each(batches, from, (value, offset, timestamp) => {
    if (value) at += value.copy(block.bytes, at, 0, MOST_BYTES);
    block.ends[row] = at;
    block.sizes[row] = value?.length ?? 0;
    block.offsets[row] = offset;
    block.timestamps[row] = timestamp;
    block.bytes[at++] = LF;
    row += 1;
  });
  return block;
}

function each(batches: readonly Batch[], from: number, see: (value: Buffer | null, offset: number, timestamp: number) => void): void {
  for (const batch of batches) {
    const first = Number(batch.firstOffset);
    const firstTime = Number(batch.firstTimestamp);
    const byBroker = batch.attributes & LOG_APPEND_TIME ? Number(batch.maxTimestamp) : undefined; // records still have the producer's
    for (const { value, offsetDelta, timestampDelta } of batch.records) {
      if (first + offsetDelta >= from) see(value, first + offsetDelta, byBroker ?? firstTime + Number(timestampDelta));
    }
  }
}

/** Without Kafka's markers and what transactions took back. The client leaves in those whose marker a fetch does not reach. */
function committed(batches: readonly Batch[], aborted: FetchResponsePartition['abortedTransactions']): Batch[] {
  const begun = [...aborted].sort((a, b) => Number(a.firstOffset - b.firstOffset));
  const open = new Set<bigint>();
  return batches.filter((batch) => {
    const last = batch.firstOffset + BigInt(batch.lastOffsetDelta);
    while (begun.length > 0 && begun[0].firstOffset <= last) open.add(begun.shift()!.producerId);
    if (batch.attributes & CONTROL) {
      if (batch.records[0]?.key?.readInt16BE(2) === ABORT) open.delete(batch.producerId);
      return false;
    }
    return !(batch.attributes & TRANSACTIONAL && open.has(batch.producerId));
  });
}
