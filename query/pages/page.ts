import { AppError } from '../../domain/errors.ts';
import { dayOf, MAX_TIME, MIN_TIME } from '../../domain/reading/wallClock.ts';

/** A piece of a list that goes on after its last item, whatever is put in or taken out before it meanwhile. */
export interface Page<T> {
  readonly items: readonly T[];
  /** Where the next page goes on, for whoever asks for it; null on the last. */
  readonly next: string | null;
}

/** The place of an item in its list: what the list is ordered by. */
export type PlaceKey = readonly (string | number)[];

/** A place as text that can stand in a URL. */
export function cursorOf(place: PlaceKey): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

/**
 * The place that a cursor stands for. `types` are those of its parts: `number` is a whole one, `count` one from 1 on,
 * `day` that of a date, `decimal` any finite one. Throws USAGE for what no page has given out.
 */
export function placeOf<P extends PlaceKey>(cursor: string, types: { readonly [I in keyof P]: PartType }): P {
  const place = parsed(Buffer.from(cursor, 'base64url').toString());
  if (Array.isArray(place) && place.length === types.length && place.every((part, i) => isPart(part, types[i])))
    return place as unknown as P;
  throw new AppError('USAGE', `cursor: expected what the page before gave as its next, got "${cursor}"; begin again without a cursor`);
}

/** The lowest and the highest number of each type. */
const NUMBERS = {
  number: [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
  count: [1, Number.MAX_SAFE_INTEGER],
  day: [dayOf(MIN_TIME), dayOf(MAX_TIME)],
} as const;

type PartType = 'string' | 'decimal' | keyof typeof NUMBERS;

function isPart(part: unknown, type: PartType): boolean {
  if (type === 'string' || typeof part !== 'number') return typeof part === type;
  if (type === 'decimal') return Number.isFinite(part);
  const [lowest, highest] = NUMBERS[type];
  return Number.isSafeInteger(part) && part >= lowest && part <= highest;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // what is no JSON is no place
  }
}

/** Makes a page of up to `limit` items out of one more than that, if there are as many. */
export function pageOf<T>(items: readonly T[], limit: number, place: (item: T) => PlaceKey): Page<T> {
  const shown = items.slice(0, limit);
  return { items: shown, next: items.length > limit ? cursorOf(place(shown[shown.length - 1])) : null };
}
