import type { View } from '../../charts/view.ts';
import { DateField } from '../../parts/DateField.tsx';
import { query, setQuery } from '../../route.ts';
import { wallMs, wallText } from '../../times.ts';
import { isBroken, type Preset, PRESETS, type Range, rangeQuery } from './range.ts';

interface RangeBarProps {
  readonly range: Range;
  readonly view: View;
  /** How long there are readings, in ms: what is longer shows no more than all of them. */
  readonly known: number;
}

/** The range by name, counted back from the last reading, or by its two ends on the site's wall clock. */
export function RangeBar({ range, view, known }: RangeBarProps) {
  const choose = (next: Range) => setQuery(rangeQuery(next));
  const pick = (end: 'from' | 'to', text: string) => {
    const at = wallMs(text);
    if (Number.isNaN(at)) return;
    const next = { ...view, [end]: at };
    const length = view.to - view.from;
    // An end that passes the other one takes it along.
    choose({
      kind: 'fixed',
      view: next.from < next.to ? next : end === 'from' ? { from: at, to: at + length } : { from: at - length, to: at },
    });
  };
  return (
    <>
      <div class="tools">
        <div class="presets" role="group" aria-label="Range up to the last reading">
          {NAMES.map((preset) => (
            <button
              type="button"
              key={preset}
              aria-pressed={isChosen(range, preset)}
              disabled={!isChosen(range, preset) && !saysMore(preset, known)}
              title={saysMore(preset, known) ? undefined : 'There are no readings for so long: a shorter range shows the same'}
              onClick={() => choose({ kind: 'preset', preset })}
            >
              {preset}
            </button>
          ))}
        </div>
        <DateField label="From" type="datetime-local" value={minutes(view.from)} onPick={(text) => pick('from', text)} />
        <DateField label="To" type="datetime-local" value={minutes(view.to)} onPick={(text) => pick('to', text)} />
      </div>
      {isBroken(query.value) && range.kind === 'preset' && (
        <p role="status">
          The address has no valid range, so{' '}
          {range.preset === 'all' ? 'all readings' : `the last ${range.preset.replace(/\D$/, ' $&')} up to the last reading`} are shown.
        </p>
      )}
    </>
  );
}

const NAMES = Object.keys(PRESETS) as Preset[];

/** Whether a range shows more than the next shorter one does. */
function saysMore(preset: Preset, known: number): boolean {
  const shorter = NAMES[NAMES.indexOf(preset) - 1];
  return preset === 'all' || shorter === undefined || PRESETS[shorter]! < known;
}

function isChosen(range: Range, preset: Preset): boolean {
  return range.kind === 'preset' && range.preset === preset;
}

/** What such an input takes: to the minute, and no year 0. */
function minutes(time: number): string {
  const text = wallText(time).slice(0, 16);
  return text.startsWith('0000') ? '' : text;
}
