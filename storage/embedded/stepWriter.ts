import type { Alert, Breach } from '../../domain/alert.ts';
import type { Counts } from '../../domain/balance.ts';
import { DAY_MS, dayOf } from '../../domain/wallClock.ts';
import type { Outcome, Step } from '../table.ts';
import { AlertsMerge } from './alertsMerge.ts';
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
  late: number;
  readonly raised: Breach[];
  readonly withdrawn: Alert[];
}

/** Writes steps. */
export class StepWriter {
  readonly #parts: Parts;
  readonly #readings: ReadingsMerge;
  readonly #alerts: AlertsMerge;
  #fates = new Uint8Array(0);

  constructor(parts: Parts, blockBytes: number) {
    this.#parts = parts;
    this.#readings = new ReadingsMerge(parts.readings, blockBytes);
    this.#alerts = new AlertsMerge(parts.alerts, parts.rules, blockBytes);
  }

  /** Writes all of a step; only within a transaction. */
  write(step: Step, expired: Expired): Outcome {
    const { readings, rejects } = step;
    const number = this.#parts.ledger.nextStep();
    const ordered = orderStep(readings);
    const fates = this.#freshFates(readings.length);
    const breaches = Map.groupBy(step.breaches, ({ row }) => readings.pump[row]);
    const totals: StepTotals = { stored: 0, late: 0, raised: [], withdrawn: [] };
    for (let pump = 0; pump < readings.names.length; pump++) {
      if (ordered.starts[pump] === ordered.starts[pump + 1]) continue;
      this.#writePump({ step, number, pump, ordered, fates, breaches: breaches.get(pump) ?? [], expired }, totals);
    }
    const counts: Counts = {
      stored: totals.stored,
      duplicate: readings.length - totals.stored,
      rejected: rejects.length,
      alerts: totals.raised.length,
    };
    this.#parts.rejects.add(rejects);
    this.#parts.ledger.setState(step.state);
    this.#parts.ledger.credit(step.receiver, counts);
    return { counts, raised: totals.raised, withdrawn: totals.withdrawn, late: totals.late };
  }

  #freshFates(rows: number): Uint8Array {
    if (this.#fates.length < rows) this.#fates = new Uint8Array(rows);
    return this.#fates.fill(STORED, 0, rows);
  }

  #writePump(part: PumpPart, totals: StepTotals): void {
    const { step: { readings }, ordered: { order, starts, inOrder }, fates, expired } = part;
    const from = starts[part.pump];
    const to = starts[part.pump + 1];
    const name = readings.names[part.pump];
    const pump = this.#parts.pumps.intern(name);
    const merged = this.#readings.merge(pump, {
      rows: readings, order, from, to,
      distinct: timesRise(readings.time, order, from, to),
      contiguous: inOrder && order[to - 1] - order[from] === to - 1 - from,
    }, fates, expired.data);

    for (let i = from; i < to; i++) {
      if (fates[order[i]] === DUPLICATE) continue;
      totals.stored++;
      if (readings.time[order[i]] <= merged.lastTime) totals.late++;
    }
    const raised = part.breaches.filter(({ row }) => fates[row] === STORED);
    if (raised.length > 0 || merged.replaced.length > 0) {
      totals.raised.push(...raised);
      totals.withdrawn.push(...this.#alerts.apply({
        pump: { name, number: pump }, readings, raised, replaced: merged.replaced, expiredBefore: expired.alerts,
      }));
    }
    this.#markDays(part, name, from, to);
    for (const time of merged.dropped) this.#parts.days.markDropped(name, dayOf(time));
  }

  #markDays({ step: { readings }, ordered: { order }, fates, number }: PumpPart, name: string, from: number, to: number): void {
    const { time, receivedAt } = readings;
    let dayEnd = -Infinity;
    let oldest = Infinity;
    const mark = (): void => {
      if (dayEnd !== -Infinity) this.#parts.days.markChanged(name, dayOf(dayEnd) - 1, number, oldest);
    };
    for (let i = from; i < to; i++) {
      const row = order[i];
      if (fates[row] !== STORED) continue;
      if (time[row] >= dayEnd) {
        mark();
        dayEnd = (dayOf(time[row]) + 1) * DAY_MS;
        oldest = Infinity;
      }
      if (receivedAt[row] < oldest) oldest = receivedAt[row];
    }
    mark();
  }
}

interface PumpPart {
  readonly step: Step;
  /** The step's number. */
  readonly number: number;
  /** The pump's number in the step. */
  readonly pump: number;
  readonly ordered: StepOrder;
  readonly fates: Uint8Array;
  readonly breaches: readonly Breach[];
  readonly expired: Expired;
}
