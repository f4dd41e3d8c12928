import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { SITE } from '../../../../domain/alarm/rule.ts';
import type { Measure } from '../../../../domain/reading/measures.ts';
import type { AlarmItem } from '../../../http/schemas/alarms.ts';
import type { Curves as CurvesAnswer } from '../../../http/schemas/curves.ts';
import type { PumpDetail } from '../../../http/schemas/pumps.ts';
import { get, pathOf } from '../../api.ts';
import { Curves } from '../../charts/Curves.tsx';
import { around } from '../../charts/view.ts';
import { counted, PSI_FIRST } from '../../format.ts';
import { CsvButton } from '../../parts/CsvButton.tsx';
import { Link } from '../../parts/Link.tsx';
import { Loaded } from '../../parts/Loaded.tsx';
import { History, VendorFacts } from '../../parts/PumpFacts.tsx';
import { useResource } from '../../resource.ts';
import { limitsOf } from '../../rules.ts';
import { me } from '../../session.ts';
import { href } from '../../route.ts';
import { wallMs, wallText } from '../../times.ts';
import { isPhone } from '../../phone.ts';
import { AlarmCard } from './AlarmCard.tsx';
import { Before } from './Before.tsx';

const POINTS = 2000;

/** An alarm opened in place: the readings around it, and all that was ever done to its pump. */
export function AlarmDetail({ alarm }: { readonly alarm: AlarmItem }) {
  if (alarm.pump === SITE)
    return (
      <AlarmCard alarm={alarm}>
        <p>Nothing came of any pump: look at the gateways, the network and the power of the site.</p>
      </AlarmCard>
    );
  return <PumpAlarmDetail alarm={alarm} />;
}

function PumpAlarmDetail({ alarm }: { readonly alarm: AlarmItem }) {
  const { pump, from, to } = alarm;
  const view = around(wallMs(from), wallMs(from));
  const range = { from: wallText(view.from), to: wallText(view.to) };
  const whole = around(wallMs(from), wallMs(to));
  const detail = useResource(`pump ${pump}`, (signal) => get<PumpDetail>(`/pumps${pathOf(pump)}`, {}, signal));
  const curve = useResource(`curve ${pump} ${range.from} ${range.to}`, (signal) => (
    get<CurvesAnswer>(`/pumps${pathOf(pump)}/readings`, { ...range, points: POINTS }, signal)
  ));
  const place = useRef<HTMLDivElement>(null);
  // A phone has room for nothing else.
  useEffect(() => { if (isPhone()) place.current?.scrollIntoView({ block: 'start' }); }, []);
  return (
    <div class="alarm-detail" ref={place}>
      <AlarmCard alarm={alarm}>{curve.value && <Before alarm={alarm} curves={curve.value} view={view} />}</AlarmCard>
      <section>
        <h3>Half an hour before and after it began</h3>
        <Loaded resource={curve} lines={5}>
          {(curves) => <Around curves={curves} alarm={alarm} measure={alarm.measure ?? 'psi'} />}
        </Loaded>
        <p class="detail-links">
          <Link to={href(['pumps', pump], { from: wallText(whole.from), to: wallText(whole.to) })}>All curves of its whole time</Link>
          <Link to={href(['pumps', pump], { ...range, trace: alarm.worstAt ?? from })}>Its worst reading’s source</Link>
          <CsvButton path={`/pumps${pathOf(pump)}/readings`} query={range} fileName={`${pump}.csv`} label="Readings as CSV" />
        </p>
      </section>
      <details class="stack" open={!isPhone()}>
        <summary>Maintenance, newest first</summary>
        <Loaded resource={detail} lines={3}>
          {({ maintenance, vendor }) => (
            <>
              <History events={maintenance} />
              <VendorFacts vendor={vendor} />
            </>
          )}
        </Loaded>
      </details>
    </div>
  );
}

/** The curve can be zoomed in place, within what is loaded. */
function Around({ curves, alarm, measure }: { readonly curves: CurvesAnswer; readonly alarm: AlarmItem; readonly measure: Measure }) {
  const { pump, from, to } = alarm;
  const home = around(wallMs(from), wallMs(from));
  const [moved, setMoved] = useState<typeof home | null>(null);
  const limits = useMemo(() => limitsOf(pump), [me.value, pump]);
  const shades = useMemo(() => [{ from: wallMs(from), to: wallMs(to), measure: alarm.measure, severity: alarm.priority }], [from, to, alarm.measure, alarm.priority]);
  const label = `Curves of ${pump}, ${counted(curves.rows, 'reading')}`;
  const measures = useMemo(() => [measure, ...PSI_FIRST.filter((other) => other !== measure)], [measure]);
  return (
    <Curves
      curves={curves}
      measures={measures}
      view={moved ?? home}
      label={label}
      onView={setMoved}
      onReset={() => setMoved(null)}
      limits={limits}
      shades={shades}
      compact={isPhone()}
    />
  );
}
