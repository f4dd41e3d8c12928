import type { RefObject } from 'preact';
import { useReducer, useRef } from 'preact/hooks';

interface HeldRows<Row> {
  /** What to show: rows that are gone meanwhile stay where they are. */
  readonly rows: readonly Row[];
  /** Rows that wait to be shown. */
  readonly waiting: number;
  readonly show: () => void;
}

interface HeldOptions<Row> {
  readonly place: RefObject<HTMLElement | null>;
  readonly keyOf: (row: Row) => string;
  /** Rows that are shown and no longer among the fresh ones, as they are now: see {@link askedAgain}. */
  readonly left?: readonly Row[];
  /** What the rows answer: when it changes, nothing is held back. */
  readonly question: string;
  /** Rows stay where they are until they are put in order anew, also while nobody is there. */
  readonly stays?: boolean;
}

/**
 * Keeps rows from moving under the pointer: while it, or the focus, is in a place, or that is scrolled, rows are renewed
 * where they stand, and new ones wait until they are asked for.
 */
export function useHeldRows<Row>(fresh: readonly Row[], { place, keyOf, left = [], question, stays = false }: HeldOptions<Row>): HeldRows<Row> {
  const held = useRef<{ fresh: readonly Row[]; rows: readonly Row[]; question: string }>({ fresh: [], rows: [], question: '' });
  const [, redraw] = useReducer((times: number) => times + 1, 0);
  const { current } = held;
  if (current.question !== question || current.rows.length === 0) held.current = { fresh, rows: fresh, question };
  else if (current.fresh !== fresh)
    held.current = { fresh, rows: stays || inUse(place.current) ? renewed(current.rows, [...fresh, ...left], keyOf) : fresh, question };
  const { rows } = held.current;
  const known = new Set(rows.map(keyOf));
  return {
    rows,
    waiting: rows === fresh ? 0 : fresh.filter((row) => !known.has(keyOf(row))).length,
    show: () => {
      held.current = { fresh, rows: fresh, question };
      redraw(undefined);
    },
  };
}

/** How many rows are asked for one by one at most. */
const MOST_ASKED = 50;

/** The rows that are shown and not among the fresh ones, as they are now: a list that holds them still has to tell the truth. */
export async function askedAgain<Row>(
  shown: readonly Row[],
  fresh: readonly Row[],
  keyOf: (row: Row) => string,
  ask: (row: Row) => Promise<Row>,
): Promise<Row[]> {
  const there = new Set(fresh.map(keyOf));
  return Promise.all(
    shown
      .filter((row) => !there.has(keyOf(row)))
      .slice(0, MOST_ASKED)
      .map(ask),
  );
}

function renewed<Row>(rows: readonly Row[], fresh: readonly Row[], keyOf: (row: Row) => string): readonly Row[] {
  const latest = new Map(fresh.map((row) => [keyOf(row), row]));
  return rows.map((row) => latest.get(keyOf(row)) ?? row);
}

function inUse(place: HTMLElement | null): boolean {
  return place !== null && (isTouched(place) || place.getBoundingClientRect().top < 0);
}

/** Whether the pointer or the focus is in a place. */
function isTouched(place: HTMLElement | null): boolean {
  return place !== null && (place.matches(':hover') || place.contains(document.activeElement));
}

/** What is shown in a place: the newest, and while the pointer or the focus is there what stood there before. */
export function useUnmoved<T>(fresh: T, place: RefObject<HTMLElement | null>): T {
  const held = useRef(fresh);
  if (!isTouched(place.current)) held.current = fresh;
  return held.current;
}
