import type { AlertRunItem } from '../../../http/schemas/alerts.ts';
import type { Curves } from '../../../http/schemas/curves.ts';
import type { PumpDetail } from '../../../http/schemas/pumps.ts';
import { get, pathOf } from '../../api.ts';
import { Sparkline } from '../../charts/Sparkline.tsx';
import { around } from '../../charts/view.ts';
import { counted, MEASURE_TEXT } from '../../format.ts';
import { CsvButton } from '../../parts/CsvButton.tsx';
import { Link } from '../../parts/Link.tsx';
import { Loaded } from '../../parts/Loaded.tsx';
import { History, VendorFacts } from '../../parts/PumpFacts.tsx';
import { useResource } from '../../resource.ts';
import { href } from '../../route.ts';
import { wallMs, wallShort, wallText } from '../../times.ts';

/** A run opened in place: the readings around it, and all that was ever done to its pump. */
export function RunDetail({ run }: { readonly run: AlertRunItem }) {
  const { pump, from, to, measure } = run;
  const view = around(wallMs(from), wallMs(to));
  const range = { from: wallText(view.from), to: wallText(view.to) };
  const detail = useResource(`pump ${pump}`, (signal) => get<PumpDetail>(`/pumps${pathOf(pump)}`, {}, signal));
  const curve = useResource(`curve ${pump} ${measure} ${range.from} ${range.to}`, (signal) => (
    get<Curves>(`/pumps${pathOf(pump)}/readings`, { ...range, points: 300, measures: measure }, signal)
  ));
  return (
    <div class="run-detail">
      <section>
        <div class="head">
          <h3>{MEASURE_TEXT[measure].label} around it</h3>
          <Link to={href(['pumps', pump], range)}>Curves of this time</Link>
        </div>
        <Loaded resource={curve} lines={3}>{(curves) => <Around curves={curves} run={run} />}</Loaded>
        <CsvButton path={`/pumps${pathOf(pump)}/readings`} query={range} fileName={`${pump}.csv`} label="Readings as CSV" />
      </section>
      <section>
        <h3>Maintenance</h3>
        <Loaded resource={detail} lines={3}>{({ maintenance, vendor }) => <><History events={maintenance} /><VendorFacts vendor={vendor} /></>}</Loaded>
      </section>
    </div>
  );
}

function Around({ curves, run }: { readonly curves: Curves; readonly run: AlertRunItem }) {
  const { from, to, time, rows } = curves;
  const { min, max } = curves[run.measure] ?? { min: [], max: [] };
  return (
    <figure class="around">
      <Sparkline time={time} min={min} max={max} limit={run.threshold} from={from} to={to} label={`${MEASURE_TEXT[run.measure].label} of ${run.pump}`} />
      <figcaption class="small muted"><span>{wallShort(from)}</span><span>{counted(rows, 'reading')}</span><span>{wallShort(to)}</span></figcaption>
    </figure>
  );
}
