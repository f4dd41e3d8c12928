import type { FleetAnswer } from '../../../http/schemas/fleet.ts';
import { count } from '../../format.ts';
import { type Column, Table } from '../../parts/Table.tsx';
import { Instant } from '../../parts/When.tsx';

type Worker = FleetAnswer['workers'][number];
type Partition = FleetAnswer['partitions'][number];

const NONE = <span class="muted">–</span>;

const WORKERS: readonly Column<Worker>[] = [
  { key: 'name', head: 'Worker', class: 'long', cell: ({ name }) => name },
  { key: 'state', head: 'State', cell: ({ heard, state }) => (heard ? state : <strong class="bad">▲ silent</strong>) },
  { key: 'partitions', head: 'Partitions', class: 'long', cell: ({ heard, partitions }) => (!heard || partitions.length === 0 ? NONE : partitions.join(', ')) },
  { key: 'lag', head: 'Waiting', numeric: true, cell: ({ heard, lag }) => (heard ? count(lag) : NONE) },
  { key: 'at', head: 'Last heard', cell: ({ at }) => <Instant at={at} /> },
  { key: 'error', head: 'Last error', class: 'long', cell: ({ lastError }) => lastError ?? NONE },
];

/** The workers that share the table, and the partitions that nobody has. */
export function Fleet({ workers, partitions }: FleetAnswer) {
  if (partitions.length === 0 && workers.length === 0) return null;
  const heard = new Set(workers.filter((worker) => worker.heard).map(({ name }) => name));
  const free = partitions.filter(({ worker }: Partition) => worker === null || !heard.has(worker));
  return (
    <section class="stack" aria-labelledby="fleet">
      <h2 id="fleet">Fleet</h2>
      {free.length > 0 && (
        <p><strong class="bad">▲ Taken by nobody that is heard: partitions {free.map(({ partition }) => partition).join(', ')}.</strong> Their rows wait in Kafka.</p>
      )}
      <Table caption="Workers" columns={WORKERS} rows={workers} rowKey={({ name }) => name} phone="cards" />
    </section>
  );
}
