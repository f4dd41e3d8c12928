import { measureFacts } from '../../../../domain/reading/measures.ts';
import type { TraceAnswer } from '../../../http/schemas/receipts.ts';
import { get, pathOf } from '../../api.ts';
import { Loaded } from '../../parts/Loaded.tsx';
import { type Column, Table } from '../../parts/Table.tsx';
import { Instant } from '../../parts/When.tsx';
import { useResource } from '../../resource.ts';
import { query, setQuery } from '../../route.ts';
import { visible } from '../../visible.ts';

type Cell = TraceAnswer['cells'][number];
type From = Pick<Cell, 'source' | 'line'>;

const from = ({ source, line }: From) => (source === null ? 'not known' : `${visible(source)}, line ${line}`);
const COLUMNS: readonly Column<Cell>[] = [
  { key: 'measure', head: 'Measure', cell: ({ measure }) => measureFacts[measure].label },
  { key: 'value', head: 'Value', numeric: true, cell: ({ value }) => value },
  { key: 'from', head: 'Came from', class: 'long', cell: from },
  { key: 'received', head: 'Received', cell: ({ receivedAt }) => (receivedAt === null ? 'not known' : <Instant at={receivedAt} />) },
  { key: 'replaced', head: 'Replaced', class: 'long', cell: ({ replaced }) => replaced && `${replaced.value} from ${from(replaced)}` },
  { key: 'same', head: 'The same came from', class: 'long', cell: ({ confirmedBy }) => confirmedBy.map(from).join('; ') },
];

/** Where the cells of a reading came from. Its time stands in the address; without one, `last` is offered. */
export function Trace({ pump, last }: { readonly pump: string; readonly last: string }) {
  const at = query.value.get('trace') ?? '';
  const trace = useResource(at && `${pump} ${at}`, (signal) => get<TraceAnswer>(`/pumps${pathOf(pump)}/trace`, { at }, signal));
  return (
    <section class="panel" aria-labelledby="trace">
      <h2 id="trace">Origin of a reading</h2>
      <form
        class="tools"
        onSubmit={(event) => { event.preventDefault(); setQuery({ trace: new FormData(event.currentTarget).get('trace') as string }); }}
      >
        <label>Time of the reading<input key={at} name="trace" size={22} required defaultValue={at || last} /></label>
        <button type="submit">Trace</button>
      </form>
      {at && (
        <Loaded resource={trace}>
          {({ cells }) => (
            <Table caption="Where each value came from" columns={COLUMNS} rows={cells} rowKey={({ measure }) => measure} phone="cards" />
          )}
        </Loaded>
      )}
    </section>
  );
}
