import { measureFacts, MEASURES } from '../../../../domain/reading/measures.ts';
import { CsvButton } from '../../parts/CsvButton.tsx';
import { DateField } from '../../parts/DateField.tsx';
import { setQuery } from '../../route.ts';
import { monthAfter, monthPeriod, type Period, periodName, periodQuery } from './period.ts';
import { type Choice, type Figure, FIGURES } from './pumpDay.ts';

/** Which days, which measure, which figure of it; all of it is in the address. */
export function DailyTools({ period, choice }: { readonly period: Period; readonly choice: Choice }) {
  const { from, to } = period;
  const turn = (by: number) => setQuery(periodQuery(monthPeriod(monthAfter(from.slice(0, 7), by))));
  const pick = (next: Partial<Period>) => {
    const chosen = { from, to, ...next, month: null };
    if (chosen.from !== '' && chosen.from <= chosen.to) setQuery(periodQuery(chosen));
    else if (chosen.from !== '' && chosen.to !== '')
      setQuery(periodQuery({ ...chosen, [next.from === undefined ? 'from' : 'to']: next.from ?? next.to }));
  };
  return (
    <div class="tools">
      <div class="months">
        <button type="button" aria-label="The month before" onClick={() => turn(-1)}>
          ‹
        </button>
        <b>{periodName(period)}</b>
        <button type="button" aria-label="The month after" onClick={() => turn(1)}>
          ›
        </button>
      </div>
      <DateField label="From" type="date" value={from} onPick={(day) => pick({ from: day })} />
      <DateField label="To" type="date" value={to} onPick={(day) => pick({ to: day })} />
      <label>
        Measure
        <select
          value={choice.measure}
          onChange={({ currentTarget }) => setQuery({ measure: currentTarget.value === 'psi' ? null : currentTarget.value })}
        >
          {MEASURES.map((measure) => (
            <option key={measure} value={measure}>
              {measureFacts[measure].label}
            </option>
          ))}
        </select>
      </label>
      <label>
        Show
        <select
          value={choice.figure}
          onChange={({ currentTarget }) => setQuery({ show: currentTarget.value === 'min' ? null : currentTarget.value })}
        >
          {(Object.keys(FIGURES) as Figure[]).map((figure) => (
            <option key={figure} value={figure}>
              {FIGURES[figure]}
            </option>
          ))}
        </select>
      </label>
      <CsvButton path="/stats" query={{ from, to }} fileName={`daily_${from}_${to}.csv`} />
    </div>
  );
}
