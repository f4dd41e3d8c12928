import type { ReadonlySignal } from '@preact/signals';
import { type Measure, measureFacts } from '../../../domain/reading/measures.ts';
import type { Curves } from '../../http/schemas/curves.ts';
import { decimal, EXACT_DIGITS, NO_VALUE, withUnit } from '../format.ts';
import { me } from '../session.ts';
import { wallShort } from '../times.ts';
import { entryText, lacks } from './entryText.ts';
import { extremes, nearest } from './shownPoints.ts';
import type { View } from './view.ts';

interface ReadoutProps {
  readonly curves: Curves;
  readonly view: View;
  readonly cursor: ReadonlySignal<number | null>;
}

/** The time under the cursor, or the range that is shown; with the zone. */
export function TimeReadout({ view, cursor }: Omit<ReadoutProps, 'curves'>) {
  const at = cursor.value;
  const text = at === null ? `${wallShort(wholeSeconds(view.from))} – ${wallShort(wholeSeconds(view.to))}` : wallShort(at);
  return <span class="time-readout">{text} <small>{me.value.timezone}</small></span>;
}

/** A measure's value under the cursor, or what it spans in the view. */
export function ValueReadout({ curves, view, cursor, measure }: ReadoutProps & { readonly measure: Measure }) {
  const band = curves[measure];
  const { unit } = measureFacts[measure];
  const at = cursor.value;
  const index = at === null ? undefined : nearest(curves.time, at);
  if (!band) return null;
  if (index !== undefined) return <strong class="value-readout">{entryText(curves, index, measure)} {lacks(curves, index, measure) ? '' : unit}</strong>;
  const span = extremes(curves.time, band, view);
  return <span class="value-readout">{span ? spanText(span, measure) : 'no reading'}</span>;
}

/** What a screen reader hears of an entry: the time and each measure's value. */
export function spoken(curves: Curves, measures: readonly Measure[], index: number): string {
  const values = measures.map((measure) => {
    const { label, unit } = measureFacts[measure];
    const band = curves[measure];
    return band && band.min[index] !== null
      ? `${label} ${entryText(curves, index, measure).replace(' – ', ' to ')} ${unit}`.trim()
      : `${label} ${lacks(curves, index, measure) ? NO_VALUE : 'no reading'}`;
  });
  return `${wallShort(curves.time[index])}: ${values.join(', ')}`;
}

function spanText([low, high]: readonly [number, number], measure: Measure): string {
  return low === high ? withUnit(low, measure) : `${decimal(low, EXACT_DIGITS)} to ${withUnit(high, measure)}`;
}

function wholeSeconds(time: number): number {
  return Math.round(time / 1000) * 1000;
}
