import type { Signal } from '@preact/signals';
import type { BatchItem } from '../../../http/schemas/streaming.ts';
import { instantShort } from '../../times.ts';
import { bins, mean, niceTop, scaleTop } from './distribution.ts';

const WIDTH = 720;
const HEIGHT = 80;
const BINS = 10;

interface BatchChartProps {
  readonly title: string;
  /** Newest first. */
  readonly batches: readonly BatchItem[];
  readonly value: (batch: BatchItem) => number;
  readonly text: (value: number) => string;
  /** Drawn when values come near it. */
  readonly limit?: { readonly value: number; readonly name: string };
  /** The id of the batch under the pointer, shared by the charts beside it. */
  readonly pointed: Signal<number | null>;
}

/**
 * One bar a batch at its time, with an arrow where it is higher than the scale, and how often which values came. The
 * pointed batch's value stands in the heading.
 */
export function BatchChart({ title, batches, value, text, limit, pointed }: BatchChartProps) {
  const values = batches.map(value);
  const most = Math.max(...values);
  const scale = scaleTop(values);
  const top = niceTop(limit && scale > limit.value / 3 ? Math.max(scale, limit.value) : scale);
  const [from, to] = [batches.at(-1)?.batchId ?? 0, batches[0].batchId];
  const x = ({ batchId }: BatchItem) => (to === from ? WIDTH / 2 : 2 + ((batchId - from) / (to - from)) * (WIDTH - 4));
  const y = (amount: number) => HEIGHT - (Math.min(amount, top) / top) * (HEIGHT - 4);
  const at = batches.find(({ batchId }) => batchId === pointed.value);
  const point = (event: PointerEvent & { readonly currentTarget: SVGSVGElement }) => {
    const box = event.currentTarget.getBoundingClientRect();
    pointed.value = nearest(batches, from + ((event.clientX - box.left) / box.width) * (to - from));
  };
  return (
    <figure class="batch-chart">
      <figcaption>
        <h2>{title}</h2>
        <span class="small">
          {at ? (
            `${instantShort(at.batchId)}: ${text(value(at))}`
          ) : (
            <span class="muted">
              mean {text(mean(values))}, most {text(most)}
            </span>
          )}
        </span>
      </figcaption>
      <div class="plot">
        <span class="small muted axis">{text(top)}</span>
        <svg
          viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
          preserveAspectRatio="none"
          role="img"
          aria-label={`${title} of ${batches.length} batches: mean ${text(mean(values))}, most ${text(most)}`}
          onPointerMove={point}
          onPointerLeave={() => {
            pointed.value = null;
          }}
        >
          <path class="bars" d={batches.map((batch, i) => `M${x(batch).toFixed(1)} ${HEIGHT}V${y(values[i]).toFixed(1)}`).join('')} />
          <path
            class="beyond"
            d={batches
              .filter((_, i) => values[i] > top)
              .map((batch) => `M${(x(batch) - 5).toFixed(1)} 10L${x(batch).toFixed(1)} 1L${(x(batch) + 5).toFixed(1)} 10`)
              .join('')}
          />
          {limit && limit.value <= top && (
            <line class="limit" x1="0" x2={WIDTH} y1={y(limit.value)} y2={y(limit.value)}>
              <title>{limit.name}</title>
            </line>
          )}
          {at && <path class="pointed" d={`M${x(at).toFixed(1)} ${HEIGHT}V0`} />}
        </svg>
        <Histogram values={values} top={top} text={text} />
      </div>
      <div class="ends small muted">
        <span>{instantShort(from)}</span>
        {limit && limit.value <= top && (
          <span>
            dashed: {limit.name} {text(limit.value)}
          </span>
        )}
        <span>{instantShort(to)}</span>
      </div>
    </figure>
  );
}

/** How many batches had which value, on the same axis as the bars beside it. */
function Histogram({
  values,
  top,
  text,
}: {
  readonly values: readonly number[];
  readonly top: number;
  readonly text: BatchChartProps['text'];
}) {
  const counts = bins(values, top, BINS);
  const most = Math.max(...counts);
  const height = HEIGHT / BINS;
  const range = (i: number) => `${text((top * i) / BINS)} to ${text((top * (i + 1)) / BINS)}`;
  return (
    <svg
      class="histogram"
      viewBox={`0 0 100 ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={`Most often ${range(counts.indexOf(most))}`}
    >
      {counts.map((amount, i) => (
        <rect key={i} x="0" y={HEIGHT - (i + 1) * height + 0.5} width={(amount / most) * 100} height={height - 1}>
          <title>{`${range(i)}: ${amount} of ${values.length}`}</title>
        </rect>
      ))}
    </svg>
  );
}

function nearest(batches: readonly BatchItem[], id: number): number {
  return batches.reduce((best, { batchId }) => (Math.abs(batchId - id) < Math.abs(best - id) ? batchId : best), batches[0].batchId);
}
