import { CLOSE_LIST, CLOSE_OBJECT, COLON, COMMA, frameValue, isSpace, OPEN_LIST, OPEN_OBJECT, QUOTE, stringEnd } from './valueFrame.ts';
import { partsOf } from './path.ts';

/** Where a value stands in a document: its first byte, and behind its last. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/**
 * Where the items of a document stand, whose list or object lies at a path: by their number from 0, or their name. The
 * document is JSON that was parsed, so it is right, and the path leads to such a list or object.
 */
export function itemSpans(document: Buffer, path: string): ReadonlyMap<string, Span> {
  let at = 0;
  for (const part of partsOf(path)) at = spansAt(document, at).get(part)!.from;
  return spansAt(document, at);
}

/** The same for an object whose values may be lists: each item of these stands by `spanName`. */
export function keyedSpans(document: Buffer, path: string): ReadonlyMap<string, Span> {
  const spans = new Map<string, Span>();
  for (const [name, span] of itemSpans(document, path)) {
    if (document[span.from] !== OPEN_LIST) spans.set(name, span);
    else for (const [index, inner] of spansAt(document, span.from)) spans.set(spanName(name, Number(index)), inner);
  }
  return spans;
}

/** What `keyedSpans` calls an item of an object, or of the list that stands there. */
export function spanName(key: string, index: number | undefined): string {
  return index === undefined ? key : `${key}\n${index}`;
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
  const first = bytes[from];
  if (first === QUOTE || first === OPEN_LIST || first === OPEN_OBJECT) return frameValue(bytes, from, bytes.length).end ?? bytes.length;
  // A bare word may also be the last of an object.
  let to = from;
  while (to < bytes.length && !isSpace(bytes[to]) && bytes[to] !== COMMA && bytes[to] !== CLOSE_LIST && bytes[to] !== CLOSE_OBJECT) to++;
  return to;
}
