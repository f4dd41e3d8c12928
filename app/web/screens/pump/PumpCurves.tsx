import { useMemo, useRef, useState } from 'preact/hooks';
import type { AlarmItem } from '../../../http/schemas/alarms.ts';
import type { Curves as CurvesAnswer, Usual } from '../../../http/schemas/curves.ts';
import type { PumpDetail } from '../../../http/schemas/pumps.ts';
import { get, pathOf } from '../../api.ts';
import { Curves } from '../../charts/Curves.tsx';
import { episodeOf, MOST_ALARMS, type AlarmsInRange, unknownToOf } from '../../charts/episodes.ts';
import { pictureOf } from '../../charts/picture.ts';
import type { Mark } from '../../charts/layers.ts';
import { StateStrip } from '../../charts/StateStrip.tsx';
import { usualBands } from '../../charts/usualBands.ts';
import { rounded, type View } from '../../charts/view.ts';
import { counted, duration, PSI_FIRST } from '../../format.ts';
import { CsvButton, download } from '../../parts/CsvButton.tsx';
import { Lazy } from '../../parts/Lazy.tsx';
import { Failed, Loaded } from '../../parts/Loaded.tsx';
import { type Resource, useResource } from '../../resource.ts';
import { limitRulesOf, limitsOf } from '../../rules.ts';
import { me } from '../../session.ts';
import { wallMs, wallShort, wallText } from '../../times.ts';
import { RangeBar } from './RangeBar.tsx';
import { AlarmsTable } from './AlarmsTable.tsx';
import { RangeFigures } from './RangeFigures.tsx';
import { useView } from './useView.ts';

const DAY_MS = 86_400_000;

interface PumpCurvesProps {
  readonly detail: PumpDetail;
  /** Wall times in ms of the pump's first and last reading. */
  readonly first: number;
  readonly last: number;
}

/** The curves of a pump's measures over the range that the address names, and the alarms in it. */
export function PumpCurves({ detail, first, last }: PumpCurvesProps) {
  const { pump, maintenance } = detail;
  const { view, settled, range, move, reset } = useView(first, last);
  const { curves, alarms, usual } = useCurves(pump, settled, last);
  const bands = useMemo(() => ({ psi: usual.value ? usualBands(usual.value) : [] }), [usual.value]);
  const limits = useMemo(() => limitsOf(pump), [me.value, pump]);
  const marks = useMemo(
    () => maintenance.map(markOf),
    [JSON.stringify(maintenance)],
  );
  const episodes = useMemo(() => (alarms.value?.items ?? []).map(episodeOf), [alarms.value]);
  const unknownTo = alarms.value ? unknownToOf(alarms.value) : null;
  const shown = (alarms.value?.items ?? []).filter((alarm) => touches(alarm, view));
  const isMore = unknownTo !== null && unknownTo > view.from;
  return (
    <>
      <section class="panel" aria-busy={curves.state === 'loading'}>
        <RangeBar range={range} view={view} known={last - first} />
        <Loaded resource={curves} lines={12}>
          {(answer) => (
            <>
              <Curves
                curves={answer}
                measures={PSI_FIRST}
                view={view}
                label={`Curves of ${pump}`}
                onView={move}
                onReset={reset}
                limits={limits}
                shades={episodes}
                usual={bands}
                unknownTo={unknownTo}
                marks={marks}
              >
                <p class="strip-caption">Alerts</p>
                <StateStrip
                  view={view}
                  episodes={episodes}
                  unknownTo={unknownTo}
                  label={`${isMore ? 'more than ' : ''}${counted(shown.length, 'alarm')} in this range`}
                />
              </Curves>
              <Foot pump={pump} view={view} answer={answer} usual={usualWords(usual)} />
              <TrialOf pump={pump} view={settled} curves={answer} />
            </>
          )}
        </Loaded>
      </section>
      {alarms.error && <Failed error={alarms.error} retry={alarms.reload} />}
      <RangeFigures pump={pump} view={settled} last={last} />
      {alarms.value && <AlarmsTable pump={pump} view={view} alarms={shown} more={isMore} />}
    </>
  );
}

