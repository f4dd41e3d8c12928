import type { ComponentChildren } from 'preact';
import type { Statistics } from '../../../http/schemas/streaming.ts';
import { now } from '../../clock.ts';
import { bytes, count, decimal, duration } from '../../format.ts';
import { InstantClock } from '../../parts/When.tsx';
import { TOTAL_DELAY } from './BatchCharts.tsx';

/** The job in numbers, and in words what is wrong with its store or its journal. */
export function JobFacts({ statistics }: { readonly statistics: Statistics }) {
  const { state, startTime, store, journal, forward, batchInterval, numTotalCompletedBatches, numFailedBatches, numProcessedRecords } = statistics;
  return (
    <section class="panel" aria-label="The job">
      <dl class="figures">
        <Figure
          name="State"
          value={state}
          note={
            <>
              since <InstantClock at={startTime} />
            </>
          }
        />
        <Figure
          name="Batches"
          value={count(numTotalCompletedBatches)}
          note={
            numFailedBatches === 0 ? (
              `one every ${duration(batchInterval)}`
            ) : (
              <strong class="bad">▲ {count(numFailedBatches)} failed</strong>
            )
          }
        />
        <Figure
          name="Rows"
          value={count(numProcessedRecords)}
          note={statistics.avgInputRate === null ? 'none yet' : `${decimal(statistics.avgInputRate, 1)} rows/s on average`}
        />
        <Figure name="Scheduling delay" value={time(statistics.avgSchedulingDelay)} note="on average" />
        <Figure
          name="Processing time"
          value={time(statistics.avgProcessingTime)}
          note={`on average, interval ${duration(batchInterval)}`}
        />
        <Figure
          name="Total delay"
          value={time(statistics.avgTotalDelay)}
          note={<span title={TOTAL_DELAY}>on average, to the commit</span>}
        />
        <Figure
          name="Journal"
          value={bytes(journal.bytes)}
          note={journal.full ? <strong class="bad">▲ full: nothing is acknowledged</strong> : 'on disk'}
        />
        {forward && (
          <Figure
            name="To forward"
            value={`${count(forward.waiting)} rows`}
            note={forward.state === 'connected' ? `to topic ${forward.topic}` : <strong class="bad">▲ {forward.state}: {forward.lastError}</strong>}
          />
        )}
        <Figure
          name="Store"
          value={store.kind}
          note={
            store.away ? (
              <strong class="bad">▲ away for {duration(Math.max(0, now.value - Date.parse(store.away.since)))}</strong>
            ) : (
              'working'
            )
          }
        />
      </dl>
      {store.away && <p class="bad-line">Rows wait in the journal and the inbox; none is lost.</p>}
    </section>
  );
}

function Figure({ name, value, note }: { readonly name: string; readonly value: string; readonly note: ComponentChildren }) {
  return <div><dt>{name}</dt><dd><span class="figure">{value}</span><span class="small muted">{note}</span></dd></div>;
}

function time(ms: number | null): string {
  return ms === null ? '–' : duration(ms);
}
