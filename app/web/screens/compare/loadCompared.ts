import type { Measure } from '../../../../domain/reading/measures.ts';
import type { DrawnBand } from '../../../charts/valueScale.ts';
import type { AlarmItem } from '../../../http/schemas/alarms.ts';
import type { Curves, RangeFigures, Usual } from '../../../http/schemas/curves.ts';
import type { PumpDetail } from '../../../http/schemas/pumps.ts';
import { get, pathOf } from '../../api.ts';
import type { UsualBand } from '../../charts/layers.ts';
import { usualBands } from '../../charts/usualBands.ts';
import { rounded, type View } from '../../charts/view.ts';
import { wallText } from '../../times.ts';
import { type Compared, shiftOf } from '../../compared.ts';

/** A pump as it is known, and the beginning of its first alarm. */
export interface KnownPump {
  readonly detail: PumpDetail;
  /** A wall time; null when there was none. */
  readonly firstAlarm: string | null;
}

/** What is known of each pump: its work, its readings' ends, its first alarm. */
export function loadPumps(pumps: readonly string[], signal: AbortSignal): Promise<KnownPump[]> {
  return Promise.all(pumps.map(async (pump): Promise<KnownPump> => {
    const [detail, alarms] = await Promise.all([
      get<PumpDetail>(`/pumps${pathOf(pump)}`, {}, signal),
      get<{ items: AlarmItem[] }>('/alarms', { pump, all: true, limit: 500 }, signal),
    ]);
    return { detail, firstAlarm: alarms.items.map(({ from }) => from).sort()[0] ?? null };
  }));
}

/** A pump's curve, on the clock of the first one. */
export interface ComparedCurve {
  readonly pump: string;
  readonly shift: number;
  readonly time: readonly number[];
  readonly band: DrawnBand;
  readonly bucketMs: number;
  readonly usual: readonly UsualBand[];
  readonly figures: RangeFigures;
}

export interface CurvesQuestion {
  readonly compared: readonly Compared[];
  readonly view: View;
  readonly measure: Measure;
  readonly points: number;
}

/** The curves of a view and a quarter of its width at each side, what is usual behind each, and the figures of the view itself. */
export function loadCurves({ compared, view, measure, points }: CurvesQuestion, signal: AbortSignal): Promise<ComparedCurve[]> {
  const aside = (view.to - view.from) / 4;
  return Promise.all(compared.map(async (one, index): Promise<ComparedCurve> => {
    const shift = shiftOf(one, compared[0]);
    const asked = (from: number, to: number) => ({ from: wallText(from + shift), to: wallText(to + shift) });
    const wide = rounded({ from: view.from - aside, to: view.to + aside });
    const path = `/pumps${pathOf(one.pump)}`;
    const [curves, usual, figures] = await Promise.all([
      get<Curves>(`${path}/readings`, { ...asked(wide.from, wide.to), measures: measure, points }, signal),
      get<Usual>(`${path}/usual`, { ...asked(wide.from, wide.to), measure }, signal),
      get<RangeFigures>(`${path}/figures`, asked(view.from, view.to), signal),
    ]);
    return {
      pump: one.pump, shift, figures, bucketMs: curves.bucketMs,
      time: curves.time.map((at) => at - shift),
      band: curves[measure] ?? { min: [], max: [] },
      usual: usualBands(usual, { shift, curve: index }),
    };
  }));
}

/** Curves over all of their times: where another one has an entry and this one has none, it goes on. */
export function joinedCurves(curves: readonly ComparedCurve[]): { readonly time: readonly number[]; readonly bands: readonly DrawnBand[] } {
  const time = [...new Set(curves.flatMap((curve) => curve.time))].sort((a, b) => a - b);
  const place = new Map(time.map((at, index) => [at, index]));
  return {
    time,
    bands: curves.map(({ time: own, band: { min, max, avg = min } }) => {
      const spread = (values: DrawnBand['min']) => {
        const column = Array.from<number | null | undefined>({ length: time.length });
        own.forEach((at, index) => { column[place.get(at)!] = values[index]; });
        return column;
      };
      return { min: spread(min), max: spread(max), avg: spread(avg) };
    }),
  };
}
