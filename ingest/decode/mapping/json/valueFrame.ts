/** Where a value of JSON ends, and what was seen of it on the way. */
export interface ValueFrame {
  /** Behind its last byte; undefined when it does not end here. */
  readonly end: number | undefined;
  /** How deep objects and lists lie in each other. */
  readonly depth: number;
  /** How many names objects have in it. */
  readonly names: number;
}

/** Bytes that JSON is made of. */
export const QUOTE = 34;
const BACKSLASH = 92;
export const COMMA = 44;
export const COLON = 58;
export const OPEN_LIST = 91;
export const CLOSE_LIST = 93;
export const OPEN_OBJECT = 123;
export const CLOSE_OBJECT = 125;

/** Whether a byte is a space of JSON. */
export function isSpace(byte: number): boolean {
  return byte === 32 || byte === 10 || byte === 13 || byte === 9;
}

/** Frames the value that begins at a place, without looking whether it is right. A bare word ends before a space, comma or bracket. */
export function frameValue(bytes: Buffer, from: number, to: number): ValueFrame {
  const first = bytes[from];
  if (first === OPEN_OBJECT || first === OPEN_LIST) return frameNested(bytes, from, to);
  if (first === QUOTE) {
    const end = stringEnd(bytes, from, to);
    return { end: end < 0 ? undefined : end, depth: 0, names: 0 };
  }
  let end = from;
  while (end < to && !isSpace(bytes[end]) && bytes[end] !== COMMA && bytes[end] !== CLOSE_LIST) end++;
  return { end: end === to ? undefined : Math.max(end, from + 1), depth: 0, names: 0 };
}

function frameNested(bytes: Buffer, from: number, to: number): ValueFrame {
  let open = 0;
  let depth = 0;
  let names = 0;
  for (let at = from; at < to; at++) {
    const byte = bytes[at];
    if (byte === QUOTE) {
      const end = stringEnd(bytes, at, to);
      if (end < 0) break;
      at = end - 1;
    } else if (byte === OPEN_OBJECT || byte === OPEN_LIST) {
      depth = Math.max(depth, ++open);
    } else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) {
      if (--open === 0) return { end: at + 1, depth, names };
    } else if (byte === COLON) names++;
  }
  return { end: undefined, depth, names };
}

/** Behind the closing quote of a string that begins at a place, or -1. */
export function stringEnd(bytes: Buffer, from: number, to: number): number {
  for (let at = from + 1; at < to; at++) {
    if (bytes[at] === QUOTE) return at + 1;
    if (bytes[at] === BACKSLASH) at++;
  }
  return -1;
}

/** How many names the objects of a parsed value have: fewer than were written when one stood twice. */
export function namesIn(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  let names = 0;
  if (Array.isArray(value)) for (const inner of value) names += namesIn(inner);
  else
    for (const inner of Object.values(value)) {
      names++;
      if (typeof inner === 'object') names += namesIn(inner);
    }
  return names;
}
