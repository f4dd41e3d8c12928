import { effect, signal } from '@preact/signals';
import type { WorkNames } from '../http/schemas/maintenance.ts';
import { ApiError, get } from './api.ts';
import { session } from './session.ts';
import { type Query, query } from './route.ts';

/** The vendors, technicians and kinds of work that can be chosen; empty before they are known. */
export const workNames = signal<WorkNames>({ vendors: [], technicians: [], works: [] });

effect(() => {
  if (session.value === 'open') void load();
});

async function load(): Promise<void> {
  try {
    workNames.value = await get<WorkNames>('/work-names');
  } catch (cause) {
    // Without them what stands in the address can still be chosen; screens say what fails.
    if (!(cause instanceof ApiError)) throw cause;
  }
}

/** What the address chooses of them, as the API takes it. */
export function workQuery(): Query {
  const chosen = (key: string) => query.value.get(key) || undefined;
  return { vendor: chosen('vendor'), technician: chosen('technician'), work: chosen('work') };
}

/** The same in words: `HYDROCAM, E. Simmons`; empty when nothing is chosen. */
export function workWords(): string {
  return Object.values(workQuery()).filter(Boolean).join(', ');
}
