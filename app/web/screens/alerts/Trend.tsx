import type { Measure } from '../../../../domain/reading/measures.ts';
import type { Curves } from '../../../http/schemas/curves.ts';
import { get, pathOf } from '../../api.ts';
import { Sparkline } from '../../charts/Sparkline.tsx';
import { withUnit } from '../../format.ts';
import { lastByPump, reportingOf } from '../../lastReadings.ts';
import { useResource } from '../../resource.ts';
import { thresholdsOf } from '../../rules.ts';
import { useSeen } from '../../seen.ts';
import { wallMs, wallText } from '../../times.ts';

const HOURS = 12;
const HOUR_MS = 3_600_000;
/** The picture moves on no more often. */
const STEP_MS = 300_000;
const POINTS = 60;

/** A pump's value now and how it came there, over the twelve hours up to its last reading. */
export function Trend({ pump, measure }: { readonly pump: string; readonly measure: Measure }) {
  const [seen, place] = useSeen<HTMLSpanElement>();
  const last = lastByPump.value.get(pump);
  const to = last?.at ? Math.ceil(wallMs(last.at) / STEP_MS) * STEP_MS : null;
  const curve = useResource(seen && to !== null ? `${pump} ${measure} ${to}` : '', (signal) => loadTrend({ pump, measure, to: to ?? 0 }, signal));
  const shown = measure === 'psi' ? last?.psi : curve.value?.max.findLast((value) => value !== null);
  const old = last ? reportingOf(last.at) !== 'reports' : false;
  return (
    <span class="trend" ref={place}>
      <b class={old ? 'value old' : 'value'}>{withUnit(shown, measure)}</b>
      <span class="trend-curve">
        {curve.value && to !== null && <Sparkline {...curve.value} limits={thresholdsOf(pump, measure)} from={to - HOURS * HOUR_MS} to={to} />}
      </span>
    </span>
  );
}

interface Wanted {
  readonly pump: string;
  readonly measure: Measure;
  /** Wall time, ms. */
  readonly to: number;
}

async function loadTrend({ pump, measure, to }: Wanted, signal: AbortSignal) {
  const range = { from: wallText(to - HOURS * HOUR_MS), to: wallText(to + 1) };
  const curves = await get<Curves>(`/pumps${pathOf(pump)}/readings`, { ...range, points: POINTS, measures: measure }, signal);
  return { time: curves.time, min: curves[measure]?.min ?? [], max: curves[measure]?.max ?? [] };
}
