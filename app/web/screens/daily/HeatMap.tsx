import { visible } from '../../visible.ts';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { measureFacts } from '../../../../domain/reading/measures.ts';
import type { DayStatsItem } from '../../../http/schemas/stats.ts';
import { columnText } from '../../charts/limits.ts';
import { counted, withUnit } from '../../format.ts';
import { Link } from '../../parts/Link.tsx';
import { href } from '../../route.ts';
import { limitsOf } from '../../rules.ts';
import { me } from '../../session.ts';
import { daysBetween } from './period.ts';
import { type Choice, dayLink, FIGURES, figureOf, isAbnormal, stateOf } from './pumpDay.ts';

const LEVELS = 5;
const weekday = new Intl.DateTimeFormat('en', { weekday: 'short', timeZone: 'UTC' });

interface HeatMapProps {
  /** By pump and day, not empty. */
  readonly days: readonly DayStatsItem[];
  readonly choice: Choice;
}

/**
 * Pumps over days: the darker, the nearer to a limit; only what breaks a limit has colour, and a shape. Each leads to
 * the curves of its day.
 */
export function HeatMap({ days, choice }: HeatMapProps) {
  const dates = days.map(({ date }) => date).sort();
  const columns = daysBetween(dates[0], dates[dates.length - 1]);
  const byPump = new Map<string, Map<string, DayStatsItem>>();
  for (const day of days) byPump.set(day.pump, (byPump.get(day.pump) ?? new Map<string, DayStatsItem>()).set(day.date, day));
  const scale = scaleOf(days, choice);
  const place = useRef<HTMLDivElement>(null);
  // Where there is no room for all days the newest are in sight.
  useLayoutEffect(() => place.current?.scrollTo(place.current.scrollWidth, 0), [columns.length, columns[0]]);
  const caption = `${FIGURES[choice.figure]} ${measureFacts[choice.measure].label.toLowerCase()} by pump and day`;
  return (
    <section class="panel">
      <div class="table scroll">
        <div class="scroller heat-map" ref={place} role="group" aria-label={caption} tabIndex={0}>
          <table>
            <caption class="unseen">{caption}</caption>
            <thead>
              <tr>
                <th scope="col">Pump</th>
                {columns.map((date) => (
                  <th scope="col" key={date} title={date}>
                    <span class="unit">{weekday.format(Date.parse(date))}</span>
                    <br />
                    {date.slice(5)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {[...byPump].map(([pump, those]) => (
                <tr key={pump}>
                  <th scope="row">
                    <Link to={href(['pumps', pump])}>{visible(pump)}</Link>
                  </th>
                  {columns.map((date) => (
                    <Cell key={date} {...{ pump, date, day: those.get(date), choice, scale }} />
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </div>
      <Legend choice={choice} scale={scale} />
    </section>
  );
}

/** The values of the lightest and the darkest cells. */
interface Scale {
  readonly light: number;
  readonly dark: number;
}

/** Over what is normal, and as far as a rule's limit: dark is there. Without a normal day both are NaN. */
function scaleOf(days: readonly DayStatsItem[], choice: Choice): Scale {
  let [low, high] = [Infinity, -Infinity];
  for (const day of days) {
    const value = figureOf(day, choice);
    if (value === null || isAbnormal(day, choice)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high) return { light: NaN, dark: NaN };
  const limit = me.value.rules.find(({ measure }) => measure === choice.measure);
  if (!limit) return { light: low, dark: high };
  return limit.comparison === 'below'
    ? { light: high, dark: Math.min(low, limit.threshold) }
    : { light: low, dark: Math.max(high, limit.threshold) };
}

function levelOf(value: number, { light, dark }: Scale): number {
  return light === dark ? 0 : Math.min(LEVELS - 1, Math.floor(((value - light) / (dark - light)) * LEVELS));
}

interface CellProps {
  readonly pump: string;
  readonly date: string;
  readonly day: DayStatsItem | undefined;
  readonly choice: Choice;
  readonly scale: Scale;
}

function Cell({ pump, date, day, choice, scale }: CellProps) {
  if (!day) return <td class="heat none" title={`${pump}, ${date}: no reading`}>·</td>;
  const value = figureOf(day, choice);
  const state = stateOf(day);
  const level =
    value === null ? (state === 'today' ? 'today' : 'missing') : isAbnormal(day, choice) ? 'abnormal' : `level-${levelOf(value, scale)}`;
  const said = value === null ? NO_VALUE[state] : `${FIGURES[choice.figure]} ${withUnit(value, choice.measure)}`;
  const title = `${pump}, ${date}: ${said}, ` +
    `${counted(day.alerts, 'alert')}${state === 'late' ? ', readings came after it was summarised' : ''}`;
  return (
    <td class={`heat ${level}`}>
      <Link to={dayLink(pump, date)} title={title}>
        {level === 'abnormal' ? '▲ ' : day.alerts > 0 && '△ '}
        {value === null ? (state === 'today' ? 'not over' : day.count === null ? 'missing' : 'no value') : columnText(value, choice.measure, limitsOf(pump)[choice.measure])}
        {state === 'late' && <span class="late"> late</span>}
      </Link>
    </td>
  );
}

/** Why a pump-day has no value; one that is summarised can lack that of a measure. */
const NO_VALUE = { missing: 'not summarised', today: 'the day is not over', late: 'no value', current: 'no value' } as const;

function Legend({ choice: { measure }, scale: { light, dark } }: { readonly choice: Choice; readonly scale: Scale }) {
  return (
    <p class="heat-legend small">
      {light !== dark && !Number.isNaN(light) && (
        <span>
          {withUnit(light, measure)}{' '}
          {Array.from({ length: LEVELS }, (_, level) => (
            <i key={level} class={`heat level-${level}`} />
          ))}{' '}
          {withUnit(dark, measure)}
        </span>
      )}
      <span>
        <i class="heat abnormal">▲</i> beyond a limit
      </span>
      <span>△ alerts on that day</span>
      <span>
        <i class="heat missing" /> missing: not summarised yet
      </span>
      <span>late: readings came after it was summarised</span>
      <span>· no reading</span>
    </p>
  );
}
