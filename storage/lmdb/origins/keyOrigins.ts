import type { KeyEvent, KeyHistory } from '../../../domain/reading/keyHistory.ts';
import type { Snapshot } from '../environment.ts';
import type { Parts } from '../parts.ts';
import type { OriginRun } from './runs.ts';

/** How a reading of a pump, told by its number, came to what it holds. */
export function historyAt(parts: Parts, pump: number, time: number, snapshot?: Snapshot): KeyHistory {
  const { origins, changes } = parts;
  const events: KeyEvent[] = [];
  for (const run of origins.runs(pump, time, time, snapshot)) {
    const at = indexOf(run, time);
    if (at >= 0) events.push(eventOf(run, at));
  }
  return { events, changes: [...changes.at(pump, time, snapshot)] };
}

/** The row of a run with an index. */
export function eventOf({ receipt, source, line, lineStep, mark }: OriginRun, index: number): KeyEvent {
  return { receipt, source, line: line + index * lineStep, cells: Math.floor(mark / 2), duplicate: mark % 2 === 1 };
}

function indexOf({ time: first, step, count }: OriginRun, time: number): number {
  if (time === first) return 0;
  const index = step === 0 ? -1 : (time - first) / step;
  return index > 0 && index < count && Number.isInteger(index) ? index : -1;
}
