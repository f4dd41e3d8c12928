/** The forms in which an answer comes. */
export const JSON_TYPE = 'application/json';
export const CSV_TYPE = 'text/csv';

/**
 * Which of the offered media types a client wants most, after RFC 9110 §12.5.1: the one with the highest `q`, and of
 * several the first that is offered; a more specific range goes before a wider one. Undefined when it wants none.
 * Without a header it wants the first.
 */
export function preferredType(accept: string | undefined, offered: readonly string[]): string | undefined {
  if (accept === undefined || accept.trim() === '') return offered[0];
  const ranges = accept.split(',').map(rangeOf);
  const weighed = offered.map((type) => ({ type, q: weightOf(type, ranges) }));
  const best = Math.max(...weighed.map(({ q }) => q));
  return best > 0 ? weighed.find(({ q }) => q === best)!.type : undefined;
}

interface MediaRange {
  readonly range: string;
  readonly q: number;
}

function rangeOf(text: string): MediaRange {
  const [range, ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
  const q = Number(parameters.find((part) => part.startsWith('q='))?.slice(2) ?? 1);
  return { range, q: q >= 0 && q <= 1 ? q : 0 };
}

function weightOf(type: string, ranges: readonly MediaRange[]): number {
  for (const wanted of [type, `${type.slice(0, type.indexOf('/'))}/*`, '*/*']) {
    const found = ranges.find(({ range }) => range === wanted);
    if (found) return found.q;
  }
  return 0;
}
