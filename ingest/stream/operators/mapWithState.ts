import { AppError } from '../../../domain/errors.ts';
import type { Key, Pair } from '../key.ts';
import { ownCopy } from '../ownCopy.ts';
import { StateMap } from '../stateMap.ts';
import type { Operator, Stream } from '../stream.ts';
import type { KeyedStateOptions } from './updateStateByKey.ts';

/** The state of the key that `update` is called for: any plain value but undefined. */
export interface State<S> {
  exists(): boolean;
  /** Throws AppError CONFIG when there is none: ask `exists` first, or take `getOption`. */
  get(): S;
  getOption(): S | undefined;
  /** Replaces it; to change in place what `get` gave does the same. Throws AppError CONFIG while it is timing out. */
  update(state: S): void;
  /** Throws AppError CONFIG while it is timing out: it is being removed. */
  remove(): void;
  /** Nothing came for the key for longer than the timeout; after this call it is gone. */
  isTimingOut(): boolean;
}

export interface MapWithStateOptions<K extends Key, S> extends KeyedStateOptions<K, S> {
  /** A key for which nothing came for longer than this is removed, ms of batch time. */
  readonly timeout?: number;
}

/** What `update` gave, item by item. */
export type MappedWithState<K extends Key, S, E> = Stream<E> & {
  /** Per batch: [key, state][] of all keys; with a timeout, those that were idle longest first. Costs what all keys cost. */
  stateSnapshots(): Stream<Pair<K, S>>;
};

type Kept<S> = readonly [state: S, touched: number];

/**
 * Per batch: what `update(key, value, state, time)` gives for each item, in order; undefined is left out (Spark emits it).
 * Then what `update(key, undefined, state, time)` gives for each key that times out, the one that was idle longest first
 * (Spark looks for them only every tenth batch). `time` is the batch's, ms since 1970. A batch costs its items and the keys
 * that time out, not all keys. Spark's mapWithState.
 */
export function mapWithState<K extends Key, V, S, E>(
  update: (key: K, value: V | undefined, state: State<S>, time: number) => E | undefined,
  { timeout = Infinity, initialState = [], name }: MapWithStateOptions<K, S> = {},
): Operator<Stream<Pair<K, V>>, MappedWithState<K, S, E>> {
  return (input) => {
    // With a timeout in order of the last item: those that time out stand in front.
    const states = new StateMap<K, Kept<S>>();
    const initial = [...initialState];
    let begun = initial.length === 0;
    const mapped = input.derive<E>({
      kind: 'mapWithState',
      name,
      state: { states },
      restored: () => {
        begun = true;
        if (timeout < Infinity) orderByUse(states);
      },
      compute(items, time) {
        if (!begun) for (const [key, state] of initial) states.set(key, [ownCopy(state), time]);
        begun = true;
        const results: E[] = [];
        const emit = (result: E | undefined): void => { if (result !== undefined) results.push(result); };
        for (const [key, value] of items) {
          const state = new KeyState<S>(ownCopy(states.get(key)?.[0]), false);
          emit(update(key, value, state, time));
          const after = state.getOption();
          if (after === undefined || timeout < Infinity) states.delete(key);
          if (after !== undefined) states.set(key, [ownCopy(after), time]);
        }
        for (const [key, [idle, touched]] of states) {
          if (touched >= time - timeout) break;
          emit(update(ownCopy(key), undefined, new KeyState(ownCopy(idle), true), time));
          states.delete(key);
        }
        return results;
      },
    });
    const stateSnapshots = (): Stream<Pair<K, S>> => mapped.graph.add({
      kind: 'stateSnapshots',
      interval: mapped.interval,
      compute: () => Array.from(states, ([key, [state]]) => ownCopy([key, state] as const)),
    });
    return Object.assign(mapped, { stateSnapshots });
  };
}

/** Puts those first that were idle longest: without a timeout, which may be new, they stand in order of insertion. */
function orderByUse<K extends Key, S>(states: StateMap<K, Kept<S>>): void {
  const kept = [...states];
  if (kept.every(([, [, touched]], i) => i === 0 || kept[i - 1][1][1] <= touched)) return;
  for (const [key, state] of kept.sort(([, [, a]], [, [, b]]) => a - b)) {
    states.delete(key);
    states.set(key, state);
  }
}

class KeyState<S> implements State<S> {
  readonly #timingOut: boolean;
  #state: S | undefined;

  constructor(state: S | undefined, timingOut: boolean) {
    this.#state = state;
    this.#timingOut = timingOut;
  }

  exists(): boolean {
    return this.#state !== undefined;
  }

  get(): S {
    if (this.#state === undefined)
      throw new AppError('CONFIG', 'expected a state, got none for this key yet: ask state.exists() before state.get()');
    return this.#state;
  }

  getOption(): S | undefined {
    return this.#state;
  }

  update(state: S): void {
    this.#refuseTimingOut('updated');
    this.#state = state;
  }

  remove(): void {
    this.#refuseTimingOut('removed');
    this.#state = undefined;
  }

  isTimingOut(): boolean {
    return this.#timingOut;
  }

  #refuseTimingOut(what: string): void {
    if (this.#timingOut)
      throw new AppError('CONFIG', `expected a state that is timing out to be left alone, got one ${what}: ask state.isTimingOut() first`);
  }
}
