import { raise } from '../../domain/alarm/breach.ts';
import type { Rule } from '../../domain/alarm/rule.ts';
import type { ReceiverName } from '../../domain/receivers.ts';
import { ReadingsBuffer } from '../../domain/reading/readings.ts';
import type { Reject } from '../../domain/reading/reject.ts';
import type { Replay } from '../../domain/reading/rejectMark.ts';
import { parseTime } from '../../domain/reading/wallClock.ts';
import type { Json } from '../../storage/table/state.ts';
import type { Step } from '../../storage/table/steps.ts';
import { LOW_PSI } from './rules.ts';

/** A reading as tests write it. */
export interface Row {
  readonly pump: string;
  readonly time: number;
  readonly receivedAt: number;
  readonly values: readonly number[];
}

export interface StepParts {
  readonly receiver?: ReceiverName;
  readonly rules?: readonly Rule[];
  readonly rejects?: readonly Reject[];
  readonly replays?: readonly Replay[];
  readonly state?: Readonly<Record<string, Json>>;
  readonly onlyNew?: boolean;
}

/** A step of rows, in order of receipt, with the breaches of rules. */
export function stepOf(rows: readonly Row[], parts: StepParts = {}): Step {
  const readings = new ReadingsBuffer(rows.length);
  rows.forEach((row, index) => {
    readings.pump[index] = readings.pumps.numberOf(row.pump);
    readings.time[index] = row.time;
    readings.receivedAt[index] = row.receivedAt;
    row.values.forEach((value, measure) => (readings.values[measure][index] = value));
  });
  readings.length = rows.length;
  const breaches = raise(parts.rules ?? [LOW_PSI], readings);
  const { receiver = 'directory', rejects = [], replays = [], state = {}, onlyNew = false } = parts;
  return { receiver, readings, breaches, rejects, replays, state, onlyNew };
}

/** A reading with plain values; `psi` is the fifth. */
export function row(pump: string, at: string, psi = 80, receivedAt = 1): Row {
  return { pump, time: time(at), receivedAt, values: [10.27, 1.73, 881, 1.56, psi, 1.94] };
}

/** A wall time. */
export function time(at: string): number {
  const parsed = parseTime(at);
  if (parsed === undefined) throw new RangeError(`${at} is no time`);
  return parsed;
}

/** All items of pieces. */
export async function collect<T>(pieces: AsyncIterable<readonly T[]>): Promise<T[]> {
  const items: T[] = [];
  for await (const piece of pieces) items.push(...piece);
  return items;
}
