import type { Alert } from '../../../domain/alarm/alert.ts';
import type { Breach } from '../../../domain/alarm/breach.ts';
import type { ReceiverName } from '../../../domain/receivers.ts';
import type { Origin } from '../../../domain/reading/origins.ts';
import type { Readings } from '../../../domain/reading/readings.ts';
import type { Reject } from '../../../domain/reading/reject.ts';
import { NO_ROW } from '../../../domain/reading/keyCells.ts';
import { StepFates } from '../../../domain/reading/rowFate.ts';
import { holdsCell, placeBreaches } from '../../lmdb/placedBreach.ts';
import { countBySource, type SourceCounts } from '../../lmdb/origins/sourceCounts.ts';
import { supersededOf } from '../../lmdb/superseded.ts';
import { replayOf } from '../../lmdb/replayOf.ts';
import type { RejectReplay } from '../../lmdb/rejectsStore.ts';
import { orderStep, type StepOrder } from '../../lmdb/stepOrder.ts';
import type { Json } from '../../table/state.ts';
import type { Step } from '../../table/steps.ts';
import type { RowColumns } from '../../files/rowColumns.ts';
import type { Found } from './lookUp.ts';
import { type PlannedOrigins, plannedOrigins } from './plannedOrigins.ts';
import type { PlannedRetraction } from './plannedRetraction.ts';
import { PlannedRows } from './plannedRows.ts';
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
  /** What is to be put: one row a key, by pump, then time. Cells that it lacks are missing, or stay as HBase has them. */
  readonly rows: RowColumns;
  /** Rows of `rows` that break a rule, row numbers rising. */
  readonly breaches: readonly Breach[];
  /** Row numbers, rising, of those whose cells replace others, or may do so: alerts of these go unless they are raised again. */
  readonly replaced: readonly number[];
  readonly stale: readonly StaleCell[];
  readonly receiver: ReceiverName | null;
  /**
   * Rows of the step that count as stored: those put, those that a later row of the step replaced, and those that came after
   * a later receipt.
   */
  readonly stored: number;
  /** How many of them came to another row. */
  readonly rowsReplaced: number;
  readonly duplicate: number;
  /** Alerts of rows that later rows of the step replaced. */
  readonly replacedAlerts: readonly Alert[];
  readonly rejects: readonly Reject[];
  /** Rows that take the place of rejects, each with the row of `rows` that has its cells, or -1 when none is to be put. */
  readonly replays: readonly PlannedReplay[];
  readonly state: Readonly<Record<string, Json>>;
  /** The step's sources, and what became of the rows of each. */
  readonly sources: readonly Origin[];
  readonly sourceCounts: readonly SourceCounts[];
  readonly origins: PlannedOrigins;
  /** What is taken back; of a step nothing is. */
  readonly retraction?: PlannedRetraction | undefined;
}

/** The place of a reject is taken unless HBase refuses the row. */
export interface PlannedReplay extends RejectReplay {
  readonly row: number;
}

/** A plan, and what of the step only its caller needs. */
export interface Planned {
  readonly plan: Plan;
  /** The step's breach for each of the plan's. */
  readonly origins: ReadonlyMap<Breach, Breach>;
  readonly outOfOrder: number;
  /** The breaches of rows that a later row of the step replaced. */
  readonly superseded: readonly Breach[];
  /** 1 at the number of each row that came to another one; undefined when none did. */
  readonly replacing: Uint8Array | undefined;
}

/** What planning has to know. */
export interface Knowledge {
  /** Looks up rows of the step, by their numbers: the readings that are there at their keys. */
  readonly found: (readings: Readings, rows: Uint32Array) => Promise<Found>;
  readonly spansOf: (pump: string) => readonly Span[];
  /** The alert cells that are not right any more once these rows are put. */
  readonly staleCells: (rows: Readings, replaced: readonly number[], breaches: readonly Breach[]) => Promise<StaleCell[]>;
}

