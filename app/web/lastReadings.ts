import { computed, effect, signal } from '@preact/signals';
import type { LastReadingsAnswer } from '../http/schemas/pumps.ts';
import { ApiError, get } from './api.ts';
import { generation } from './live.ts';
import { readingNews } from './news.ts';
import { session } from './session.ts';
import { isAhead, isFresh } from './times.ts';

/** The last reading of a pump. */
export type LastReading = LastReadingsAnswer['items'][number];
/** How a pump reports: `ahead` with times of the future, `silent` no longer, `unheard` not yet. */
export type Reporting = 'reports' | 'silent' | 'ahead' | 'unheard';

/** The last reading of every pump, whatever screen is shown; `undefined` before they are known. */
export const lastReadings = signal<readonly LastReading[] | undefined>(undefined);
/** The same by pump. */
export const lastByPump = computed(() => new Map(lastReadings.value?.map((one) => [one.pump, one])));

/** How a pump reports whose last reading is of this wall time. */
export function reportingOf(at: string | null): Reporting {
  if (at === null) return 'unheard';
  if (isAhead(at)) return 'ahead';
  return isFresh(at) ? 'reports' : 'silent';
}

/** When a pump was last heard, as far as its alarm and its last reading tell: an alarm may go on while nothing is beyond its limit. */
export function heardOf({ pump, to }: { readonly pump: string; readonly to: string }): string {
  const at = lastByPump.value.get(pump)?.at ?? to;
  return at > to && !isAhead(at) ? at : to;
}

/** Pumps that report in a way, those that were heard last first. */
export function pumpsThat(how: Reporting): readonly LastReading[] {
  return (lastReadings.value ?? [])
    .filter(({ at }) => reportingOf(at) === how)
    .sort((one, other) => ((one.at ?? '') < (other.at ?? '') ? 1 : -1));
}

effect(() => {
  void readingNews.value;
  void generation.value;
  if (session.value === 'open') void load();
});

async function load(): Promise<void> {
  try {
    lastReadings.value = (await get<LastReadingsAnswer>('/last-readings')).items;
  } catch (cause) {
    // Screens say what fails; the next news asks again.
    if (!(cause instanceof ApiError)) throw cause;
  }
}
