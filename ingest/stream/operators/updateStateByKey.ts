import { isDeepStrictEqual } from 'node:util';
import type { Key, Pair } from '../key.ts';
import { ownCopy } from '../ownCopy.ts';
import { StateMap } from '../stateMap.ts';
import type { Operator, Stream } from '../stream.ts';
import { groupedByKey } from './groupByKey.ts';

export interface KeyedStateOptions<K extends Key, S> {
  /** What there is before the first batch. */
  readonly initialState?: Iterable<Pair<K, S>>;
  /** The state's name in checkpoints. */
  readonly name?: string;
}

/** For whom, and in which batch, a state is updated. */
export interface KeyInBatch<K extends Key> {
  readonly key: K;
  /** The batch's time, ms since 1970. */
  readonly time: number;
}

/** Gives the next state of a key; undefined removes it. `values` came in this batch, in order; mostly there are none. */
export type StateUpdate<K extends Key, V, S> = (values: readonly V[], state: S | undefined, where: KeyInBatch<K>) => S | undefined;

/**
 * Per batch: [key, state][] of all keys that have a state. `update` is called for each of them, also when nothing came.
 * It may change the state that it gets, and return it. Costs what all keys cost; {@link mapWithState} costs those that
 * something came for. A checkpoint has those whose state has another value. Spark's updateStateByKey.
 */
export function updateStateByKey<K extends Key, V, S>(
  update: StateUpdate<K, V, S>,
  { initialState = [], name }: KeyedStateOptions<K, S> = {},
): Operator<Stream<Pair<K, V>>, Stream<Pair<K, S>>> {
  return (input) => {
    const states = new StateMap<K, S>();
    for (const [key, state] of initialState) states.set(key, ownCopy(state));
    return input.derive<Pair<K, S>>({
      kind: 'updateStateByKey',
      name,
      state: { states },
      compute(items, time) {
        const groups = groupedByKey(items);
        for (const [key, before] of [...states]) {
          const after = update(groups.get(key) ?? [], ownCopy(before), { key: ownCopy(key), time });
          groups.delete(key);
          if (after === undefined) states.delete(key);
          else if (!isDeepStrictEqual(after, before)) states.set(key, ownCopy(after));
        }
        for (const [key, values] of groups) {
          const state = update(values, undefined, { key, time });
          if (state !== undefined) states.set(key, ownCopy(state));
        }
        return Array.from(states, ownCopy);
      },
    });
  };
}
