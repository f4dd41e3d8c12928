import type { Alert } from '../../domain/alarm/alert.ts';
import type { Breach } from '../../domain/alarm/breach.ts';
import type { Counts } from '../../domain/balance.ts';
import { MEASURES } from '../../domain/reading/measures.ts';
import type { Readings } from '../../domain/reading/readings.ts';
import { DAY_MS, dayOf } from '../../domain/reading/wallClock.ts';
import type { Outcome, Step } from '../table/steps.ts';
import { AlertsMerge, type PlacedBreach } from './alertsMerge.ts';
import { Columns, type RowSource } from './columns.ts';
import { groupBy } from './groupBy.ts';
import type { Parts } from './parts.ts';
import { DUPLICATE, ReadingsMerge, STORED } from './readingsStore.ts';
import { orderStep, type StepOrder, timesRise } from './stepOrder.ts';

/** Rows received at or before these times have expired. */
export interface Expired {
  readonly data: number;
  readonly alerts: number;
}

interface StepTotals {
  stored: number;
  outOfOrder: number;
  readonly raised: Breach[];
  readonly withdrawn: Alert[];
}

/** Writes steps. */
export class StepWriter {
  readonly #parts: Parts;
  readonly #readings: ReadingsMerge;
  readonly #alerts: AlertsMerge;
  /** What became of each row, by its place in the step's order. */
  #fates = new Uint8Array(0);
  /** The step's rows in that order, when they came in another. */
  #sorted = new Columns(MEASURES.length, 0);

  constructor(parts: Parts, blockBytes: number) {
    this.#parts = parts;
    this.#readings = new ReadingsMerge(parts.readings, blockBytes);
    this.#alerts = new AlertsMerge(parts.alerts, parts.rules, blockBytes);
  }

  /** Writes all of a step; only within a transaction. */
  write(step: Step, expired: Expired): Outcome {
    const { readings, rejects } = step;
    const number = this.#parts.bookkeeping.nextStep();
    const ordered = orderStep(readings);
    const rows = ordered.asCame ? readings : this.#sort(readings, ordered.order);
    const placed = placeBreaches(step.breaches, readings, ordered);
    const fates = this.#freshFates(readings.length);
    const totals: StepTotals = { stored: 0, outOfOrder: 0, raised: [], withdrawn: [] };
    for (let pump = 0; pump < readings.names.length; pump++) {
      const from = ordered.starts[pump];
      const to = ordered.starts[pump + 1];
      if (from < to)
        this.#writePump({ number, name: readings.names[pump], rows, from, to, fates, breaches: placed.get(pump) ?? [], expired }, totals);
    }
    const counts: Counts = {
      stored: totals.stored,
      duplicate: readings.length - totals.stored,
      rejected: rejects.length,
      alerts: totals.raised.length,
    };
    this.#parts.rejects.add(rejects);
    this.#parts.bookkeeping.setState(step.state);
    if (step.onDecided) this.#parts.bookkeeping.setState(step.onDecided(duplicatesByRow(ordered, fates)));
    if (step.receiver) this.#parts.bookkeeping.credit(step.receiver, counts);
    return { counts, raised: totals.raised, withdrawn: totals.withdrawn, outOfOrder: totals.outOfOrder };
  }

  #freshFates(rows: number): Uint8Array {
    if (this.#fates.length < rows) this.#fates = new Uint8Array(rows);
    return this.#fates.fill(STORED, 0, rows);
  }

  /** One pass over each column: what follows reads the rows in order, which random access would make several times slower. */
  #sort(readings: Readings, order: Uint32Array): Columns {
    if (this.#sorted.capacity < order.length) this.#sorted = new Columns(MEASURES.length, order.length);
    this.#sorted.length = 0;
    this.#sorted.appendInOrder(readings, order);
    return this.#sorted;
  }

  #writePump(part: PumpPart, totals: StepTotals): void {
    const { name, rows, from, to, fates, expired } = part;
    const pump = this.#parts.pumps.intern(name);
    const incoming = { rows, from, to, distinct: timesRise(rows.time, from, to) };
    const merged = this.#readings.merge(pump, incoming, fates, expired.data);
    for (let i = from; i < to; i++) {
      if (fates[i] === DUPLICATE) continue;
      totals.stored++;
      if (rows.time[i] <= merged.lastTime) totals.outOfOrder++;
    }
    const raised = part.breaches.filter(({ place }) => fates[place] === STORED);
    if (raised.length > 0 || merged.replaced.length > 0) {
      const changes = { pump: { name, number: pump }, rows, raised, replaced: merged.replaced, expiredBefore: expired.alerts };
      const { withdrawn, known } = this.#alerts.apply(changes);
      for (const { breach } of raised) if (!known.has(breach)) totals.raised.push(breach);
      for (const alert of withdrawn) totals.withdrawn.push(alert);
    }
    this.#markDays(part);
    for (const time of merged.dropped) this.#parts.days.markDropped(name, dayOf(time));
  }

  #markDays({ name, number, rows: { time, receivedAt }, from, to, fates }: PumpPart): void {
    for (let i = from; i < to;) {
      const day = dayOf(time[i]);
      const dayEnd = (day + 1) * DAY_MS;
      let oldest = Infinity;
      for (; i < to && time[i] < dayEnd; i++) if (fates[i] === STORED && receivedAt[i] < oldest) oldest = receivedAt[i];
      if (oldest < Infinity) this.#parts.days.markChanged(name, day, number, oldest);
    }
  }
}

/** The rows of one pump in a step. */
interface PumpPart {
  /** The step's number. */
  readonly number: number;
  readonly name: string;
  readonly rows: RowSource;
  readonly from: number;
  readonly to: number;
  readonly fates: Uint8Array;
  readonly breaches: readonly PlacedBreach[];
  readonly expired: Expired;
}

/** 1 for each row that is a duplicate, by row number. */
function duplicatesByRow({ order }: StepOrder, fates: Uint8Array): Uint8Array {
  const duplicates = new Uint8Array(order.length);
  for (let place = 0; place < order.length; place++) if (fates[place] === DUPLICATE) duplicates[order[place]] = 1;
  return duplicates;
}

/** A step's breaches by pump number, those of a pump in order of their places, each with the place of its row. */
function placeBreaches(breaches: readonly Breach[], { pump }: Readings, { order, asCame }: StepOrder): Map<number, PlacedBreach[]> {
  if (breaches.length === 0) return new Map();
  const places = asCame ? order : new Uint32Array(order.length);
  if (!asCame) for (let place = 0; place < order.length; place++) places[order[place]] = place;
  const placed = breaches.map((breach) => ({ breach, place: places[breach.row] }));
  const byPump = groupBy(placed, ({ breach }) => pump[breach.row]);
  for (const group of byPump.values()) group.sort((a, b) => a.place - b.place);
  return byPump;
}