/** Decides what a step will do: reads the rows that may be there already, and finds what is new, equal, or a correction. */
export async function planStep(step: Step, knowledge: Knowledge): Promise<Planned> {
  const { readings } = step;
  const ordered = orderStep(readings);
  const asked = mayBeThere(readings, ordered, knowledge.spansOf);
  const found = await knowledge.found(readings, asked.rows);
  const decided = decide(readings, { ...ordered, onlyNew: step.onlyNew ?? false }, { ...asked, found });
  const remembered = step.onDecided?.(decided.fates.duplicatesByRow(ordered.order)) ?? {};
  const placed = placeBreaches(step.breaches, ordered.order, readings.length);
  const superseded = supersededOf(placed, decided.fates, readings);
  const { rows } = decided;
  const { rejects, rejectSources = [] } = step;
  const replacing = decided.fates.replacingByRow(ordered.order);
  const origins = new Map(placed.filter((one) => holdsCell(decided.fates, one))
    .map(({ breach, place }): [Breach, Breach] => [{ row: decided.rowOf[place], rule: breach.rule }, breach]));
  const breaches = [...origins.keys()];
  const plan: Plan = {
    rows, breaches,
    replaced: decided.replaced,
    stale: await knowledge.staleCells(rows, decided.replaced, breaches),
    receiver: step.receiver,
    stored: decided.stored,
    rowsReplaced: decided.fates.replaced,
    replacedAlerts: superseded.alerts,
    duplicate: readings.length - decided.stored,
    rejects,
    replays: plannedReplays(step, ordered, decided.rowOf),
    sources: readings.origins?.sources ?? [],
    sourceCounts: countBySource({ readings, order: ordered.order, fates: decided.fates, replacing, rejects, rejectSources }),
    origins: plannedOrigins(readings, ordered, { fates: decided.fates, onlyNew: step.onlyNew ?? false }),
    state: { ...step.state, ...remembered },
  };
  return { plan, origins, outOfOrder: decided.outOfOrder, superseded: superseded.breaches, replacing };
}

function plannedReplays({ replays = [], readings }: Step, { order }: StepOrder, rowOf: Int32Array): PlannedReplay[] {
  if (replays.length === 0) return [];
  const places = new Map(Array.from(order, (row, place) => [row, place]));
  return replays.map((replay) => ({ ...replayOf(replay, readings), row: rowOf[places.get(replay.row)!] }));
}

const NOT_ASKED = -1;

/** Which rows of a step have to be looked up: the first of each key that a span covers. */
interface Asked {
  /** Row numbers, in the step's order. */
  readonly rows: Uint32Array;
  /** By place in the step's order: the index in `rows`, or NOT_ASKED. */
  readonly index: Int32Array;
  /** The last time of each pump before the step. */
  readonly lastTime: Float64Array;
}

function mayBeThere({ length, names, time }: Readings, { order, starts }: StepOrder, spansOf: Knowledge['spansOf']): Asked {
  const rows = new Uint32Array(length);
  const index = new Int32Array(length).fill(NOT_ASKED);
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

interface Decided {
  /** What is put, by pump, then time. */
  readonly rows: RowColumns;
  /** By place in the step's order: the row of `rows` that has cells of it, if one has. */
  readonly rowOf: Int32Array;
  readonly replaced: readonly number[];
  readonly fates: StepFates;
  readonly stored: number;
  readonly outOfOrder: number;
}

/** Settles each key, as if the rows were written one by one. */
function decide(
  readings: Readings,
  { order, starts, onlyNew }: StepOrder & { readonly onlyNew: boolean },
  { index, lastTime, found }: Asked & { readonly found: Found },
): Decided {
  const { length, names, time } = readings;
  const fates = new StepFates();
  fates.begin(length, readings, { order, onlyNew });
  const puts = new PlannedRows(readings, order, fates);
  const replaced: number[] = [];
  let stored = 0;
  let outOfOrder = 0;
  for (let pump = 0; pump < names.length; pump++) {
    const places = { from: starts[pump], to: starts[pump + 1] };
    for (let first = places.from, next = first; first < places.to; first = next) {
      while (next < places.to && time[order[next]] === time[order[first]]) next++;
      const asked = index[first] !== NOT_ASKED;
      const holder = asked && found.at[index[first]] >= 0 ? found.at[index[first]] : NO_ROW;
      const winner = fates.settle(found, holder, first, next);
      if (winner === holder) continue;
      if (asked) replaced.push(puts.length);
      puts.add(winner, { from: first, to: next });
    }
    const counted = fates.count(places, lastTime[pump]);
    stored += counted.stored;
    outOfOrder += counted.outOfOrder;
  }
  return { rows: puts.rows(), rowOf: puts.rowOf, replaced, fates, stored, outOfOrder };
}
