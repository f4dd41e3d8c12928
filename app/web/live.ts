import { signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { EventName, LiveEvent } from '../http/schemas/live.ts';
import { connected, reached, unreachable } from './connection.ts';
import { Watchdog } from './watchdog.ts';

/** What an event of the stream carries. */
export type EventData<Name extends EventName> = Extract<LiveEvent, { event: Name }>['data'];

const NAMES = ['alerts', 'withdrawn', 'act', 'window', 'batch', 'receiver', 'store', 'unstored', 'reset', 'heartbeat'] as const satisfies readonly EventName[];

/** Rises whenever events may have been missed; what depends on it loads anew. */
export const generation = signal(0);

const handlers = new Map<EventName, Set<(data: never) => void>>();
let source: EventSource | undefined;
let watchdog: Watchdog | undefined;
let opened = false;

/**
 * Opens the page's one stream. When it ends `onEnd` is called, once; whoever opens it again has everything loaded anew.
 * The browser's own attempts are not used: they stop at the first answer that is no stream.
 */
export function openStream(onEnd: () => void): void {
  closeStream();
  const stream = new EventSource('/api/v1/stream');
  source = stream;
  let heard = false;
  const end = () => {
    if (source !== stream) return;
    closeStream();
    onEnd();
  };
  // Also while it is being opened: a network that has gone silent refuses nothing.
  watchdog = new Watchdog(() => {
    unreachable();
    end();
  });
  stream.onopen = () => {
    heard = true;
    hear();
    connected.value = true;
    if (opened) generation.value += 1;
    opened = true;
  };
  stream.onerror = () => {
    // The server ends each stream after a while; only one that can't be opened again is a broken connection.
    if (!heard) unreachable();
    end();
  };
  for (const name of NAMES) {
    stream.addEventListener(name, (event: MessageEvent<string>) => {
      hear();
      if (name === 'reset') generation.value += 1;
      const data = JSON.parse(event.data) as never;
      for (const handler of handlers.get(name) ?? []) handler(data);
    });
  }
}

function hear(): void {
  reached();
  watchdog?.pat();
}

function closeStream(): void {
  source?.close();
  watchdog?.stop();
  source = undefined;
}

/** Calls the handler for each event of a name, until the returned function is called. */
export function on<Name extends EventName>(name: Name, handler: (data: EventData<Name>) => void): () => void {
  const those = handlers.get(name) ?? new Set();
  handlers.set(name, those.add(handler));
  return () => those.delete(handler);
}

/** {@link on} for as long as a component is shown; the handler may be another one at each rendering. */
export function useLive<Name extends EventName>(name: Name, handler: (data: EventData<Name>) => void): void {
  const latest = useRef(handler);
  latest.current = handler;
  useEffect(() => on(name, (data) => latest.current(data)), [name]);
}
