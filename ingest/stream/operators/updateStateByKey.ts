import type { Key, KeyMap, Pair } from '../key.ts';
import { StateMap } from '../stateMap.ts';
import type { Operator, Stream } from '../stream.ts';
import { groupedByKey } from './groupByKey.ts';

export interface KeyedStateOptions<K extends Key, S> {
  /** What there is before the first batch. */
  readonly initialState?: Iterable<Pair<K, S>>;
  /** The state's name in checkpoints. */
  readonly name?: string;
}

/**
 * Per batch: [key, state][] of all keys that have a state. `update` is called for each of them, with the values that
 * came for it, none mostly, and gives its next state; undefined removes it. A state is replaced, not changed in
 * place. Costs what all keys cost; {@link mapWithState} costs those that something came for.
 */
export function updateStateByKey<K extends Key, V, S>(
  update: (values: readonly V[], state: S | undefined) => S | undefined,
  { initialState = [], name }: KeyedStateOptions<K, S> = {},
): Operator<Stream<Pair<K, V>>, Stream<Pair<K, S>>> {
  return (input) => {
    const states = new StateMap<K, S>();
    for (const [key, state] of initialState) states.set(key, state);
    return input.derive<Pair<K, S>>({
      kind: 'updateStateByKey',
      name,
      state: { states },
      compute(items) {
        const groups: KeyMap<K, readonly V[]> = groupedByKey(items);
        for (const [key, before] of [...states]) {
          const after = update(groups.get(key) ?? [], before);
          groups.delete(key);
          if (after === undefined) states.delete(key);
          else if (after !== before) states.set(key, after);
        }
        for (const [key, values] of groups) {
          const state = update(values, undefined);
          if (state !== undefined) states.set(key, state);
        }
        return [...states];
      },
    });
  };
}
