import { useSignal } from '@preact/signals';
import type { BatchItem } from '../../../http/schemas/streaming.ts';
import { decimal, duration } from '../../format.ts';
import { BatchChart } from './BatchChart.tsx';

/** What the total delay is, which may surprise. */
export const TOTAL_DELAY =
  'the longest from when a row could be taken to its commit; a batch has several steps, so it can be below the processing time';

interface BatchChartsProps {
  /** Newest first. */
  readonly batches: readonly BatchItem[];
  /** ms. */
  readonly batchInterval: number;
}

/** Four curves over the same batches, each with its histogram, as Spark's streaming page has them. */
export function BatchCharts({ batches, batchInterval }: BatchChartsProps) {
  const pointed = useSignal<number | null>(null);
  const shared = { batches, pointed };
  const rate = (batch: BatchItem) => (batchInterval === 0 ? 0 : (batch.inputSize * 1000) / batchInterval);
  return (
    <section class="panel charts" aria-label="Batches over time">
      <BatchChart {...shared} title="Input rate" value={rate} text={(value) => `${decimal(value, value < 10 ? 1 : 0)} rows/s`} />
      <BatchChart {...shared} title="Scheduling delay" value={(batch) => batch.schedulingDelay} text={duration} />
      <BatchChart
        {...shared}
        title="Processing time"
        value={(batch) => batch.processingTime}
        text={duration}
        limit={{ value: batchInterval, name: 'batch interval' }}
      />
      <BatchChart {...shared} title="Total delay" value={(batch) => batch.totalDelay} text={duration} />
      <p class="small muted note">Total delay: {TOTAL_DELAY}.</p>
    </section>
  );
}
