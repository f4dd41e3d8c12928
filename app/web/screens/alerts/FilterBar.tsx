import type { Signal } from '@preact/signals';
import { beep, soundOn, titleOn } from '../../notify.ts';
import { Choice } from '../../parts/Choice.tsx';
import { DateField } from '../../parts/DateField.tsx';
import { SearchBox } from '../../parts/SearchBox.tsx';
import { WorkFilters } from '../../parts/WorkFilters.tsx';
import { href, query, setQuery } from '../../route.ts';
import { me } from '../../session.ts';
import { type Filters, RANGES } from './filters.ts';

/** Which alarms are shown; all of it stands in the URL. */
export function FilterBar({ chosen: { all, rule, range, from, to } }: { readonly chosen: Filters }) {
  const others = Object.fromEntries(query.value);
  const rules = [...new Set([...me.value.alarms.map(({ id }) => id), rule])].filter(Boolean);
  return (
    <div class="tools">
      <Choice label="Which alarms" options={[
        { text: 'Needs somebody', to: href([], { ...others, show: undefined, range: undefined, from: undefined, to: undefined }), chosen: !all },
        { text: 'All', to: href([], { ...others, show: 'all' }), chosen: all },
      ]} />
      <SearchBox />
      <label>
        Rule
        <select value={rule} onChange={({ currentTarget }) => setQuery({ rule: currentTarget.value })}>
          <option value="">any</option>
          {rules.map((id) => <option key={id} value={id}>{id}</option>)}
        </select>
      </label>
      <WorkFilters title="Of the last work before the alarm began" />
      {all && (
        <label>
          Range
          <select value={range} onChange={({ currentTarget }) => setQuery({ range: currentTarget.value })}>
            {RANGES.map(({ value, text }) => <option key={value} value={value}>{text}</option>)}
          </select>
        </label>
      )}
      {all && range === 'dates' && (
        <>
          <DateField label="From" type="date" value={from} onPick={(day) => setQuery({ from: day })} />
          <DateField label="To" type="date" value={to} onPick={(day) => setQuery({ to: day })} />
        </>
      )}
      <span class="switches">
        <Switch label="Sound" setting={soundOn} onChange={(on) => { if (on) beep(); }} />
        <Switch label="Count in title" setting={titleOn} />
      </span>
    </div>
  );
}

function Switch({
  label,
  setting,
  onChange,
}: {
  readonly label: string;
  readonly setting: Signal<boolean>;
  readonly onChange?: (on: boolean) => void;
}) {
  const change = ({ currentTarget }: { readonly currentTarget: HTMLInputElement }) => {
    setting.value = currentTarget.checked;
    onChange?.(currentTarget.checked);
  };
  return (
    <label class="check">
      <input type="checkbox" checked={setting.value} onChange={change} /> {label}
    </label>
  );
}
