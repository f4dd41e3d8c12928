import { createHash } from 'node:crypto';
import type { Alert } from '../../../domain/alarm/alert.ts';
import type { Breach } from '../../../domain/alarm/breach.ts';
import { type Counts } from '../../../domain/balance.ts';
import type { Readings } from '../../../domain/reading/readings.ts';
import type { Reject } from '../../../domain/reading/reject.ts';
import { DAY_MS, dayOf, formatTime } from '../../../domain/reading/wallClock.ts';
import { AlertsMerge, type PlacedBreach } from '../../lmdb/alertsMerge.ts';
import { PAGE_BYTES } from '../../lmdb/block.ts';
import type { Parts } from '../../lmdb/parts.ts';
import type { Plan } from './plan.ts';
import type { Refusal } from './puts.ts';
import type { Spans } from './spans.ts';

/** What a commit made of a plan. */
export interface Committed {
  readonly counts: Counts;
  /** The plan's breaches that became alerts now. */
  readonly raised: readonly Breach[];
  readonly withdrawn: readonly Alert[];
}

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
  readonly #alerts: AlertsMerge;

  constructor(parts: Parts, spans: Spans) {
    this.#parts = parts;
    this.#spans = spans;
    this.#alerts = new AlertsMerge(parts.alerts, parts.rules, PAGE_BYTES);
  }

  /** All of a step; only within a transaction. */
  commit({ plan, refused, alertsExpiredBefore }: CommitOptions): Committed {
    const { bookkeeping, rejects } = this.#parts;
    const number = bookkeeping.nextStep();
    const gone = new Set(refused.map(({ row }) => row));
    const raised: Breach[] = [];
    const withdrawn: Alert[] = [];
    for (const part of pumpParts(plan.rows)) {
      this.#markDays(part, { number, gone });
      const changes = this.#alertChanges(plan, part, gone);
      if (changes.raised.length > 0 || changes.replaced.length > 0) {
        const applied = this.#alerts.apply({ ...changes, expiredBefore: alertsExpiredBefore });
        for (const { breach } of changes.raised) if (!applied.known.has(breach)) raised.push(breach);
        for (const alert of applied.withdrawn) withdrawn.push(alert);
      }
      this.#spans.cover(part.name, part.rows.time, part);
    }
    const refusals = refused.map((refusal) => rejectOf(plan, refusal));
    const counts: Counts = {
      stored: plan.stored - refused.length,
      duplicate: plan.duplicate,
      rejected: plan.rejects.length + refused.length,
      alerts: raised.length,
    };
    rejects.add([...plan.rejects, ...refusals]);
    bookkeeping.setState(plan.state);
    if (plan.receiver) bookkeeping.credit(plan.receiver, counts);
    return { counts, raised, withdrawn };
  }

  #alertChanges({ breaches, replaced }: Plan, part: PumpPart, gone: ReadonlySet<number>) {
    const { rows, name } = part;
    const raised: PlacedBreach[] = within(breaches, ({ row }) => row, part)
      .filter(({ row }) => !gone.has(row))
      .map((breach) => ({ breach, place: breach.row }));
    const times = within(replaced, (row) => row, part)
      .filter((row) => !gone.has(row))
      .map((row) => rows.time[row]);
    return { pump: { name, number: this.#parts.pumps.intern(name) }, rows, raised, replaced: times };
  }

  #markDays(
    { name, rows: { time, receivedAt }, from, to }: PumpPart,
    { number, gone }: { readonly number: number; readonly gone: ReadonlySet<number> },
  ): void {
    for (let row = from; row < to;) {
      const day = dayOf(time[row]);
      const dayEnd = (day + 1) * DAY_MS;
      let oldest = Infinity;
      for (; row < to && time[row] < dayEnd; row++) if (receivedAt[row] < oldest && !gone.has(row)) oldest = receivedAt[row];
      if (oldest < Infinity) this.#parts.days.markChanged(name, day, number, oldest);
    }
  }
}

/** The rows of one pump. */
interface PumpPart {
  readonly name: string;
  readonly rows: Readings;
  readonly from: number;
  readonly to: number;
}

function* pumpParts(rows: Readings): Iterable<PumpPart> {
  for (let from = 0, to = 0; from < rows.length; from = to) {
    const pump = rows.pump[from];
    while (to < rows.length && rows.pump[to] === pump) to++;
    yield { name: rows.names[pump], rows, from, to };
  }
}

/** The items whose rows, which rise, are those of a part. */
function within<Item>(items: readonly Item[], rowOf: (item: Item) => number, { from, to }: PumpPart): readonly Item[] {
  if (items.length === 0) return items;
  return items.slice(firstFrom(items, rowOf, from), firstFrom(items, rowOf, to));
}

function firstFrom<Item>(items: readonly Item[], rowOf: (item: Item) => number, row: number): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (rowOf(items[middle]) < row) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The reject that a refused row becomes. Where the row stood is not known any more, so it is told as it would be written. */
function rejectOf({ rows, receiver }: Plan, { row, reason }: Refusal): Reject {
  const [date, clock] = formatTime(rows.time[row]).split('T');
  const raw = [rows.names[rows.pump[row]], date, clock, ...rows.values.map((column) => column[row])].join(',');
  const id = createHash('sha256').update(`hbase\0${raw}`).digest('hex').slice(0, 32);
  return { id, source: receiver ?? 'copy', line: 1, reason: `HBase does not take this row: ${reason}`, raw };
}
