import type { Readings } from '../../../domain/reading/readings.ts';
import type { Reject } from '../../../domain/reading/reject.ts';
import { DUPLICATE, type StepFates } from '../../../domain/reading/rowFate.ts';

/** What became of a step's rows of one source. */
export interface SourceCounts {
  stored: number;
  replaced: number;
  duplicate: number;
  rejected: number;
  /** First and last time of receipt, ms since 1970-01-01T00:00Z. */
  first: number;
  last: number;
}

/** The rows of a step whose fates are known. */
export interface FatedRows {
  readonly readings: Readings;
  /** The row at each place, and its fate. */
  readonly order: Uint32Array;
  readonly fates: StepFates;
  /** 1 at the number of each row that counts as replaced; undefined when none does. */
  readonly replacing: Uint8Array | undefined;
  readonly rejects: readonly Reject[];
  /** By reject: its source. */
  readonly rejectSources: readonly number[];
}

/** Counts a step's rows by source: as many as it has sources, in their order. */
export function countBySource({ readings, order, fates, replacing, rejects, rejectSources }: FatedRows): SourceCounts[] {
  const { origins, receivedAt } = readings;
  if (!origins) return [];
  const counts: SourceCounts[] = origins.sources.map(() =>
    ({ stored: 0, replaced: 0, duplicate: 0, rejected: 0, first: 8.64e15, last: -8.64e15 }));
  if (counts.length === 0) return counts;
  const { source } = origins;
  if (counts.length === 1) {
    countOnly(counts[0], { readings, order, fates, replacing });
    return addRejects(counts, rejects, rejectSources);
  }
  const duplicates = new Uint32Array(counts.length);
  const rows = new Uint32Array(counts.length);
  const { byPlace } = fates;
  if (!fates.areAllStored) for (let place = 0; place < order.length; place++) if (byPlace[place] === DUPLICATE) duplicates[source[order[place]]]++;
  // Receipts never fall within a step: first and last of a source are where its rows begin and end.
  for (let row = 0, before = -1; row < readings.length; row++) {
    const number = source[row];
    rows[number]++;
    if (number === before) continue;
    if (row > 0) counts[before].last = receivedAt[row - 1];
    counts[number].first = Math.min(counts[number].first, receivedAt[row]);
    before = number;
  }
  if (readings.length > 0) counts[source[readings.length - 1]].last = receivedAt[readings.length - 1];
  if (replacing) for (let row = 0; row < readings.length; row++) counts[source[row]].replaced += replacing[row];
  for (const [i, count] of counts.entries()) {
    count.duplicate = duplicates[i];
    count.stored = rows[i] - duplicates[i];
  }
  return addRejects(counts, rejects, rejectSources);
}

/** All rows are of one source. */
function countOnly(count: SourceCounts, { readings, order, fates, replacing }: Omit<FatedRows, 'rejects' | 'rejectSources'>): void {
  const { length, receivedAt } = readings;
  if (length === 0) return;
  count.duplicate = fates.duplicates({ from: 0, to: order.length });
  if (replacing) for (let row = 0; row < length; row++) count.replaced += replacing[row];
  count.stored = length - count.duplicate;
  count.first = receivedAt[0];
  count.last = receivedAt[length - 1];
}

function addRejects(counts: SourceCounts[], rejects: readonly Reject[], rejectSources: readonly number[]): SourceCounts[] {
  for (const [i, { receivedAt: at }] of rejects.entries()) {
    const count = counts[rejectSources[i] ?? 0];
    count.rejected++;
    if (at === undefined) continue;
    count.first = Math.min(count.first, at);
    count.last = Math.max(count.last, at);
  }
  return counts;
}
