import { isSpace, stringEnd } from './valueFrame.ts';
import { partsOf } from './path.ts';

/** Where a value stands in a document: its first byte, and behind its last. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

const QUOTE = 34;
const COMMA = 44;
const COLON = 58;
const OPEN_LIST = 91;
const CLOSE_LIST = 93;
const OPEN_OBJECT = 123;
const CLOSE_OBJECT = 125;

/**
 * Where the items of a document stand, whose list or object lies at a path: by their number from 0, or their name. The
 * document is JSON that was parsed, so it is right, and the path leads to such a list or object.
 */
export function itemSpans(document: Buffer, path: string): ReadonlyMap<string, Span> {
  let at = 0;
  for (const part of partsOf(path)) at = spansAt(document, at).get(part)!.from;
  return spansAt(document, at);
}

/** Where what is in a list or an object stands. */
function spansAt(bytes: Buffer, from: number): Map<string, Span> {
  const spans = new Map<string, Span>();
  let at = from;
  while (isSpace(bytes[at])) at++;
  const isObject = bytes[at] === OPEN_OBJECT;
  for (at++; ;) {
    while (isSpace(bytes[at]) || bytes[at] === COMMA) at++;
    if (at >= bytes.length || bytes[at] === CLOSE_LIST || bytes[at] === CLOSE_OBJECT) return spans;
    let name = String(spans.size);
    if (isObject) {
      const end = stringEnd(bytes, at, bytes.length);
      name = JSON.parse(bytes.toString('utf8', at, end)) as string;
      at = end;
      while (isSpace(bytes[at]) || bytes[at] === COLON) at++;
    }
    const to = valueEnd(bytes, at);
    spans.set(name, { from: at, to });
    at = to;
  }
}

function valueEnd(bytes: Buffer, from: number): number {
  let open = 0;
  for (let at = from; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === QUOTE) at = stringEnd(bytes, at, bytes.length) - 1;
    else if (byte === OPEN_LIST || byte === OPEN_OBJECT) open++;
    else if (open === 0 && (byte === COMMA || byte === CLOSE_LIST || byte === CLOSE_OBJECT || isSpace(byte))) return at;
    else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) open--;
    // A text, a list or an object ends with this byte.
    if (open === 0 && (byte === QUOTE || byte === CLOSE_LIST || byte === CLOSE_OBJECT)) return at + 1;
  }
  return bytes.length;
}
