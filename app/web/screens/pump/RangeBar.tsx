import { useState } from 'preact/hooks';
import type { View } from '../../charts/view.ts';
import { setQuery } from '../../route.ts';
import { wallMs, wallText } from '../../times.ts';
import { type Preset, PRESETS, type Range, rangeQuery } from './range.ts';

interface RangeBarProps {
  readonly range: Range;
  readonly view: View;
}

/** The range by name, counted back from the last reading, or by its two ends on the site's wall clock. */
export function RangeBar({ range, view }: RangeBarProps) {
  const [problem, setProblem] = useState('');
  const choose = (next: Range) => {
    setProblem('');
    setQuery(rangeQuery(next));
  };
  const pick = (end: 'from' | 'to', text: string) => {
    const next = { ...view, [end]: wallMs(text) };
    if (Number.isNaN(next[end])) return;
    if (next.from < next.to) choose({ kind: 'fixed', view: next });
    else setProblem('The start must be before the end.');
  };
  return (
    <div class="tools">
      <div class="presets" role="group" aria-label="Range up to the last reading">
        {(Object.keys(PRESETS) as Preset[]).map((preset) => (
          <button type="button" key={preset} aria-pressed={range.kind === 'preset' && range.preset === preset} onClick={() => choose({ kind: 'preset', preset })}>{preset}</button>
        ))}
      </div>
      <label>From <input type="datetime-local" value={minutes(view.from)} onChange={({ currentTarget }) => pick('from', currentTarget.value)} /></label>
      <label>To <input type="datetime-local" value={minutes(view.to)} onChange={({ currentTarget }) => pick('to', currentTarget.value)} /></label>
      <span class="problem" role="status">{problem}</span>
    </div>
  );
}

/** What such an input takes: to the minute, and no year 0. */
function minutes(time: number): string {
  const text = wallText(time).slice(0, 16);
  return text.startsWith('0000') ? '' : text;
}
