import type { Measure } from '../../../../domain/reading/measures.ts';
import { measureFacts } from '../../../../domain/reading/measures.ts';
import type { AlarmItem } from '../../../http/schemas/alarms.ts';
import type { Curves } from '../../../http/schemas/curves.ts';
import { Sparkline } from '../../charts/Sparkline.tsx';
import type { View } from '../../charts/view.ts';
import { withUnit } from '../../format.ts';
import { thresholdsOf } from '../../rules.ts';
import { wallMs, wallShort } from '../../times.ts';

interface BeforeProps {
  readonly alarm: AlarmItem;
  readonly curves: Curves;
  readonly view: View;
}

/** What it was like before, on a phone: the alarm's measure from half an hour before its beginning to half an hour after. */
export function Before({ alarm, curves, view }: BeforeProps) {
  const measure: Measure = alarm.measure ?? 'psi';
  const band = curves[measure];
  if (!band) return null;
  const begun = wallMs(alarm.from);
  return (
    <figure class="before">
      <Sparkline time={curves.time} {...band} limits={thresholdsOf(alarm.pump, measure)} from={view.from} to={view.to} />
      <figcaption class="small">
        <span>{measureFacts[measure].label}{wasText({ ...band, time: curves.time }, begun, measure)}</span>
        <span>began {wallShort(alarm.from).slice(11)}</span>
      </figcaption>
    </figure>
  );
}

interface Shown {
  readonly time: readonly number[];
  readonly min: readonly (number | null)[];
  readonly max: readonly (number | null)[];
}

/** `, was 76 to 100 psi`: between which values it moved in what is shown before the beginning. */
function wasText({ time, min, max }: Shown, begun: number, measure: Measure): string {
  const before = time.findIndex((at) => at >= begun);
  const known = (values: readonly (number | null)[]) => values.slice(0, before === -1 ? undefined : before).filter((value) => value !== null);
  const [lows, highs] = [known(min), known(max)];
  if (lows.length === 0) return ', nothing is known of before';
  const [low, high] = [Math.min(...lows), Math.max(...highs)];
  return low === high ? `, was ${withUnit(low, measure)}` : `, was ${String(low)} to ${withUnit(high, measure)}`;
}
