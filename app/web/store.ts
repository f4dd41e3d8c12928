import { effect, signal } from '@preact/signals';
import type { Statistics } from '../http/schemas/streaming.ts';
import { ApiError, get } from './api.ts';
import { generation, on } from './live.ts';
import { session } from './session.ts';

/** Since when the store is away, and why; null while it is there. Nothing is an all-clear while it is away. */
export const storeAway = signal<Statistics['store']['away']>(null);

/** What stands in place of an all-clear then. */
export const STORE_AWAY = 'This can’t be told while the store is away.';

effect(() => {
  void generation.value;
  if (session.value === 'open') void load();
});

on('store', ({ away }) => {
  const back = away === null && storeAway.peek() !== null;
  storeAway.value = away;
  // What was asked for meanwhile was old, or could not be told.
  if (back) generation.value += 1;
});

async function load(): Promise<void> {
  try {
    const { store, recovered, startTime } = await get<Statistics>('/streaming/statistics');
    // A job that is not ready yet does not know; the stream tells when it is.
    storeAway.value = store.away ?? (recovered ? null : { since: startTime, reason: 'the job is not ready yet' });
  } catch (cause) {
    // Screens say what fails; the stream tells when the store goes away.
    if (!(cause instanceof ApiError)) throw cause;
  }
}
