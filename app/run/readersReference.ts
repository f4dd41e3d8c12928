import { ReferenceWatcher } from '../../ingest/reference/watchReference.ts';
import type { Table } from '../../storage/table/table.ts';
import type { Config } from '../config/types.ts';

/**
 * The reference files for who only reads them: watched, and never saved. The job's thread reads the same files, and says what there is to
 * say of them. `savedReference` gives what to begin with where files can't be read.
 */
export async function watchAsReader(
  { reference }: Pick<Config, 'reference'>,
  savedReference: Table['savedReference'] = async () => undefined,
): Promise<ReferenceWatcher> {
  const watcher = new ReferenceWatcher({
    ...reference,
    table: { savedReference, saveReference: async () => undefined },
    onLog: () => undefined,
  });
  await watcher.start();
  return watcher;
}
