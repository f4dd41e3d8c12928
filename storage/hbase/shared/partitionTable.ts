import type { Alert } from '../../../domain/alarm/alert.ts';
import { isNews } from '../../../domain/alarm/news.ts';
import { valueOf } from '../../../domain/alarm/breach.ts';
import { addCounts, type Counts, NO_COUNTS } from '../../../domain/balance.ts';
import type { Readings } from '../../../domain/reading/readings.ts';
import { newestReceipt, REPLACED_ALERTS_STATE, type Json, withReplacedAlerts } from '../../table/state.ts';
import { NOTHING_RECOVERED, type Outcome, type Recovered, type Step } from '../../table/steps.ts';
import { type Planned, planStep } from '../steps/plan.ts';
import { lookUp } from '../steps/lookUp.ts';
import { Puts, type Refusal } from '../steps/puts.ts';
import { rejectOf } from '../steps/commit.ts';
import { covering, type Span } from '../steps/spans.ts';
import { DayMarks } from './dayRows.ts';
import { EarlierRows } from './earlierRows.ts';
import { PartitionLedger } from './partitionLedger.ts';
import type { Intent, PartitionName } from './partitionRow.ts';
import { putRejects } from './rejectRows.ts';
import type { SharedTableOptions } from './sharedOptions.ts';
import { SharedTable } from './sharedTable.ts';

export interface PartitionTableOptions extends SharedTableOptions {
  readonly name: PartitionName;
  /** How many partitions the topic has. */
  readonly partitions: number;
  readonly worker: string;
  readonly graceMs: number;
  readonly signal: AbortSignal;
}

/**
 * The table as the worker sees it that has a partition: it takes the steps of that partition, and counts, state and pumps are its own.
 *
 *   step ─ plan ─► intent ─► puts ─► marks of pump-days, rejects ─► commit
 *          which    ledger    sensor  ledger, other rows             ledger
 *
 * Times of receipt follow from the records and the last commit, and an intent says which records the step has. So a step that was
 * interrupted is the same when another worker does it anew: it puts the same cells, and counts what it would have counted.
 */
export class PartitionTable extends SharedTable {
  readonly #ledger: PartitionLedger;
  readonly #puts: Puts;
  readonly #marks: DayMarks;
  readonly #partition: number;
  readonly #now: () => number;

  constructor(options: PartitionTableOptions) {
    super(options);
    const { name, partitions, worker, graceMs, signal, now } = options;
    this.#ledger = new PartitionLedger({ client: this.ledgers, name, partitions, worker, graceMs, signal });
    this.#puts = new Puts(this.client);
    this.#marks = new DayMarks(this.ledgers);
    this.#partition = name.partition;
    this.#now = now;
  }

  /** Takes the partition over, see {@link PartitionLedger}; the tables are there. */
  override async recover(): Promise<Recovered> {
    await this.#ledger.claim();
    return NOTHING_RECOVERED; // what was interrupted is a step like any other: its records come again
  }

  /** What the step was about to do that its worker did not commit: the next step has to be the same. */
  get interrupted(): Intent | undefined {
    return this.#ledger.intent;
  }

