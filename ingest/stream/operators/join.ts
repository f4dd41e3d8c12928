import type { Key, Pair } from '../key.ts';
import { ownCopy } from '../ownCopy.ts';
import type { Operator, Stream } from '../stream.ts';
import { type Cogrouped, cogroup } from './cogroup.ts';

type Join<K extends Key, V, U> = Operator<Stream<Pair<K, V>>, Stream<Pair<K, U>>>;

/**
 * Per batch: [key, [value here, value there]][]: every pairing of a key's values, keys that both streams have. To
 * join over a time, join two windows of the same slide. Throws AppError CONFIG when the intervals differ.
 */
export function join<K extends Key, V, W>(other: Stream<Pair<K, W>>): Join<K, V, readonly [V, W]> {
  return joining(other, ([left, right]) => pairings(left, right));
}

/** As {@link join}, and [key, [value, undefined]] for keys that only this stream has. */
export function leftOuterJoin<K extends Key, V, W>(other: Stream<Pair<K, W>>): Join<K, V, readonly [V, W | undefined]> {
  return joining(other, ([left, right]) => pairings(left, orNone(right)));
}

/** As {@link join}, and [key, [undefined, value]] for keys that only the other stream has. */
export function rightOuterJoin<K extends Key, V, W>(other: Stream<Pair<K, W>>): Join<K, V, readonly [V | undefined, W]> {
  return joining(other, ([left, right]) => pairings(orNone(left), right));
}

/** As {@link join}, and undefined in place of what one of the streams does not have. */
export function fullOuterJoin<K extends Key, V, W>(other: Stream<Pair<K, W>>): Join<K, V, readonly [V | undefined, W | undefined]> {
  return joining(other, ([left, right]) => pairings(orNone(left), orNone(right)));
}

function joining<K extends Key, V, W, U>(other: Stream<Pair<K, W>>, join: (groups: Cogrouped<V, W>) => readonly U[]): Join<K, V, U> {
  return (input) => cogroup<K, V, W>(other)(input).derive({
    kind: 'join',
    compute: (groups) => groups.flatMap(([key, values]) => join(values).map((joined): Pair<K, U> => [key, joined])),
  });
}

function pairings<V, W>(left: readonly V[], right: readonly W[]): (readonly [V, W])[] {
  return left.flatMap((v) => right.map((w) => ownCopy([v, w] as const))); // a value is in several pairs
}

function orNone<V>(values: readonly V[]): readonly (V | undefined)[] {
  return values.length > 0 ? values : [undefined];
}
