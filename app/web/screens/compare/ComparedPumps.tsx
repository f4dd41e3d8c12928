import { useMemo, useState } from 'preact/hooks';
import { type Measure, measureFacts } from '../../../../domain/reading/measures.ts';
import type { Mark } from '../../charts/layers.ts';
import { duration } from '../../format.ts';
import { Loaded } from '../../parts/Loaded.tsx';
import { useResource } from '../../resource.ts';
import { wallMs, wallShort } from '../../times.ts';
import { RangeBar } from '../pump/RangeBar.tsx';
import { useView } from '../pump/useView.ts';
import { type Compared, shiftOf } from '../../compared.ts';
import { ComparedChart } from './ComparedChart.tsx';
import { FiguresTable } from './FiguresTable.tsx';
import { loadCurves } from './loadCompared.ts';

interface ComparedPumpsProps {
  readonly compared: readonly Compared[];
  readonly measure: Measure;
  /** Wall times in ms of the first and the last reading of any. */
  readonly first: number;
  readonly last: number;
}

/** The picture, and the figures of what it shows; times are those of the first pump. */
export function ComparedPumps({ compared, measure, first, last }: ComparedPumpsProps) {
  const { view, settled, range, move, reset } = useView(first, last);
  const [points] = useState(() => Math.round(Math.min(500, Math.max(150, window.innerWidth / 3))));
  const question = { compared, view: settled, measure, points };
  const curves = useResource(JSON.stringify(question), (signal) => loadCurves(question, signal));
  const at = compared[0].at;
  const marks = useMemo((): Mark[] => at === undefined ? [] : [{ from: wallMs(at), to: wallMs(at), label: `lined up at ${wallShort(at)}` }], [at]);
  const isShifted = compared.some((one) => shiftOf(one, compared[0]) !== 0);
  return (
    <section class="panel" aria-busy={curves.state === 'loading'}>
      <RangeBar range={range} view={view} known={last - first} />
      <Loaded resource={curves} lines={10}>
        {(answer) => (
          <>
            <ComparedChart curves={answer} measure={measure} view={view} marks={marks} onView={move} onReset={reset} />
            <p class="muted small">
              {isShifted && <>Times are those of {compared[0].pump}. </>}
              Lines are means{fineness(Math.max(...answer.map(({ bucketMs }) => bucketMs)))}; behind each the band from lowest to highest, and between
              dashes what is usual at that pump by the days before. Drag to zoom, Shift + drag to move.
            </p>
            <h2>{measureFacts[measure].label}, {wallShort(view.from)} – {wallShort(view.to)}</h2>
            <FiguresTable curves={answer} measure={measure} />
          </>
        )}
      </Loaded>
    </section>
  );
}

function fineness(bucketMs: number): string {
  return bucketMs === 0 ? '' : ` of ${duration(bucketMs)}`;
}
