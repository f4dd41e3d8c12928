import type { OpenTable } from '../../../storage/table/remote.ts';
import { fleetAnswer } from '../../store/fleetText.ts';
import type { Api } from '../api.ts';
import { fleet } from '../schemas/fleet.ts';

/** `fleet`: who has which partition; empty lists where the table is nobody's but this site's. */
export function fleetRoutes(api: Api, { table }: { readonly table: OpenTable }): void {
  const schema = { tags: ['streaming'], summary: 'The workers that share the table, and who has which partition', response: { 200: fleet } };
  api.get('/fleet', { schema }, async () => fleetAnswer((await table.fleet?.()) ?? { workers: [], partitions: [] }));
}
