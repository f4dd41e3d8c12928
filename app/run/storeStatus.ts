import type { StoreAway } from '../../storage/table/remote.ts';
import type { Config } from '../config/types.ts';

/** The store of a running job, as status.json and `wellwatch status --json` have it. */
export type StoreStatus =
  | { readonly kind: 'embedded'; readonly state: 'up' }
  | { readonly kind: 'hbase'; readonly url: string; readonly table: string; readonly state: 'up' }
  | {
      readonly kind: 'hbase';
      readonly url: string;
      readonly table: string;
      readonly state: 'away';
      readonly since: string;
      readonly reason: string;
    };

/** What a job says of its store. The URL has no credentials: the configuration refuses them there. */
export function storeStatus(store: Config['store'], away: StoreAway | undefined): StoreStatus {
  if (store.kind === 'embedded') return { kind: store.kind, state: 'up' };
  const { kind, url, table } = store;
  return away
    ? { kind, url, table, state: 'away', since: new Date(away.since).toISOString(), reason: away.reason }
    : { kind, url, table, state: 'up' };
}
