import { mergeStatistics } from '../../domain/statistics/statistics.ts';

/** Functions of the library that change nothing, so that they need no copies. */
const HARMLESS: readonly unknown[] = [mergeStatistics];

/** So deep an object may be before it is looked for among those that were copied already. */
const SHALLOW = 3;

/**
 * A copy of a value in which nothing can be changed from outside: arrays, plain objects, dates, maps and sets, as deep
 * as they go. Numbers and texts are given as they are, and so are instances of classes and functions, which nobody can
 * copy. Costs what the value is large.
 *
 * What operators keep are copies, and what they give away of it are copies: a function that changes what it was given
 * changes nothing that the stream remembers, and no other branch of it.
 */
export function ownCopy<T>(value: T): T {
  return typeof value === 'object' && value !== null ? (copyOf(value, 0, undefined) as T) : value;
}

/** An array of copies. */
export function ownCopies<T>(items: readonly T[]): readonly T[] {
  return items.map(ownCopy);
}

/** The pairs with copies of their values, for a function that folds them and may change what it gets. */
export function ownValues<K, V>(pairs: readonly (readonly [K, V])[], fold: unknown): readonly (readonly [K, V])[] {
  return HARMLESS.includes(fold) ? pairs : pairs.map(([key, value]) => [key, ownCopy(value)] as const);
}

/** What was frozen as a whole, by {@link frozenCopy}. */
const frozenWhole = new WeakSet();
let isAnyFrozen = false; // To ask that is what most programs pay.

/**
 * A copy that nobody can change: an attempt throws a TypeError, of which `changedInPlace.ts` makes a sentence. For what is
 * given out often and is too large to be copied each time; {@link ownCopy} gives it as it is.
 */
export function frozenCopy<T>(value: T): T {
  const copy = ownCopy(value);
  freeze(copy);
  return copy;
}

/** A function of two values, which gets copies of both. */
export function onCopies<A, B, C>(f: (a: A, b: B) => C): (a: A, b: B) => C {
  return HARMLESS.includes(f) ? f : (a, b) => f(ownCopy(a), ownCopy(b));
}

/** What was copied below the first levels, so that an object that leads back to itself has an end. */
type Seen = Map<object, object> | undefined;

function copyOf(value: object, depth: number, seen: Seen): object {
  if (isAnyFrozen && Object.isFrozen(value) && frozenWhole.has(value)) return value;
  const known = seen?.get(value);
  if (known) return known;
  const below = depth < SHALLOW ? undefined : (seen ?? new Map<object, object>());
  if (Array.isArray(value)) return copyArray(value, depth, below);
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype ? copyPlain(value as Parts, depth, below) : copyOther(value, depth, below);
}

type Parts = Record<string, unknown>;

function copyArray(value: readonly unknown[], depth: number, seen: Seen): object {
  const copy = value.slice();
  seen?.set(value, copy);
  for (let i = 0; i < copy.length; i++) {
    const part = copy[i];
    if (typeof part === 'object' && part !== null) copy[i] = copyOf(part, depth + 1, seen);
  }
  return copy;
}

function copyPlain(value: Parts, depth: number, seen: Seen, copy: Parts = { ...value }): object {
  seen?.set(value, copy);
  for (const name in copy) {
    const part = copy[name];
    if (typeof part === 'object' && part !== null) copy[name] = copyOf(part, depth + 1, seen);
  }
  return copy;
}

/** Of objects without a prototype, dates, maps and sets; all others are given as they are. */
function copyOther(value: object, depth: number, seen: Seen): object {
  const partOf = (part: unknown): unknown => (typeof part === 'object' && part !== null ? copyOf(part, depth + 1, seen) : part);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === null) return copyPlain(value as Parts, depth, seen, Object.assign(Object.create(null) as Parts, value));
  if (prototype === Date.prototype) return new Date((value as Date).getTime());
  if (prototype !== Map.prototype && prototype !== Set.prototype) return value;
  const copy = prototype === Map.prototype ? new Map<unknown, unknown>() : new Set<unknown>();
  seen?.set(value, copy);
  if (copy instanceof Set) for (const part of value as Set<unknown>) copy.add(partOf(part));
  else for (const [key, part] of value as Map<unknown, unknown>) copy.set(partOf(key), partOf(part));
  return copy;
}

function freeze(value: unknown): void {
  if (typeof value !== 'object' || value === null || frozenWhole.has(value)) return;
  if (!Array.isArray(value) && ![Object.prototype, null].includes(Object.getPrototypeOf(value) as null)) return;
  isAnyFrozen = true;
  frozenWhole.add(value);
  Object.freeze(value);
  for (const part of Object.values(value)) freeze(part);
}
