import { AppError } from '../../domain/errors.ts';
import type { Json } from '../../storage/table/state.ts';

/**
 * A value of an operator's state as JSON, and back. JSON has no word for some values that states are full of (the
 * Infinity that a minimum begins with, the undefined of an outer join): they become `{ "$": … }`.
 *
 *   Infinity → {"$":"Infinity"}   NaN → {"$":"NaN"}   -0 → {"$":"-0"}   undefined → {"$":"undefined"}
 *   Date → {"$":"date","value":ms}   an object with a property "$" → {"$":"object","value":[[name, value], …]}
 *
 * Throws AppError CONFIG for what can't be kept: functions, symbols, bigints, instances of classes, maps and sets.
 */
export function encodeState(value: unknown): Json {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number')
    return Number.isFinite(value) && !Object.is(value, -0) ? value : { $: Object.is(value, -0) ? '-0' : String(value) };
  if (value === undefined) return { $: 'undefined' };
  if (Array.isArray(value)) return value.map(encodeState);
  if (value instanceof Date) return { $: 'date', value: encodeState(value.getTime()) };
  if (isPlain(value)) {
    const entries = Object.entries(value).map(([name, part]) => [name, encodeState(part)] as const);
    return '$' in value ? { $: 'object', value: entries } : Object.fromEntries(entries);
  }
  const what = typeof value === 'object' ? `an instance of ${value.constructor?.name ?? 'a class'}` : `a ${typeof value}`;
  throw new AppError(
    'CONFIG',
    `expected state of plain values (numbers, strings, booleans, dates, arrays, objects), got ${what}: `
    + 'it could not be restored after a restart',
  );
}

/** The value that {@link encodeState} was given. */
export function decodeState(json: Json): unknown {
  if (json === null || typeof json !== 'object') return json;
  if (isArray(json)) return json.map(decodeState);
  const tag = json.$;
  if (tag === undefined) return Object.fromEntries(Object.entries(json).map(([name, part]) => [name, decodeState(part)]));
  if (tag === 'undefined') return undefined;
  if (tag === 'date') return new Date(decodeState(json.value) as number);
  if (tag === 'object') return Object.fromEntries((json.value as [string, Json][]).map(([name, part]) => [name, decodeState(part)]));
  return Number(tag);
}

function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function isArray(json: Json): json is readonly Json[] {
  return Array.isArray(json);
}
