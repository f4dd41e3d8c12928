import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { addCounts, type Counts, NO_COUNTS } from '../../domain/balance.ts';
import { instantText } from '../../domain/reading/reject.ts';
import type { Formats } from '../../ingest/receivers/formats.ts';
import { pendingByTopic } from '../../ingest/receivers/pendingTopics.ts';
import { JOURNAL_STATE } from '../../ingest/receivers/journalProgress.ts';
import type { OlderReceipts, StoredReceipt, StoredReceipts } from '../../storage/table/receipts.ts';
import type { StoredState } from '../../storage/table/state.ts';

/** A line of receipts: `received = stored + duplicate + rejected + pending`. */
export interface ReceiptLine {
  /** Undefined of what is not kept by source any more, or never was, and of a topic of which the table has nothing yet. */
  readonly number: number | undefined;
  /** The file's name as it was dropped, or `mqtt:` and the topic; null of what is not kept by source. */
  readonly source: string | null;
  readonly received: number;
  readonly stored: number;
  readonly replaced: number;
  readonly retracted: number;
  readonly duplicate: number;
  readonly rejected: number;
  readonly pending: number;
  /** First and last time of receipt, ms since 1970-01-01T00:00Z; null where they are not known. */
  readonly first: number | null;
  readonly last: number | null;
  readonly digest: StoredReceipt['digest'];
}

type Sums = Pick<ReceiptLine, 'stored' | 'replaced' | 'retracted' | 'duplicate' | 'rejected'>;
const MOST_LOOKS = 50;
const NOTHING: Sums = { stored: 0, replaced: 0, retracted: 0, duplicate: 0, rejected: 0 };

/**
 * What came from each file and topic, in the order in which they came; first what is not kept by source, if there is
 * anything. They add up to the balance. Works beside a running job.
 */
export async function receiptLines(table: StoredState & StoredReceipts, dataDir: string, formats: Formats): Promise<ReceiptLine[]> {
  const { counts, receipts, older, pending } = await sameMoment(table, join(dataDir, 'journal'), formats);
  const lines = receipts.map((receipt) => lineOf(receipt, receipt.source, pending.topics.get(receipt.source) ?? 0, receipt.number));
  const known = new Set(receipts.map(({ source }) => source));
  for (const [source, rows] of pending.topics) if (!known.has(source)) lines.push(lineOf(NOTHING, source, rows));
  const rest = subtract(counts, [...receipts, ...(older ? [older] : [])]);
  const unnamed = older ? add(rest, older) : rest;
  if (older === undefined && pending.others === 0 && isDeepStrictEqual(unnamed, NOTHING)) return lines;
  const { first = null, last = null } = older ?? {};
  return [lineOf({ ...unnamed, first: rest.stored > 0 ? null : first, last }, null, pending.others), ...lines];
}

/** A line as JSON has it; times of receipt are UTC. */
export function receiptAnswer({ number, digest, first, last, ...line }: ReceiptLine) {
  return {
    ...line,
    first: instantText(first ?? undefined), last: instantText(last ?? undefined),
    bytes: digest?.bytes ?? null, digest: digest ? `crc32:${digest.crc32}` : null, number: number ?? null,
  };
}

/** Whether a line is that of a source by name, or by `#` and number. */
export function isAskedFor({ source, number }: Pick<ReceiptLine, 'source' | 'number'>, asked: string | undefined): boolean {
  return asked === undefined || source === asked || `#${number}` === asked;
}

interface Moment {
  readonly counts: Counts;
  readonly receipts: readonly StoredReceipt[];
  readonly older: OlderReceipts | undefined;
  readonly pending: { readonly topics: ReadonlyMap<string, number>; readonly others: number };
}

/** Looks again as long as steps come between what is read. */
async function sameMoment(table: StoredState & StoredReceipts, journal: string, formats: Formats): Promise<Moment> {
  const countsNow = async () => Object.values(await table.counts()).reduce(addCounts, NO_COUNTS);
  for (let look = 1, before = await countsNow(); ; look++) {
    const { receipts, older } = await table.receipts();
    const pending = pendingByTopic(journal, await table.state(JOURNAL_STATE), formats);
    const counts = await countsNow();
    if (look === MOST_LOOKS || isDeepStrictEqual(before, counts)) return { counts, receipts, older, pending };
    before = counts;
  }
}

function lineOf(
  sums: Sums & Partial<Pick<StoredReceipt, 'first' | 'last' | 'digest'>>, source: string | null, pending: number, number?: number,
): ReceiptLine {
  const { stored, replaced, retracted, duplicate, rejected, first = null, last = null, digest = null } = sums;
  const received = stored + duplicate + rejected + pending;
  return { number, source, received, stored, replaced, retracted, duplicate, rejected, pending, first, last, digest };
}

function subtract({ stored, replaced, retracted, duplicate, rejected }: Sums, parts: readonly Sums[]): Sums {
  return parts.reduce<Sums>((rest, part) => ({
    stored: rest.stored - part.stored, replaced: rest.replaced - part.replaced, retracted: rest.retracted - part.retracted,
    duplicate: rest.duplicate - part.duplicate, rejected: rest.rejected - part.rejected,
  }), { stored, replaced, retracted, duplicate, rejected });
}

function add(a: Sums, b: Sums): Sums {
  return {
    stored: a.stored + b.stored, replaced: a.replaced + b.replaced, retracted: a.retracted + b.retracted,
    duplicate: a.duplicate + b.duplicate, rejected: a.rejected + b.rejected,
  };
}
