import type { Act, ActHead, Retract } from '../../domain/alarm/acts/act.ts';
import type { Rule } from '../../domain/alarm/rule.ts';
import { decodeTotal, encodeTotal, pumpOfTotal, type PumpTotal, TOTAL_PREFIX, totalName, totalWithout } from '../../ingest/pumpState/pumpTotals.ts';
import { NOT_BEGUN, type RetractedPiece, type RetractProgress, type RetractSelection } from '../../storage/table/retractions.ts';
import type { Json } from '../../storage/table/state.ts';
import type { Table } from '../../storage/table/table.ts';

/** How far the table has come with an act is kept in its state, under this and the act's number. */
const STATE_PREFIX = 'retract:';

/** What an act of taking back has done so far. */
export interface RetractOutcome extends RetractProgress {
  readonly done: boolean;
}

export interface CarryOutOptions {
  readonly table: Table;
  /** Of the log, in its order. */
  readonly acts: readonly Act[];
  /** Those in force: values that come back may break them. */
  readonly rules: readonly Rule[];
  /** Told each piece that is in the table, with its pump's total as it is now. */
  readonly onPiece?: (piece: RetractedPiece, total: PumpTotal | undefined) => void;
  /** Ends after the piece under way; the rest is done the next time. */
  readonly signal?: AbortSignal;
}

/**
 * Carries out what acts say is to be taken back, as far as the table has not done it yet. The act is the intent: it is on disk
 * before anything is changed, and how far it has come commits with each piece. So whatever ends the process, who writes the table
 * next goes on with it. No step may be written meanwhile. Throws what the table throws.
 */
export async function carryOut({ table, acts, rules, onPiece, signal }: CarryOutOptions): Promise<void> {
  for (const { act, before } of await pendingRetractions(table, acts)) {
    const name = `${STATE_PREFIX}${act.number}`;
    const totals = await totalsOf(table);
    const totalAfter = (piece: RetractedPiece) => totalWithout(totals.get(piece.pump), piece);
    const state = (soFar: RetractProgress, piece: RetractedPiece | undefined): Record<string, Json> => {
      const { retracted, pumpDays, pump, lastDay } = soFar;
      const outcome: Json = { retracted, pumpDays, pump, lastDay, done: piece === undefined };
      if (!piece) return { [name]: outcome };
      const total = totalAfter(piece);
      return { [name]: outcome, [totalName(piece.pump)]: total ? encodeTotal(total) : null };
    };
    for await (const piece of table.retract(await selectionOf(table, act), { rules, before, state })) {
      const total = totalAfter(piece);
      if (total) totals.set(piece.pump, total);
      else totals.delete(piece.pump);
      onPiece?.(piece, total);
      if (signal?.aborted) return;
    }
  }
}

/** The acts of taking back that the table has not done, or not to the end, and how far it has come with each. */
export async function pendingRetractions(table: Table, acts: readonly Act[]): Promise<{ act: ActHead & Retract; before: RetractProgress }[]> {
  const retractions = acts.filter((act) => act.kind === 'retract');
  if (retractions.length === 0) return [];
  const state = await table.state(STATE_PREFIX);
  return retractions
    .map((act) => ({ act, before: outcomeIn(state, act.number) ?? { ...NOT_BEGUN, done: false } }))
    .filter(({ before }) => !before.done);
}

/** What an act of taking back has done so far; undefined before it began. */
export async function outcomeOf(table: Table, act: number): Promise<RetractOutcome | undefined> {
  return outcomeIn(await table.state(`${STATE_PREFIX}${act}`), act);
}

function outcomeIn(state: ReadonlyMap<string, Json>, act: number): RetractOutcome | undefined {
  return state.get(`${STATE_PREFIX}${act}`) as unknown as RetractOutcome | undefined;
}

/** Which rows an act means. A number that another source has by now, in a table that was made anew, means none. */
export async function selectionOf(table: Table, { sources, pump, from, to, receivedUntil }: Retract): Promise<RetractSelection> {
  const range = { pump: pump ?? undefined, from: from ?? -Infinity, to: to ?? Infinity, receivedUntil };
  if (!sources) return { ...range, sources: undefined };
  const { receipts } = await table.receipts();
  const names = new Map(receipts.map(({ number, source }) => [number, source]));
  return { ...range, sources: sources.filter(({ number, source }) => names.get(number) === source).map(({ number }) => number) };
}

async function totalsOf(table: Table): Promise<Map<string, PumpTotal>> {
  const totals = new Map<string, PumpTotal>();
  for (const [name, value] of await table.state(TOTAL_PREFIX)) {
    const total = decodeTotal(value);
    if (total) totals.set(pumpOfTotal(name)!, total);
  }
  return totals;
}
