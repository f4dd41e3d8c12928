import { createHash } from 'node:crypto';
import { isUnknown, MEASURES } from '../../../domain/reading/measures.ts';
import { knownCells, type Readings } from '../../../domain/reading/readings.ts';
import type { Reject } from '../../../domain/reading/reject.ts';
import { REFUSED, STORED } from '../../../domain/reading/rowFate.ts';
import { formatTime } from '../../../domain/reading/wallClock.ts';
import { PAGE_BYTES } from '../../lmdb/block.ts';
import type { Parts } from '../../lmdb/parts.ts';
import type { CommittedOrigins } from '../../lmdb/origins/commitOrigins.ts';
import type { SourceCounts } from '../../lmdb/origins/sourceCounts.ts';
import { within } from '../../lmdb/placedBreach.ts';
import { type Committed, type PumpRows, StepCommit } from '../../lmdb/stepCommit.ts';
import type { Plan } from './plan.ts';
import { giveRuns, sourceAt, valueOfHex } from './plannedOrigins.ts';
import { type PlannedRetraction, takenPieceOf } from './plannedRetraction.ts';
import { TakenRows } from '../../lmdb/takenRows.ts';
import type { Refusal } from './puts.ts';
import type { Spans } from './spans.ts';

export interface CommitOptions {
  readonly plan: Plan;
  readonly refused: readonly Refusal[];
  /** Alerts received then or before have expired. */
  readonly alertsExpiredBefore: number;
}

/** Brings into the ledger what a step has done in HBase. */
export class Commits {
  readonly #parts: Parts;
  readonly #spans: Spans;
  readonly #commit: StepCommit;

  constructor(parts: Parts, spans: Spans) {
    this.#parts = parts;
    this.#spans = spans;
    this.#commit = new StepCommit(parts, PAGE_BYTES);
  }

  /** All of a step; only within a transaction. */
  commit({ plan, refused, alertsExpiredBefore }: CommitOptions): Committed {
    if (plan.retraction) return this.#takeBack(plan, plan.retraction, alertsExpiredBefore);
    const { rows, receiver, state, stored, duplicate, replacedAlerts } = plan;
    const fates = new Uint8Array(rows.length);
    for (const { row } of refused) fates[row] = REFUSED;
    this.#commit.begin();
    for (const pump of pumpsOf(rows, fates)) {
      const breaches = within(plan.breaches, ({ row }) => row, pump).map((breach) => ({ breach, place: breach.row }));
      const replaced = within(plan.replaced, (row) => row, pump).filter((row) => fates[row] === STORED)
        .map((row) => ({ time: rows.time[row], cells: knownCells(rows, row) }));
      this.#commit.takePump(pump, { breaches, replaced, expiredBefore: alertsExpiredBefore });
      this.#spans.cover(pump.name, rows.time, pump);
    }
    const replays = plan.replays.filter(({ row }) => row < 0 || fates[row] !== REFUSED);
    const rejects = [...plan.rejects, ...refused.map((refusal) => rejectOf(plan, refusal))];
    const mayReplace = new Set(plan.replaced);
    const replaced = Math.max(0, plan.rowsReplaced - refused.filter(({ row }) => mayReplace.has(row)).length);
    const origins = originsOf(plan, refused.map(({ row }) => row));
    return this.#commit.end({
      receiver, rejects, replays, state, stored: stored - refused.length, replaced, duplicate, replacedAlerts, origins,
    });
  }

  #takeBack({ rows, breaches, state }: Plan, retraction: PlannedRetraction, expiredBefore: number): Committed {
    const { pump: name, changed, sources, receivedUntil, emptyDays, last } = retraction;
    const taken = new TakenRows(this.#parts, { sources: sources ?? undefined, receivedUntil, pump: name, from: -Infinity, to: Infinity });
    taken.apply(takenPieceOf(retraction));
    this.#commit.begin();
    const replaced = changed.map((cells, row) => ({ time: rows.time[row], cells }));
    this.#commit.takePump({ name, rows, from: 0, to: rows.length, fates: new Uint8Array(rows.length) },
      { breaches: breaches.map((breach) => ({ breach, place: breach.row })), replaced, expiredBefore });
    this.#spans.end(name, last);
    for (const day of emptyDays) this.#parts.stats.forget(name, day);
    return this.#commit.end({
      receiver: null, rejects: [], replays: [], state, stored: 0, replaced: 0, duplicate: 0, replacedAlerts: [],
      origins: { sources: [], counts: [], pumps: () => [], changes: [] },
    });
  }
}

/** Where the rows come from that HBase has taken. */
function originsOf(plan: Plan, refused: readonly number[]): Omit<CommittedOrigins, 'receiver'> {
  const { rows, sources, origins } = plan;
  const gone = new Map<string, Set<number>>();
  for (const row of refused) {
    const pump = rows.names[rows.pump[row]];
    gone.set(pump, (gone.get(pump) ?? new Set()).add(rows.time[row]));
  }
  const timesOf = (pump: string) => gone.get(pump) ?? new Set<number>();
  return {
    sources,
    counts: withRefused(plan, refused),
    pumps: (numbers) => origins.pumps.map(({ name, runs }) =>
      ({ name, runs: (taker) => giveRuns(runs, { refused: timesOf(name), numbers }, taker) })),
    changes: origins.changes.filter(({ pump, time }) => !timesOf(pump).has(time))
      .map(({ value, ...change }) => ({ ...change, value: valueOfHex(value) })),
  };
}

/** What became of the rows of each source, when HBase did not take some of them. */
function withRefused({ rows, sourceCounts, replaced, origins }: Plan, refused: readonly number[]): readonly SourceCounts[] {
  if (refused.length === 0) return sourceCounts;
  const mayReplace = new Set(replaced);
  const counts = sourceCounts.map((count) => ({ ...count }));
  if (counts.length === 0) return counts; // rows of a copy
  for (const row of refused) {
    const pump = rows.names[rows.pump[row]];
    const count = counts[sourceAt(origins.pumps.find(({ name }) => name === pump)?.runs, rows.time[row])];
    count.stored--;
    count.rejected++;
    if (mayReplace.has(row) && count.replaced > 0) count.replaced--;
  }
  return counts;
}

/** A row that HBase refuses is told in the usual columns. */
const USUAL: readonly number[] = Array.from({ length: 3 + MEASURES.length }, (_, column) => column);

function* pumpsOf(rows: Readings, fates: Uint8Array): Iterable<PumpRows> {
  for (let from = 0, to = 0; from < rows.length; from = to) {
    const pump = rows.pump[from];
    while (to < rows.length && rows.pump[to] === pump) to++;
    yield { name: rows.names[pump], rows, from, to, fates };
  }
}

/** The reject that a refused row becomes. Where the row stood is not known any more, so it is told as it would be written. */
export function rejectOf({ rows, receiver, replays }: Plan, { row, reason }: Refusal): Reject {
  const mends = replays.find((replay) => replay.row === row)?.of;
  const [date, clock] = formatTime(rows.time[row]).split('T');
  const raw = [rows.names[rows.pump[row]], date, clock, ...rows.values.map((column) => (isUnknown(column[row]) ? '' : column[row]))].join(',');
  const id = createHash('sha256').update(`hbase\0${raw}`).digest('hex').slice(0, 32);
  return {
    id,
    source: receiver ?? 'copy',
    line: 1,
    reason: `HBase does not take this row: ${reason}`,
    raw,
    receivedAt: rows.receivedAt[row],
    columns: USUAL,
    ...(mends && { mends }),
  };
}
