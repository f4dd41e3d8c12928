import { RECEIVERS } from '../../../../domain/receivers.ts';
import type { BatchDetail } from '../../../http/schemas/streaming.ts';
import { get, pathOf } from '../../api.ts';
import { count, duration } from '../../format.ts';
import { Empty, Loaded } from '../../parts/Loaded.tsx';
import { useResource } from '../../resource.ts';
import { instantShort } from '../../times.ts';

const MEANING: Readonly<Record<string, string>> = {
  take: 'read and parse',
  raise: 'find alerts',
  table: 'write to the table',
  tell: 'hand alerts on',
  keep: 'windows and files',
  settle: 'move files, trim the journal',
};

/** `12 rows from files, 3 from MQTT`. */
function rowsText(rows: BatchDetail['rows']): string {
  return RECEIVERS.map(({ name, from }, i) => `${count(rows[name] ?? 0)}${i === 0 ? ' rows' : ''} from ${from}`).join(', ');
}

/** What the time of one batch went into. */
export function BatchOperations({ id }: { readonly id: string }) {
  const batch = useResource(`batch ${id}`, (signal) => get<BatchDetail>(`/streaming/batches${pathOf(id)}`, {}, signal));
  if (batch.error?.code === 'NOT_FOUND') return <Empty always title={`Batch ${id} is not known.`}>{batch.error.message}</Empty>;
  return (
    <Loaded resource={batch} lines={3}>
      {({ batchId, rows, processingTime, operations, failureReason }) => (
        <div class="operations">
          <p>
            <strong>Batch of {instantShort(batchId)}</strong>: {rowsText(rows)}.
          </p>
          {failureReason !== null && (
            <p class="bad-line">
              <strong>▲ It failed:</strong> {failureReason}
            </p>
          )}
          <dl>
            {operations.map(({ name, duration: took, times, rows: taken }) => (
              <div key={name}>
                <dt>
                  {name} <span class="small muted">{MEANING[name] ?? ''}</span>
                </dt>
                <dd class="number">{duration(took)}</dd>
                <dd>
                  <meter
                    min={0}
                    max={Math.max(processingTime, took, 1)}
                    value={took}
                    aria-label={`${name}, share of the processing time`}
                  />
                </dd>
                <dd class="small muted number">
                  {count(taken)} rows in {count(times)} {times === 1 ? 'step' : 'steps'}
                </dd>
              </div>
            ))}
          </dl>
          <p class="small muted">
            Rows that wait in a small step for others are counted when they are taken, and again when they are written.
          </p>
        </div>
      )}
    </Loaded>
  );
}
