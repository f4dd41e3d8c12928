import { counted } from '../../domain/counted.ts';
import type { Json } from '../../storage/table/state.ts';
import { siteTime } from './siteTime.ts';
import { printable } from './textTable.ts';

/** How facts are called where their names don't read well. */
const NAMES: Readonly<Record<string, string>> = { url: 'at', lastMessageAt: 'last message', lastError: 'last error' };

const INSTANT = /^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/;

/**
 * What a receiver says of itself, for people: `listening, 2 publishers, at mqtt://127.0.0.1:1883, topic pumps/+/readings`.
 * `embedded`: it is a broker of our own, and its connections are those of publishers.
 */
export function receiverText(facts: object, { timezone, embedded }: { readonly timezone: string; readonly embedded: boolean }): string {
  const told = Object.entries(facts).filter(([, value]: [string, Json]) => value !== null);
  return told.map(([name, value]: [string, Json]) => {
    if (name === 'state') return embedded && value === 'connected' ? 'listening' : printable(textOf(value));
    if (name === 'connections') return counted(Number(value), embedded ? 'publisher' : 'connection');
    const text = textOf(value);
    const label = name === 'lastMessageAt' && 'path' in facts ? 'last rows' : (NAMES[name] ?? name);
    return `${label} ${printable(INSTANT.test(text) ? siteTime(text, timezone) : text)}`;
  }).join(', ');
}

function textOf(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
