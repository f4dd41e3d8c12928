import { query, setQuery } from '../route.ts';
import { workNames } from '../workNames.ts';

const FIELDS = [
  { key: 'vendor', label: 'Vendor', names: 'vendors' },
  { key: 'technician', label: 'Technician', names: 'technicians' },
  { key: 'work', label: 'Work', names: 'works' },
] as const;

/** Whose pumps, and what was done to them by whom; kept in the URL. `title` says of which work that is. */
export function WorkFilters({ title }: { readonly title: string }) {
  return (
    <>
      {FIELDS.map(({ key, label, names }) => {
        const chosen = query.value.get(key) ?? '';
        const all = [...new Set([...workNames.value[names], chosen])].filter(Boolean);
        if (all.length === 0) return null;
        return (
          <label key={key} title={key === 'vendor' ? undefined : title}>
            {label}
            <select class="work-filter" value={chosen} onChange={({ currentTarget }) => setQuery({ [key]: currentTarget.value })}>
              <option value="">any</option>
              {all.map((name) => <option key={name} value={name}>{name}</option>)}
            </select>
          </label>
        );
      })}
    </>
  );
}
