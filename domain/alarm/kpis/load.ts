import { DAY_MS, formatTime } from '../../reading/wallClock.ts';
import { bounded, EEMUA, HOUR_MS, ISA, type Kpi, type Raise, type ReportRange, share, SLOT_MS } from './kpi.ts';

/** So many alarms in ten minutes begin a flood; fewer than the second figure end it. */
const FLOOD_BEGINS = 10;
const FLOOD_ENDS = 5;

/** A time in which more alarms came than a person can take in. Wall times. */
export interface Flood {
  readonly from: number;
  readonly to: number;
  readonly alarms: number;
  /** The first alarm of it: what it began with. */
  readonly first: Raise;
}

/** How much there was to do. Raises in order of time. */
export function loadKpis(raises: readonly Raise[], range: ReportRange): Kpi[] {
  return [averageRate(raises, range), perDay(raises, range), peak(raises, range), flood(raises, range)];
}

function averageRate(raises: readonly Raise[], { from, to }: ReportRange): Kpi {
  const hours = (to - from) / HOUR_MS;
  return bounded({
    id: 'average-rate', name: 'Alarms an hour, on average', value: hours > 0 ? raises.length / hours : null, unit: 'alarms/h',
    target: 'at most 6; 12 is the most that can be managed', source: ISA,
    details: { alarms: raises.length, hours, per10Minutes: hours > 0 ? raises.length / hours / 6 : null },
  }, 6);
}

function perDay(raises: readonly Raise[], { from, to }: ReportRange): Kpi {
  const days = (to - from) / DAY_MS;
  return bounded({
    id: 'per-day', name: 'Alarms a day, on average', value: days > 0 ? raises.length / days : null, unit: 'alarms/d',
    target: 'at most 150; 300 is the most that can be managed', source: EEMUA, details: { days },
  }, 150);
}

function peak(raises: readonly Raise[], { from, to }: ReportRange): Kpi {
  const slots = new Map<number, number>();
  for (const { raised } of raises) {
    const slot = Math.floor(raised / SLOT_MS);
    slots.set(slot, (slots.get(slot) ?? 0) + 1);
  }
  const most = [...slots].reduce<[slot: number, count: number]>((best, one) => (one[1] > best[1] ? one : best), [0, 0]);
  const overloaded = [...slots.values()].filter((count) => count > FLOOD_BEGINS).length;
  return bounded({
    id: 'peak', name: 'Most alarms in ten minutes', value: most[1], unit: 'alarms', target: 'at most 10; less than 1 % of slots with more',
    source: ISA,
    details: {
      at: most[1] === 0 ? null : formatTime(most[0] * SLOT_MS), overloadedSlots: overloaded,
      overloadedShare: share(overloaded, Math.ceil((to - from) / SLOT_MS)),
    },
  }, 10);
}

function flood(raises: readonly Raise[], { from, to }: ReportRange): Kpi {
  const floods = floodsOf(raises);
  const time = floods.reduce((sum, one) => sum + Math.min(one.to, to) - one.from, 0);
  const longest = floods.reduce<Flood | null>((best, one) => (best && best.to - best.from >= one.to - one.from ? best : one), null);
  return bounded({
    id: 'floods', name: 'Time in floods', value: share(time, to - from), unit: '%', target: 'less than 1 %', source: ISA,
    details: {
      floods: floods.length,
      longestMs: longest ? longest.to - longest.from : 0,
      largest: Math.max(0, ...floods.map(({ alarms }) => alarms)),
      began: floods.slice(-10).map((one) => ({ at: formatTime(one.from), pump: one.first.pump, rule: one.first.rule, alarms: one.alarms })),
    },
  }, 1);
}

/** The floods of raises that come in order of time: more than ten in ten minutes, until fewer than five are. */
export function floodsOf(raises: readonly Raise[]): Flood[] {
  const floods: Flood[] = [];
  let oldest = 0;
  let begun: { from: number; first: Raise; alarms: number } | undefined;
  /** Lets raises fall out of the last ten minutes, up to a moment; a flood may end on the way. */
  const pass = (moment: number, next: number) => {
    for (; oldest < next && raises[oldest].raised + SLOT_MS <= moment; oldest++) {
      if (!begun || next - oldest - 1 >= FLOOD_ENDS) continue;
      floods.push({ ...begun, to: raises[oldest].raised + SLOT_MS });
      begun = undefined;
    }
  };
  raises.forEach((raise, i) => {
    pass(raise.raised, i);
    if (begun) begun.alarms++;
    else if (i + 1 - oldest > FLOOD_BEGINS) begun = { from: raise.raised, first: raises[oldest], alarms: i + 1 - oldest };
  });
  pass(Infinity, raises.length);
  return floods;
}
