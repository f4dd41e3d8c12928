import { useSignal } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';
import type { FleetAnswer } from '../../../http/schemas/fleet.ts';
import type { BatchItem, ReceiverItem, Statistics } from '../../../http/schemas/streaming.ts';
import { get } from '../../api.ts';
import { useLive } from '../../live.ts';
import { readingNews } from '../../news.ts';
import { Empty, Loaded } from '../../parts/Loaded.tsx';
import { query } from '../../route.ts';
import { useResource } from '../../resource.ts';
import { BatchCharts } from './BatchCharts.tsx';
import { BatchTable } from './BatchTable.tsx';
import { Fleet } from './Fleet.tsx';
import { JobFacts } from './JobFacts.tsx';
import { Receivers } from './Receivers.tsx';

const REMEMBERED = 1000;
const NEWEST_STATISTICS_MS = 5000;

/** How the job does: what comes in, how long it waits and takes, batch by batch; receivers, store and journal. */
export function Streaming() {
  const trouble = useSignal(0);
  useLive('store', () => { trouble.value += 1; });
  useLive('receiver', () => { trouble.value += 1; });
  const asked = `${readingNews.value} ${trouble.value} ${useBeat(NEWEST_STATISTICS_MS)}`;
  const statistics = useResource(`statistics ${asked}`, (signal) => get<Statistics>('/streaming/statistics', {}, signal));
  const receivers = useResource(`receivers ${asked}`, (signal) => get<{ items: ReceiverItem[] }>('/streaming/receivers', {}, signal));
  const fleet = useResource(`fleet ${asked}`, (signal) => get<FleetAnswer>('/fleet', {}, signal));
  const [batches, loading] = useBatches();
  return (
    <>
      <h1>Streaming</h1>
      <Loaded resource={statistics}>{(value) => <JobFacts statistics={value} />}</Loaded>
      <Loaded resource={loading}>
        {() =>
          batches.length === 0 ? (
            <Empty always title="No batch has been completed yet.">
              A batch is made when rows arrive: drop a CSV file into the inbox, or publish to the broker.
            </Empty>
          ) : (
            <BatchCharts batches={batches} batchInterval={statistics.value?.batchInterval ?? 0} />
          )
        }
      </Loaded>
      <Loaded resource={receivers} lines={2}>
        {({ items }) => <Receivers items={items} />}
      </Loaded>
      {fleet.value && <Fleet {...fleet.value} />}
      {(batches.length > 0 || query.value.has('batch')) && <BatchTable batches={batches} />}
    </>
  );
}

/** The batches that are remembered, newest first; what the stream tells is put before them. */
function useBatches() {
  const resource = useResource('batches', (signal) => get<{ items: BatchItem[] }>('/streaming/batches', { limit: REMEMBERED }, signal));
  const [told, setTold] = useState<readonly BatchItem[]>([]);
  useLive('batch', (batch) => setTold((before) => [batch, ...before].slice(0, REMEMBERED)));
  const loaded = resource.value?.items ?? [];
  const newest = loaded[0]?.batchId ?? -1;
  const batches = [...told.filter(({ batchId }) => batchId > newest), ...loaded].slice(0, REMEMBERED);
  return [batches, resource] as const;
}

/** Rises at intervals: for what changes without a word from the stream. */
function useBeat(intervalMs: number): number {
  const [beat, setBeat] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setBeat((before) => before + 1), intervalMs);
    return () => clearInterval(timer);
  }, [intervalMs]);
  return beat;
}
