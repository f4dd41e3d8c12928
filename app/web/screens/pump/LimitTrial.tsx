import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Trials } from '../../../http/schemas/alarmTrials.ts';
import type { Curves } from '../../../http/schemas/curves.ts';
import type { View } from '../../charts/view.ts';
import { post } from '../../api.ts';
import { counted, duration } from '../../format.ts';
import { Failed } from '../../parts/Loaded.tsx';
import { useResource } from '../../resource.ts';
import type { Rule } from '../../rules.ts';
import { wallMs, wallText } from '../../times.ts';
import { bandPath, scaleOf, stepOf } from './trialScale.ts';

const WIDTH = 900;
const HEIGHT = 180;
/** A limit that is still being moved is not tried. */
const SETTLE_MS = 250;

export interface LimitTrialProps {
  readonly pump: string;
  readonly rules: readonly Rule[];
  readonly curves: Curves;
  readonly view: View;
}

type Tried = Trials['items'][number];

/** What another limit would have made of a pump's readings in the view: drag the line, or move it by the arrow keys. Nothing is changed by it. */
export function LimitTrial({ pump, rules, curves, view }: LimitTrialProps) {
  const [id, setId] = useState(rules[0].id);
  const rule = rules.find((one) => one.id === id) ?? rules[0];
  const [limit, setLimit] = useState(rule.threshold);
  useEffect(() => setLimit(rule.threshold), [rule.id]);
  const settled = useSettled(limit);
  const range = { from: wallText(view.from), to: wallText(view.to) };
  const trial = useResource(JSON.stringify([pump, rule.id, settled, range]), (signal) =>
    post<Trials>('/alarms/trials', {}, { pump, ...range, limits: [{ rule: rule.id, threshold: settled, priority: rule.priority }] }, signal));
  const tried = trial.value?.items.find((one) => one.rule === rule.id);
  return (
    <div class="limit-trial">
      {rules.length > 1 && (
        <label>Rule <select value={rule.id} onChange={({ currentTarget }) => setId(currentTarget.value)}>
          {rules.map((one) => <option key={one.id} value={one.id}>{one.id}</option>)}
        </select></label>
      )}
      <LimitCurve rule={rule} curves={curves} view={view} limit={limit} onLimit={setLimit} tried={tried} />
      <p role="status" aria-live="polite" aria-busy={trial.state === 'loading'}>{tried ? <Outcome rule={rule} limit={settled} tried={tried} /> : '…'}</p>
      {trial.error && <Failed error={trial.error} retry={trial.reload} />}
    </div>
  );
}

/** `low-psi below 7 psi: 5 alarms where 2 were; 3 gained, none lost; the others 4 min earlier.` */
function Outcome({ rule, limit, tried: { before, after, gained, lost, laterMs } }: { readonly rule: Rule; readonly limit: number; readonly tried: Tried }) {
  const moved = laterMs === null || laterMs === 0 ? '' : `; the others ${duration(Math.abs(laterMs))} ${laterMs > 0 ? 'later' : 'earlier'} (median)`;
  return (
    <>
      <strong>{rule.id} {rule.comparison} {limit} {rule.measure}</strong>: would have made {counted(after.alarms, 'alarm')} in this range, where the rules in
      force made {before.alarms}; {gained} gained, {lost} lost{moved}. Nothing is changed by trying.
    </>
  );
}

interface LimitCurveProps {
  readonly rule: Rule;
  readonly curves: Curves;
  readonly view: View;
  readonly limit: number;
  readonly onLimit: (limit: number) => void;
  readonly tried: Tried | undefined;
}

function LimitCurve({ rule, curves, view, limit, onLimit, tried }: LimitCurveProps) {
  const band = curves[rule.measure];
  const place = useRef<SVGSVGElement>(null);
  const scale = useMemo(() => scaleOf(band, rule.threshold, HEIGHT), [band, rule.threshold]);
  const step = stepOf(scale);
  const x = (time: number) => ((time - view.from) / (view.to - view.from)) * WIDTH;
  const path = useMemo(() => (band ? bandPath(curves.time, band, { x, y: scale.y }) : ''), [band, view.from, view.to, scale]);
  const move = (clientY: number) => {
    const { top, height } = place.current!.getBoundingClientRect();
    onLimit(scale.snapped(((clientY - top) / height) * HEIGHT, step));
  };
  const onKey = (event: KeyboardEvent) => {
    const steps = ({ ArrowUp: 1, ArrowDown: -1, PageUp: 10, PageDown: -10 } as const)[event.key as 'ArrowUp'] as number | undefined;
    if (steps === undefined) return;
    event.preventDefault();
    onLimit(scale.bounded(Number((limit + steps * step).toFixed(6))));
  };
  return (
    <svg ref={place} class="trial-curve" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none">
      <path class="trial-band" d={path} />
      {(['before', 'after'] as const).map((which, i) => tried?.alarms[which].map(({ from, cleared }) => (
        <rect key={`${which} ${from}`} class={`trial-${which}`} x={x(wallMs(from))} y={HEIGHT - 14 + i * 7} height={6}
          width={Math.max(3, x(cleared === null ? view.to : wallMs(cleared)) - x(wallMs(from)))} />
      )))}
      <g class="trial-limit" role="slider" tabindex={0} aria-label={`Limit of ${rule.id}`} aria-orientation="vertical" aria-valuenow={limit}
        aria-valuemin={scale.low} aria-valuemax={scale.high} aria-valuetext={`${limit} ${rule.measure}`} onKeyDown={onKey}
        onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
        onPointerMove={(event) => { if (event.currentTarget.hasPointerCapture(event.pointerId)) move(event.clientY); }}>
        <line x1={0} x2={WIDTH} y1={scale.y(limit)} y2={scale.y(limit)} />
        <rect x={0} width={WIDTH} y={scale.y(limit) - 9} height={18} fill="transparent" />
      </g>
    </svg>
  );
}

/** A value that has not changed for a moment. */
function useSettled(value: number): number {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), SETTLE_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}
