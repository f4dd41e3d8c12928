import type { Signal } from '@preact/signals';
import { useState } from 'preact/hooks';
import { beep, soundOn, titleOn } from '../../notify.ts';
import { Choice } from '../../parts/Choice.tsx';
import { DateField } from '../../parts/DateField.tsx';
import { SearchBox } from '../../parts/SearchBox.tsx';
import { WorkFilters } from '../../parts/WorkFilters.tsx';
import { href, query, setQuery } from '../../route.ts';
import { me } from '../../session.ts';
import { type Filters, RANGES } from './filters.ts';

/** Which alarms are shown; all of it stands in the URL. On a phone all but the first choice is folded. */
export function FilterBar({ chosen }: { readonly chosen: Filters }) {
  const { all, rule, q, range } = chosen;
  const [open, setOpen] = useState(rule !== '' || q !== '' || range === 'dates');
  const others = Object.fromEntries(query.value);
  return (
    <div class={open ? 'tools filters open' : 'tools filters'}>
      <Choice label="Which alarms" options={[
        { text: 'Needs somebody', to: href([], { ...others, show: undefined, range: undefined, from: undefined, to: undefined }), chosen: !all },
        { text: 'All', to: href([], { ...others, show: 'all' }), chosen: all },
      ]} />
      <button type="button" class="unfold" aria-expanded={open} onClick={() => setOpen(!open)}>Filter</button>
      <Folded {...chosen} />
    </div>
  );
}

function Folded({ all, rule, range, from, to }: Filters) {
  const rules = [...new Set([...me.value.alarms.map(({ id }) => id), rule])].filter(Boolean);
  return (
    <div class="tools folded">
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
        <Switch label="Sound" setting={soundOn} onChange={(on) => { if (on) beep('low'); }} />
        <Switch label="Count in title" setting={titleOn} />
      </span>
    </div>
  );
}

interface SwitchProps {
  readonly label: string;
  readonly setting: Signal<boolean>;
  readonly onChange?: (on: boolean) => void;
}

function Switch({ label, setting, onChange }: SwitchProps) {
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
