import type { Alert } from '../../domain/alarm/alert.ts';
import type { Breach } from '../../domain/alarm/breach.ts';
import type { StoredRule } from '../../domain/alarm/rule.ts';
import { comparePumps } from '../../domain/pump/pumpOrder.ts';
import { isUnknown, measureIndex, MEASURES, UNKNOWN } from '../../domain/reading/measures.ts';
import { cellReceipt, type Readings, ReadingsBuffer } from '../../domain/reading/readings.ts';
import type { Table } from '../../storage/table/table.ts';
import { type CopyPlace, placeState } from './place.ts';

/** As many as a step of the streaming job may have by default. */
const STEP_ROWS = 65_536;

export interface CopyRowsOptions {
  readonly source: Table;
  readonly target: Table;
  /** The last row that an earlier run has copied. */
  readonly after: { readonly pump: string; readonly time: number } | undefined;
  /** Stops between two steps, by throwing its reason; what was copied until then stays. */
  readonly signal: AbortSignal;
  /** Told after each step: the last row that it copied, and how many there were in it. */
  readonly onStep: (place: { readonly pump: string; readonly time: number }, rows: number) => void;
  readonly stepRows?: number;
}

/**
 * Copies readings with their times of receipt, and the alerts that belong to them, pump by pump in order of time. The
 * place commits with each step, so a run that ends in the middle goes on there.
 */
export async function copyRows({ source, target, after, signal, onStep, stepRows = STEP_ROWS }: CopyRowsOptions): Promise<void> {
  const step = new CopyStep(source, stepRows);
  const write = async () => {
    const { readings, breaches, place } = step;
    if (!place) return;
    signal.throwIfAborted();
    await target.write({ receiver: null, readings, breaches, rejects: [], state: placeState({ done: false, ...place }) });
    onStep(place, readings.length);
    step.clear();
  };
  for (const pump of await source.pumps()) {
    if (after && comparePumps(pump, after.pump) < 0) continue;
    let from = after?.pump === pump ? after.time + 1 : undefined;
    while (await step.fill(pump, from)) {
      from = step.place!.time + 1;
      await write();
    }
  }
  await write();
}

/**
 * Takes rows whose cells came at different times: each as rows of the cells that came together, in that order, as they came
 * once. Says whether there was room for all.
 */
function takeParts(into: ReadingsBuffer, piece: Readings, pump: string): boolean {
  for (let row = 0; row < piece.length; row++) {
    const receipts = MEASURES.map((_, c) => (isUnknown(piece.values[c][row]) ? NaN : cellReceipt(piece, row, c)));
    const parts = [...new Set(receipts.filter((at) => !isUnknown(at)))].sort((a, b) => a - b);
    if (into.length + parts.length > into.capacity) return false;
    for (const receivedAt of parts) {
      const at = into.length++;
      into.pump[at] = into.pumps.numberOf(pump);
      into.time[at] = piece.time[row];
      into.receivedAt[at] = receivedAt;
      into.values.forEach((column, c) => (column[at] = receipts[c] === receivedAt ? piece.values[c][row] : UNKNOWN));
    }
  }
  return true;
}

/** Rows on their way from one table to the other. */
class CopyStep {
  readonly readings: ReadingsBuffer;
  readonly breaches: Breach[] = [];
  /** The last row. */
  place: Omit<Extract<CopyPlace, { done: false }>, 'done'> | undefined;
  readonly #source: Table;
  readonly #rules = new Map<string, StoredRule>();

  constructor(source: Table, rows: number) {
    this.#source = source;
    this.readings = new ReadingsBuffer(Math.max(rows, MEASURES.length)); // a row may come in as many parts
  }

  /** Takes a pump's rows from a time on, as far as there is room; true when it is full. */
  async fill(pump: string, from: number | undefined): Promise<boolean> {
    const { readings } = this;
    const first = readings.length;
    let full = false;
    for await (const piece of this.#source.readings(pump, { from })) {
      if (piece.cellReceipts) {
        full = !takeParts(readings, piece, pump);
        if (full) break;
        continue;
      }
      const count = Math.min(piece.length, readings.capacity - readings.length);
      const end = readings.length + count;
      readings.pump.fill(readings.pumps.numberOf(pump), readings.length, end);
      readings.time.set(piece.time.subarray(0, count), readings.length);
      readings.receivedAt.set(piece.receivedAt.subarray(0, count), readings.length);
      readings.values.forEach((column, c) => column.set(piece.values[c].subarray(0, count), readings.length));
      readings.length = end;
      if (end === readings.capacity) break;
    }
    if (readings.length > first) {
      this.place = { pump, time: readings.time[readings.length - 1] };
      await this.#takeAlerts(pump, first);
    }
    return full || readings.length === readings.capacity;
  }

  clear(): void {
    this.readings.clear();
    this.breaches.length = 0;
    this.place = undefined;
  }

  /** The stored alerts of the rows from `first` on; both are in order of time. */
  async #takeAlerts(pump: string, first: number): Promise<void> {
    const { time, values, length } = this.readings;
    let row = first;
    for await (const piece of this.#source.alerts({ pump, from: time[first], to: time[length - 1] + 1 })) {
      for (const alert of piece) {
        while (row < length && time[row] < alert.time) row++;
        let part = row;
        while (part < length && time[part] === alert.time && isUnknown(values[measureIndex[alert.measure]][part])) part++;
        // An alert may outlive its reading, if that expires sooner: there is no row to copy it with.
        if (part < length && time[part] === alert.time) this.breaches.push({ row: part, rule: this.#ruleOf(alert) });
      }
    }
  }

  /** The same object for the same rule; its threshold is the one that was in force. */
  #ruleOf({ rule: id, measure, threshold }: Alert): StoredRule {
    const key = `${measure} ${threshold} ${id}`;
    return this.#rules.get(key) ?? this.#rules.set(key, { id, measure, threshold }).get(key)!;
  }
}
