import type { ReceiverName } from '../../../domain/receivers.ts';
import type { Origin } from '../../../domain/reading/origins.ts';
import type { Readings } from '../../../domain/reading/readings.ts';
import type { CellChange } from '../../../domain/reading/rowFate.ts';
import type { Parts } from '../parts.ts';
import type { ReplacedValue } from './changeLog.ts';
import type { RunTaker } from './runs.ts';
import type { SourceCounts } from './sourceCounts.ts';

/** Where the rows of a step come from, and what they replaced; sources are told by their index in `sources`. */
export interface CommittedOrigins {
  readonly receiver: ReceiverName;
  readonly sources: readonly Origin[];
  readonly counts: readonly SourceCounts[];
  /** The runs of each pump that has some; `numbers` are those of the sources, by which runs name them. */
  readonly pumps: (numbers: readonly number[]) => Iterable<{ readonly name: string; readonly runs: (taker: RunTaker) => void }>;
  readonly changes: Iterable<ReplacedValue & { readonly pump: string }>;
}

/** Brings in where the rows of a step come from; only within a transaction. */
export function commitOrigins({ receipts, pumps, origins, changes }: Parts, step: CommittedOrigins): void {
  if (step.sources.length === 0) return;
  const numbers = receipts.open(step.receiver, step.sources);
  receipts.credit(step.receiver, numbers, step.counts, step.sources);
  for (const { name, runs } of step.pumps(numbers)) origins.append(pumps.intern(name), runs);
  for (const { pump, by, ...change } of step.changes)
    changes.add(pumps.intern(pump), { ...change, by: { ...by, source: numbers[by.source] } });
}

/** What rows of a step replaced, in the order in which it went; `order` has the row at each place. */
export function* replacedValues(
  changes: readonly CellChange[], readings: Readings, order: Uint32Array,
): Iterable<ReplacedValue & { readonly pump: string }> {
  const { origins } = readings;
  if (!origins || origins.sources.length === 0) return;
  for (const { place, ...change } of changes) {
    const row = order[place];
    const by = { receipt: readings.receivedAt[row], source: origins.source[row], line: origins.line[row] };
    yield { pump: readings.names[readings.pump[row]], time: readings.time[row], ...change, by };
  }
}