  override async write(step: Step): Promise<Outcome> {
    const { state: known, intent, undo, head } = this.#ledger;
    const earlier = new EarlierRows({ committed: newestReceipt(known), undo });
    const planned = await planStep(step, {
      found: (readings, rows) => lookUp(this.client, readings, rows, this.expired().data, (row) => earlier.see(row)),
      spansOf: (pump) => this.#ledger.spans.get(pump) ?? [],
      staleCells: async (rows, replaced, breaches) => earlier.staleCells(rows, replaced, breaches),
    });
    const { plan } = planned;
    const at = intent?.at ?? Math.max(Math.floor(this.#now()), head.at + 1);
    const size = step.readings.length + step.rejects.length;
    await this.#ledger.intend({ size, position: step.state, at }, earlier.under(plan.rows, plan.replaced));
    const refused = await this.#puts.apply(plan);
    await this.#marks.mark(plan.rows, at);
    const rejects = [...plan.rejects, ...refused.map((refusal) => rejectOf(plan, refusal))];
    await putRejects(this.ledgers, rejects, { partition: this.#partition, before: head.counts.rejected, at });
    return this.#commit({ step, planned, refused, earlier, at, rejected: rejects.length });
  }

  override async counts() {
    return { kafka: this.#ledger.head.counts };
  }

  override async state(prefix = ''): Promise<ReadonlyMap<string, Json>> {
    return new Map([...this.#ledger.state].filter(([name]) => name.startsWith(prefix)));
  }

  override async pumps(): Promise<string[]> {
    return [...this.#ledger.spans.keys()];
  }

  /** Lets others have the partition at once; throws FENCED when one has it already. */
  async release(): Promise<void> {
    await this.#ledger.release();
  }

  async #commit({ step, planned, refused, earlier, at, rejected }: Done): Promise<Outcome> {
    const { plan, origins, outOfOrder, superseded, replacing } = planned;
    const gone = new Set(refused.map(({ row }) => row));
    const raised = plan.breaches.filter((breach) => !gone.has(breach.row) && isNews(valueOf(breach, plan.rows), earlier.alertOf(breach, plan.rows)?.value));
    const withdrawn = earlier.withdrawn(plan.rows, plan.replaced.filter((row) => !gone.has(row)), plan.breaches);
    const mayReplace = new Set(plan.replaced);
    const counts: Counts = {
      ...NO_COUNTS,
      stored: plan.stored - refused.length,
      replaced: Math.max(0, plan.rowsReplaced - refused.filter(({ row }) => mayReplace.has(row)).length),
      duplicate: plan.duplicate, rejected, alerts: raised.length,
    };
    const { head } = this.#ledger;
    const { length, receivedAt } = step.readings;
    const [first, last] = length === 0 ? [head.first, head.last] : [head.first ?? receivedAt[0], receivedAt[length - 1]];
    await this.#ledger.commit({
      head: { counts: addCounts(head.counts, counts), first, last, at },
      state: { ...plan.state, ...this.#replacedAlerts([...plan.replacedAlerts, ...withdrawn]) },
      spans: this.#covered(plan.rows, gone),
    });
    return { counts, withdrawn, outOfOrder, superseded, replacing, raised: raised.flatMap((breach) => origins.get(breach) ?? []) };
  }

  #replacedAlerts(gone: readonly Alert[]): Readonly<Record<string, Json>> {
    return gone.length === 0 ? {} : { [REPLACED_ALERTS_STATE]: withReplacedAlerts(this.#ledger.state.get(REPLACED_ALERTS_STATE), gone) };
  }

  /** The spans that change because of rows, which are by pump, then time. */
  #covered({ length, names, pump, time }: Readings, refused: ReadonlySet<number>): Map<string, readonly Span[]> {
    const changed = new Map<string, readonly Span[]>();
    for (let from = 0, to = 0; from < length; from = to) {
      while (to < length && pump[to] === pump[from]) to++;
      const name = names[pump[from]];
      const before = this.#ledger.spans.get(name);
      if (!before && refused.size > 0 && allIn(refused, from, to)) continue; // of this pump HBase has taken nothing
      const spans = covering(before ?? [], time, { from, to });
      if (spans !== before) changed.set(name, spans);
    }
    return changed;
  }
}

/** A step whose rows are in HBase. */
interface Done {
  readonly step: Step;
  readonly planned: Planned;
  readonly refused: readonly Refusal[];
  readonly earlier: EarlierRows;
  readonly at: number;
  readonly rejected: number;
}

function allIn(rows: ReadonlySet<number>, from: number, to: number): boolean {
  for (let row = from; row < to; row++) if (!rows.has(row)) return false;
  return true;
}
