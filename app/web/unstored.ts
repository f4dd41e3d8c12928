import { effect, signal } from '@preact/signals';
import type { UnstoredAnswer } from '../http/schemas/alerts.ts';
import { ApiError, get } from './api.ts';
import { generation, on } from './live.ts';
import { session } from './session.ts';

export type UnstoredAlerts = UnstoredAnswer['items'][number];

/** What was told while the store is away or slow, and is not stored yet. */
export const unstored = signal<UnstoredAnswer>({ items: [], total: 0, note: null });

effect(() => {
  void generation.value;
  if (session.value === 'open') void load();
});
on('unstored', () => void load());

async function load(): Promise<void> {
  try {
    unstored.value = await get<UnstoredAnswer>('/alerts/unstored');
  } catch (cause) {
    // Screens say what fails; the stream tells of the next change.
    if (!(cause instanceof ApiError)) throw cause;
  }
}
