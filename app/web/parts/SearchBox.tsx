import { query, setQuery } from '../route.ts';

/** Part of a pump's id, kept in the URL as `q`. */
export function SearchBox() {
  return (
    <label>
      Pump
      <input type="search" placeholder="any part of its id" maxLength={64} value={query.value.get('q') ?? ''}
        onInput={({ currentTarget }) => setQuery({ q: currentTarget.value }, { replace: true })} />
    </label>
  );
}
