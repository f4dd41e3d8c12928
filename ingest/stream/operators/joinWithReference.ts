import type { Pair } from '../key.ts';
import type { Refreshed } from '../refreshed.ts';
import { frozenCopy, ownCopy } from '../ownCopy.ts';
import type { Operator, Stream } from '../stream.ts';

/** Keys that a reference can have. */
export type ReferenceKey = string | number | boolean;
/** What is known by key: as it is, or refreshed now and then. */
export type ReferenceData<K, R> = ReadonlyMap<K, R> | Refreshed<ReadonlyMap<K, R>>;

/** A stream that was joined, and what the reference does not know. */
export type Enriched<K extends ReferenceKey, V, R> = Stream<Pair<K, readonly [V, R]>> & {
  /** Per batch: [key, value][] of keys that the reference does not have. */
  readonly unknown: Stream<Pair<K, V>>;
};

type Join<K extends ReferenceKey, V, R> = Operator<Stream<Pair<K, V>>, Enriched<K, V, R>>;

/**
 * Per batch: [key, [value, what the reference has]][] for the keys that it has. That is a copy as of the batch, shared by its
 * items, which can't be changed. What Spark does with transform and a join.
 */
export function joinWithReference<K extends ReferenceKey, V, R>(reference: ReferenceData<K, R>): Join<K, V, R> {
  return (input) => {
    const looked = lookUp(reference, input);
    const known = looked.graph.add({ kind: 'known', interval: looked.interval, compute: () => looked.items.filter(isKnown) });
    return Object.assign(known, { unknown: unknownOf(looked) });
  };
}

/** As {@link joinWithReference}, for all keys: [key, [value, what the reference has, or undefined]][]. */
export function leftOuterJoinWithReference<K extends ReferenceKey, V, R>(reference: ReferenceData<K, R>): Join<K, V, R | undefined> {
  return (input) => {
    const looked = lookUp<K, V, R>(reference, input);
    return Object.assign(looked, { unknown: unknownOf(looked) });
  };
}

function lookUp<K extends ReferenceKey, V, R>(
  reference: ReferenceData<K, R>,
  input: Stream<Pair<K, V>>,
): Stream<Pair<K, readonly [V, R | undefined]>> {
  return input.derive({
    kind: 'joinWithReference',
    async compute(items, time) {
      const known = 'at' in reference ? await reference.at(time, input.graph.onEvent) : reference;
      const seen = new Map<K, R | undefined>();
      return items.map(([key, value]) => {
        if (!seen.has(key)) seen.set(key, frozenCopy(known.get(key)));
        return [key, [value, seen.get(key)]] as const;
      });
    },
  });
}

function unknownOf<K extends ReferenceKey, V, R>(looked: Stream<Pair<K, readonly [V, R | undefined]>>): Stream<Pair<K, V>> {
  return looked.graph.add({
    kind: 'unknown',
    interval: looked.interval,
    compute: () => looked.items.filter((item) => !isKnown(item)).map(([key, [value]]) => ownCopy([key, value] as const)),
  });
}

function isKnown<K extends ReferenceKey, V, R>(item: Pair<K, readonly [V, R | undefined]>): item is Pair<K, readonly [V, R]> {
  return item[1][1] !== undefined;
}
