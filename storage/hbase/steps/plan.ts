import type { Breach } from '../../../domain/alarm/breach.ts';
import type { ReceiverName } from '../../../domain/receivers.ts';
import { type Readings, sameRow } from '../../../domain/reading/readings.ts';
import type { Reject } from '../../../domain/reading/reject.ts';
import { groupBy } from '../../lmdb/groupBy.ts';
import { orderStep, type StepOrder } from '../../lmdb/stepOrder.ts';
import type { Json } from '../../table/state.ts';
import type { Step } from '../../table/steps.ts';
import type { HBaseClient } from '../gateway/client.ts';
import { copyRows, type RowColumns } from '../../files/rowColumns.ts';
import { type Found, lookUp } from './lookUp.ts';
import { covers, type Span } from './spans.ts';

/** A cell of the `alerts` family that holds no longer. */
export interface StaleCell {
  readonly pump: string;
  readonly time: number;
  readonly column: string;
  readonly timestamp: number;
}

/** What a step will do, decided before any of it is written. */
export interface Plan {
  /** What is to be put: one row a key, by pump, then time. */
  readonly rows: RowColumns;
  /** Rows of `rows` that break a rule, row numbers rising. */
  readonly breaches: readonly Breach[];
  /** Row numbers, rising, of those that take the place of others, or may do so: their alerts go unless they are raised again. */
  readonly replaced: readonly number[];
  readonly stale: readonly StaleCell[];
  readonly receiver: ReceiverName | null;
  /** Rows of the step that count as stored: those put, those that a later row of the step replaced, and those that came after a later receipt. */
  readonly stored: number;
  readonly duplicate: number;
  readonly rejects: readonly Reject[];
  readonly state: Readonly<Record<string, Json>>;
}

/** A plan, and what of the step only its caller needs. */
export interface Planned {
  readonly plan: Plan;
  /** The step's breach for each of the plan's. */
  readonly origins: ReadonlyMap<Breach, Breach>;
  readonly outOfOrder: number;
}

/** What planning has to know. */
export interface Knowledge {
  readonly client: HBaseClient;
  readonly spansOf: (pump: string) => readonly Span[];
  /** The alert cells that are not right any more once these rows are put. */
  readonly staleCells: (rows: Readings, replaced: readonly number[], breaches: readonly Breach[]) => Promise<StaleCell[]>;
  /** Rows received then or before have expired. */
  readonly expiredBefore: number;
}

/** Decides what a step will do: reads the rows that may be there already, and finds what is new, equal, or a correction. */
export async function planStep(step: Step, knowledge: Knowledge): Promise<Planned> {
  const { readings } = step;
  const ordered = orderStep(readings);
  const asked = mayBeThere(readings, ordered, knowledge.spansOf);
  const found = await lookUp(knowledge.client, readings, asked.rows, knowledge.expiredBefore);
  const fates = decide(readings, ordered, { ...asked, found });
  const remembered = step.onDecided?.(fates.duplicates) ?? {};
  const rows = copyRows(readings, fates.winners);
  const origins = placeBreaches(step.breaches, fates.winners);
  const breaches = [...origins.keys()];
  const plan: Plan = {
    rows, breaches,
    replaced: fates.replaced,
    stale: await knowledge.staleCells(rows, fates.replaced, breaches),
    receiver: step.receiver,
    stored: readings.length - fates.duplicate,
    duplicate: fates.duplicate,
    rejects: step.rejects,
    state: { ...step.state, ...remembered },
  };
  return { plan, origins, outOfOrder: fates.outOfOrder };
}

/** Which rows of a step have to be looked up: the first of each key that a span covers. */
interface Asked {
  /** Row numbers, in the step's order. */
  readonly rows: Uint32Array;
  /** By place in the step's order: the index in `rows`, or -1. */
  readonly index: Int32Array;
  /** The last time of each pump before the step. */
  readonly lastTime: Float64Array;
}

function mayBeThere({ length, names, time }: Readings, { order, starts }: StepOrder, spansOf: Knowledge['spansOf']): Asked {
  const rows = new Uint32Array(length);
  const index = new Int32Array(length).fill(-1);
  const lastTime = new Float64Array(names.length).fill(-Infinity);
  let count = 0;
  for (let pump = 0; pump < names.length; pump++) {
    const spans = spansOf(names[pump]);
    if (spans.length === 0) continue;
    lastTime[pump] = spans[spans.length - 1].to;
    for (let place = starts[pump]; place < starts[pump + 1]; place++) {
      const at = time[order[place]];
      if (at > lastTime[pump]) break;
      if (place > starts[pump] && time[order[place - 1]] === at) continue;
      if (!covers(spans, at)) continue;
      rows[count] = order[place];
      index[place] = count++;
    }
  }
  return { rows: rows.subarray(0, count), index, lastTime };
}

interface Fates {
  /** Row numbers of those that are put, by pump, then time. */
  readonly winners: Uint32Array;
  readonly replaced: readonly number[];
  /** 1 for each row that is a duplicate, by row number; and how many they are. */
  readonly duplicates: Uint8Array;
  readonly duplicate: number;
  readonly outOfOrder: number;
}

const NONE = -1;

/** Goes through the rows of each key in order of receipt, as if they were written one by one. */
function decide(readings: Readings, { order, starts }: StepOrder, { index, lastTime, found }: Asked & { readonly found: Found }): Fates {
  const { length, names, time, receivedAt } = readings;
  const winners = new Uint32Array(length);
  const replaced: number[] = [];
  const duplicates = new Uint8Array(length);
  let count = 0;
  let duplicate = 0;
  let outOfOrder = 0;
  for (let pump = 0; pump < names.length; pump++) {
    const end = starts[pump + 1];
    for (let place = starts[pump]; place < end;) {
      const first = place;
      const at = time[order[first]];
      const stored = index[first] === -1 ? NONE : found.at[index[first]];
      const before = duplicate;
      let winner = NONE;
      for (; place < end && time[order[place]] === at; place++) {
        const row = order[place];
        if (winner !== NONE) {
          if (sameRow(readings, row, readings, winner)) duplicate += duplicates[row] = 1;
          else winner = row;
        } else if (stored === NONE) winner = row;
        else if (sameRow(readings, row, found, stored)) duplicate += duplicates[row] = 1;
        else if (receivedAt[row] >= found.receivedAt[stored]) winner = row;
      }
      if (at <= lastTime[pump]) outOfOrder += place - first - (duplicate - before);
      if (winner === NONE) continue;
      if (index[first] !== -1) replaced.push(count);
      winners[count++] = winner;
    }
  }
  return { winners: winners.subarray(0, count), replaced, duplicates, duplicate, outOfOrder };
}

/** The breaches of rows that are put, as breaches of the plan's rows, in their order; each with the step's own. */
function placeBreaches(breaches: readonly Breach[], winners: Uint32Array): Map<Breach, Breach> {
  const placed = new Map<Breach, Breach>();
  if (breaches.length === 0) return placed;
  const byRow = groupBy(breaches, ({ row }) => row);
  winners.forEach((winner, row) => {
    for (const breach of byRow.get(winner) ?? []) placed.set({ row, rule: breach.rule }, breach);
  });
  return placed;
}
