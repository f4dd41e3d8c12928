import { measureFacts, MEASURES } from '../../../../domain/reading/measures.ts';
import { CsvButton } from '../../parts/CsvButton.tsx';
import { DateField } from '../../parts/DateField.tsx';
import { setQuery } from '../../route.ts';
import { monthAfter, monthPeriod, type Period, periodName, periodQuery } from './period.ts';
import { workQuery } from '../../workNames.ts';
import { SearchBox } from '../../parts/SearchBox.tsx';
import { WorkFilters } from '../../parts/WorkFilters.tsx';
import { ORDERS } from './orders.ts';
import { type Choice, FIGURES, GROUPINGS } from './pumpDay.ts';

const LABELS = Object.fromEntries(MEASURES.map((measure) => [measure, measureFacts[measure].label]));

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
      <Select label="Measure" value={choice.measure} texts={LABELS} usual="psi" name="measure" />
      <Select label="Show" value={choice.figure} texts={FIGURES} usual="avg" name="show" />
      <Select label="Rows" value={choice.by} texts={GROUPINGS} usual="pump" name="by" />
      <Select label="Order" value={choice.order} texts={ORDERS} usual="change" name="order" />
      <SearchBox />
      <WorkFilters title="Of the last work before a day" />
      <CsvButton path="/stats" query={{ from, to, ...workQuery() }} fileName={`daily_${from}_${to}.csv`} />
    </div>
  );
}

interface SelectProps {
  readonly label: string;
  readonly value: string;
  readonly texts: Readonly<Record<string, string>>;
  /** What the address leaves out, and the key under which it has the others. */
  readonly usual: string;
  readonly name: string;
}

function Select({ label, value, texts, usual, name }: SelectProps) {
  return (
    <label>
      {label}
      <select value={value} onChange={({ currentTarget }) => setQuery({ [name]: currentTarget.value === usual ? null : currentTarget.value })}>
        {Object.entries(texts).map(([key, text]) => <option key={key} value={key}>{text}</option>)}
      </select>
    </label>
  );
}
