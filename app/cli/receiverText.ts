import { counted } from '../../domain/counted.ts';
import type { Json } from '../../storage/table/state.ts';
import { siteTime } from './siteTime.ts';
import { printable } from './textTable.ts';

/** How facts are called where their names don't read well. */
const NAMES: Readonly<Record<string, string>> = { url: 'at', lastMessageAt: 'last message', lastError: 'last error' };

const INSTANT = /^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/;

export interface ReceiverTextOptions {
  readonly timezone: string;
  readonly embedded: boolean;
  /** When it said so: ms since 1970-01-01T00:00Z. */
  readonly now: number;
}

/** A feed that has brought nothing for this long is told to be silent. */
const SILENT_MS = 60_000;

/**
 * What a receiver says of itself, for people: `listening, 2 publishers, at mqtt://127.0.0.1:1883, topic pumps/+/readings`.
 * `embedded`: it is a broker of our own, and its connections are those of publishers.
 */
export function receiverText(facts: object, { timezone, embedded, now }: ReceiverTextOptions): string {
  const told = Object.entries(facts).filter(([, value]: [string, Json]) => value !== null && !(Array.isArray(value) && value.length === 0));
  return told.map(([name, value]: [string, Json]) => {
    if (name === 'state') return embedded && value === 'connected' ? 'listening' : printable(textOf(value));
    if (name === 'connections') return counted(Number(value), embedded ? 'publisher' : 'connection');
    if (name === 'lag') return counted(Number(value), 'record') + ' to read';
    if (name === 'partitions' && Array.isArray(value)) return counted(value.length, 'partition');
    if (name === 'notes' && Array.isArray(value)) return value.map((note: Json) => `▲ ${printable(textOf(note))}`).join(', ');
    const text = textOf(value);
    const label = name === 'lastMessageAt' && 'path' in facts ? 'last rows' : (NAMES[name] ?? name);
    const silence = name === 'lastMessageAt' ? silenceText(now - Date.parse(text)) : '';
    return `${label} ${printable(INSTANT.test(text) ? siteTime(text, timezone) : text)}${silence}`;
  }).join(', ');
}

function textOf(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** ` (no row for 2 min 40 s)` of a feed that has been silent for a while. */
function silenceText(ms: number): string {
  if (!(ms >= SILENT_MS)) return '';
  const seconds = Math.floor(ms / 1000);
  const [days, hours, minutes] = [Math.floor(seconds / 86_400), Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60];
  const parts = days > 0 ? [`${days} d`, `${hours} h`] : hours > 0 ? [`${hours} h`, `${minutes} min`] : [`${minutes} min`, `${seconds % 60} s`];
  return ` (no row for ${parts.join(' ')})`;
}
