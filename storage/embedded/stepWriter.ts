import { MEASURES } from '../../domain/reading/measures.ts';
import type { Readings } from '../../domain/reading/readings.ts';
import { type Places, StepFates } from '../../domain/reading/rowFate.ts';
import { dayOf } from '../../domain/reading/wallClock.ts';
import { Columns, type RowSource } from '../lmdb/columns.ts';
import type { Expired } from '../lmdb/expiry.ts';
import type { Parts } from '../lmdb/parts.ts';
import { holdsCell, type PlacedBreach, placeBreaches, within } from '../lmdb/placedBreach.ts';
import { StepCommit } from '../lmdb/stepCommit.ts';
import { type CommittedOrigins, replacedValues } from '../lmdb/origins/commitOrigins.ts';
import { countBySource } from '../lmdb/origins/sourceCounts.ts';
import { type OrderedRows, StepOrigins } from '../lmdb/origins/stepOrigins.ts';
import { supersededOf } from '../lmdb/superseded.ts';
import { replayOf } from '../lmdb/replayOf.ts';
import { orderStep, timesRise } from '../lmdb/stepOrder.ts';
import type { Outcome, Step } from '../table/steps.ts';
import { ReadingsMerge } from './readingsMerge.ts';

/**
 * Writes steps. The rows of a step go by:
 *
 *   as they came ── orderStep, #sort ──► by pump, time, receipt ── #writePump, for each pump:
 *        ReadingsMerge.merge    rows and blocks become blocks; each row gets its fate
 *        StepCommit.takePump    alerts come and go, days are marked as changed
 *   ── onDecided, StepCommit.end ──► counts, state and positions, rejects
 *
 * All of it is one transaction of the caller's, who calls `write` again for the same step when lmdb has to begin it anew.
 */
export class StepWriter {
  readonly #parts: Parts;
  readonly #readings: ReadingsMerge;
  readonly #commit: StepCommit;
  readonly #fates = new StepFates();
  readonly #origins = new StepOrigins();
  /** The step's rows by pump, time and receipt, when they came in another order. */
  #sorted = new Columns(MEASURES.length, 0);

  constructor(parts: Parts, blockBytes: number) {
    this.#parts = parts;
    this.#readings = new ReadingsMerge({ blocks: parts.readings, blockBytes, fates: this.#fates });
    this.#commit = new StepCommit(parts, blockBytes);
  }

  /** Writes all of a step; only within a transaction. */
  write(step: Step, expired: Expired): Outcome {
    const { readings, rejects, rejectSources = [], replays = [], receiver, onlyNew = false } = step;
    const ordered = orderStep(readings);
    const rows = ordered.asCame ? readings : this.#sort(readings, ordered.order);
    const breaches = placeBreaches(step.breaches, ordered.order, readings.length);
    const written = { rows, breaches, expired };
    let stored = 0;
    let outOfOrder = 0;
    this.#commit.begin();
    this.#fates.begin(readings.length, rows, { onlyNew });
    for (let pump = 0; pump < readings.names.length; pump++) {
      const places = { from: ordered.starts[pump], to: ordered.starts[pump + 1] };
      if (places.from === places.to) continue;
      const counted = this.#writePump(readings.names[pump], places, written);
      stored += counted.stored;
      outOfOrder += counted.outOfOrder;
    }
    const remembered = step.onDecided?.(this.#fates.duplicatesByRow(ordered.order)) ?? {};
    const superseded = supersededOf(breaches, this.#fates, readings);
    const { replaced } = this.#fates;
    const replacing = this.#fates.replacingByRow(ordered.order);
    const committed = this.#commit.end({
      receiver, rejects, stored, replaced,
      replays: replays.map((replay) => replayOf(replay, readings)),
      state: { ...step.state, ...remembered },
      duplicate: readings.length - stored,
      replacedAlerts: superseded.alerts,
      origins: {
        sources: readings.origins?.sources ?? [],
        counts: countBySource({ readings, order: ordered.order, fates: this.#fates, replacing, rejects, rejectSources }),
        pumps: (numbers) => this.#originsOf({ readings, order: ordered.order, times: rows.time, fates: this.#fates, onlyNew }, ordered.starts, numbers),
        changes: replacedValues(this.#fates.changes, readings, ordered.order),
      },
    });
    return { ...committed, outOfOrder, superseded: superseded.breaches, replacing };
  }

  /** The runs of each pump. */
  *#originsOf(rows: OrderedRows, starts: Uint32Array, numbers: readonly number[]): ReturnType<CommittedOrigins['pumps']> {
    this.#origins.begin(rows, numbers);
    for (const [pump, name] of rows.readings.names.entries()) {
      const places = { from: starts[pump], to: starts[pump + 1] };
      if (places.from < places.to) yield { name, runs: (taker) => this.#origins.ofPump(places, taker) };
    }
  }

  /** One pass over each column: what follows reads the rows in order, which random access would make several times slower. */
  #sort(readings: Readings, order: Uint32Array): Columns {
    if (this.#sorted.capacity < order.length) this.#sorted = new Columns(MEASURES.length, order.length);
    this.#sorted.length = 0;
    this.#sorted.appendInOrder(readings, order);
    return this.#sorted;
  }

  #writePump(name: string, places: Places, { rows, breaches, expired }: WrittenStep): ReturnType<StepFates['count']> {
    const { from, to } = places;
    const incoming = { rows, from, to, distinct: timesRise(rows.time, from, to) };
    const merged = this.#readings.merge(this.#parts.pumps.intern(name), incoming, expired.data);
    this.#commit.takePump({ name, rows, from, to, fates: this.#fates.byPlace }, {
      breaches: within(breaches, ({ place }) => place, places).filter((placed) => holdsCell(this.#fates, placed)), replaced: merged.replaced, expiredBefore: expired.alerts,
    });
    for (const time of merged.dropped) this.#parts.days.markDropped(name, dayOf(time));
    return this.#fates.count(places, merged.lastTime);
  }
}

/** A step whose pumps are being written, its rows by pump, time and receipt. */
interface WrittenStep {
  readonly rows: RowSource;
  /** In order of their places. */
  readonly breaches: readonly PlacedBreach[];
  readonly expired: Expired;
}