/** Its script is for those who try a limit. */
const limitTrial = async () => (await import('./LimitTrial.tsx')).LimitTrial;

/** What another limit would have made of these readings, once somebody asks. */
function TrialOf({ pump, view, curves }: { readonly pump: string; readonly view: View; readonly curves: CurvesAnswer }) {
  const [isOpen, setOpen] = useState(false);
  const rules = limitRulesOf(pump);
  if (rules.length === 0) return null;
  return (
    <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>Try another limit</summary>
      {isOpen && <Lazy load={limitTrial} props={{ pump, rules, curves, view }} />}
    </details>
  );
}

/** The maintenance file has days: when on a day something was done, before a failure or because of it, nobody knows. */
function markOf({ date, technician, description }: PumpDetail['maintenance'][number]): Mark {
  return { from: wallMs(date), to: wallMs(date) + DAY_MS, label: `${date}, no time given: ${description}, ${technician}` };
}

/** Curves and alarms of the range and a quarter of its width at each side, so that a little moving finds them there. */
function useCurves(pump: string, { from, to }: View, last: number) {
  const aside = (to - from) / 4;
  const wide = rounded({ from: from - aside, to: to + aside });
  const asked = { from: wallText(wide.from), to: wallText(wide.to) };
  // New readings concern only a range that reaches to them.
  const key = JSON.stringify([pump, asked, wide.to >= last ? last : null]);
  const [points] = useState(() => Math.round(Math.min(1600, Math.max(400, window.innerWidth)) * 1.5));
  return {
    curves: useResource(key, (signal) => get<CurvesAnswer>(`/pumps${pathOf(pump)}/readings`, { ...asked, points }, signal)),
    usual: useResource(JSON.stringify([pump, asked.from.slice(0, 10), asked.to.slice(0, 10)]), (signal) =>
      get<Usual>(`/pumps${pathOf(pump)}/usual`, asked, signal)),
    alarms: useResource(key, (signal) => get<AlarmsInRange>('/alarms', { pump, ...asked, order: 'newest', limit: MOST_ALARMS }, signal)),
  };
}

/** What the dashes behind the pressure are. */
function usualWords({ value, error }: Resource<Usual>): string {
  if (error) return 'What is usual at this pump could not be loaded.';
  return (value?.items.length ?? 0) === 0 ? '' : 'Between the dashes lies what is usual at this pump by the days before.';
}

/** What is shown, how finely, and how to take it away. */
function Foot({ pump, view, answer, usual }: { readonly pump: string; readonly view: View; readonly answer: CurvesAnswer; readonly usual: string }) {
  const place = useRef<HTMLParagraphElement>(null);
  const span = `${wallShort(view.from)} – ${wallShort(view.to)}`;
  const name = `${pump}_${wallText(view.from)}_${wallText(view.to)}`.replace(/[^\p{L}\p{N}_.-]/gu, '-');
  const take = async () => {
    const group = place.current?.parentElement?.querySelector('.curves-group');
    if (group) download(await pictureOf(group, [pump, `${span} (${me.value.timezone})`, me.value.site]), `${name}.png`);
  };
  const fineness =
    answer.bucketMs === 0 ? 'Each reading is drawn.' : `Drawn as the mean of each ${duration(answer.bucketMs)}, in the band from its lowest to its highest.`;
  return (
    <p class="head muted small" ref={place}>
      <span>{fineness} {usual} Drag to zoom, Shift + drag to move, Ctrl + wheel or pinch to zoom.</span>
      <span class="takeaway">
        <CsvButton
          path={`/pumps${pathOf(pump)}/readings`}
          query={{ from: wallText(view.from), to: wallText(view.to + 1) }}
          fileName={`${name}.csv`}
        />
        <button type="button" onClick={() => void take()}>
          PNG
        </button>
      </span>
    </p>
  );
}

function touches({ from, to, active }: AlarmItem, view: View): boolean {
  return wallMs(from) <= view.to && (active || wallMs(to) >= view.from);
}
