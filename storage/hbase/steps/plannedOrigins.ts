import type { Places, StepFates } from '../../../domain/reading/rowFate.ts';
import type { Readings } from '../../../domain/reading/readings.ts';
import { replacedValues } from '../../lmdb/origins/commitOrigins.ts';
import { readRuns, RunBytes, type OriginRun, type RunTaker } from '../../lmdb/origins/runs.ts';
import { StepOrigins } from '../../lmdb/origins/stepOrigins.ts';
import type { StepOrder } from '../../lmdb/stepOrder.ts';
import type { ReplacedValue } from '../../lmdb/origins/changeLog.ts';

/** Where the rows of a plan come from, as it goes into an intent: plain JSON. */
export interface PlannedOrigins {
  /** Runs in base64. */
  readonly pumps: readonly { readonly name: string; readonly runs: string }[];
  /** Values as the 16 hexadecimal digits of a big-endian double: JSON has no -0. */
  readonly changes: readonly (Omit<ReplacedValue, 'value'> & { readonly pump: string; readonly value: string })[];
}

export const NO_ORIGINS: PlannedOrigins = { pumps: [], changes: [] };

/** Where the rows of a step come from whose fates are known. */
export function plannedOrigins(
  readings: Readings, { order, starts }: StepOrder, { fates, onlyNew }: { readonly fates: StepFates; readonly onlyNew: boolean },
): PlannedOrigins {
  const origins = new StepOrigins();
  origins.begin({ readings, order, fates, onlyNew });
  const pumps = readings.names.map((name, pump) => ({ name, runs: runsOf(origins, { from: starts[pump], to: starts[pump + 1] }) }));
  const changes = Array.from(replacedValues(fates.changes, readings, order), (change) => ({ ...change, value: hexOf(change.value) }));
  return { pumps: pumps.filter(({ runs }) => runs !== ''), changes };
}

function runsOf(origins: StepOrigins, places: Places): string {
  const runs = new RunBytes();
  origins.ofPump(places, runs);
  return Buffer.from(runs.bytes).toString('base64');
}

/** Of which sources' numbers runs are, and the times of rows that HBase does not take. */
interface Given {
  readonly refused: ReadonlySet<number>;
  readonly numbers: readonly number[];
}

/** Gives a pump's runs, without rows that HBase does not take. */
export function giveRuns(runs: string, { refused, numbers }: Given, taker: RunTaker): void {
  for (const run of readRuns(Buffer.from(runs, 'base64'))) {
    const numbered = { ...run, source: numbers[run.source] };
    if (refused.size === 0) taker.add(numbered);
    else for (const one of rowsOf(numbered)) if (!refused.has(one.time)) taker.add(one);
  }
}

/** The source of the row of a time, an index among the step's. */
export function sourceAt(runs: string | undefined, time: number): number {
  for (const run of runs === undefined ? [] : readRuns(Buffer.from(runs, 'base64')))
    for (const one of rowsOf(run)) if (one.time === time) return one.source;
  return 0;
}

/** The value that was planned. */
export function valueOfHex(hex: string): number {
  return Buffer.from(hex, 'hex').readDoubleBE();
}

function* rowsOf(run: OriginRun): Iterable<OriginRun> {
  for (let i = 0; i < run.count; i++)
    yield { ...run, time: run.time + i * run.step, line: run.line + i * run.lineStep, count: 1, step: 0, lineStep: 0 };
}

/** The 16 hexadecimal digits of a value. */
export function hexOf(value: number): string {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return bytes.toString('hex');
}
