import { isDeepStrictEqual } from 'node:util';
import type { Json, StoredState } from '../../storage/table/state.ts';

/** How far the copying is stands in the state of the table in HBase under this name, and commits with the rows. */
export const COPY_STATE = 'copy';

/** The last row that was copied, or that everything was: `source` then says what of. */
export type CopyPlace =
  | { readonly done: false; readonly pump: string; readonly time: number }
  | { readonly done: true; readonly source: Json };

/** The place in a stored state, or undefined before the first copied row. */
export function copyPlace(state: ReadonlyMap<string, Json>): CopyPlace | undefined {
  return state.get(COPY_STATE) as unknown as CopyPlace | undefined;
}

/** What a place becomes in the state. */
export function placeState(place: CopyPlace): Readonly<Record<string, Json>> {
  return { [COPY_STATE]: { ...place } };
}

/** What tells one state of an embedded table from a later one: each step of a job changes counts or positions. */
export async function versionOf(source: StoredState): Promise<Json> {
  return { counts: { ...(await source.counts()) }, state: Object.fromEntries(await source.state()) } as unknown as Json;
}

/** Whether all of an embedded table has been copied, as it is now. */
export async function isCopied(source: StoredState, target: Pick<StoredState, 'state'>): Promise<boolean> {
  const place = copyPlace(await target.state(COPY_STATE));
  return place?.done === true && isDeepStrictEqual(place.source, await versionOf(source));
}
