/** What can be asked of a group of charts: by a key, and most of it by a button. `by` moves the cursor by so many points. */
export type ChartCommand = 'in' | 'out' | 'earlier' | 'later' | 'reset' | 'table' | 'none' | { readonly by: number };

const KEYS: Readonly<Record<string, ChartCommand>> = {
  '+': 'in', '=': 'in', '-': 'out', '−': 'out', _: 'out', '0': 'reset', t: 'table', T: 'table', Escape: 'none',
  ArrowLeft: { by: -1 }, ArrowRight: { by: 1 }, PageUp: { by: -10 }, PageDown: { by: 10 }, Home: { by: -Infinity }, End: { by: Infinity },
};

/** The command of a key press; undefined for keys that are none of ours. */
export function commandOf({ key, shiftKey, ctrlKey, metaKey, altKey }: KeyboardEvent): ChartCommand | undefined {
  if (ctrlKey || metaKey || altKey) return undefined;
  if (shiftKey && key === 'ArrowLeft') return 'earlier';
  if (shiftKey && key === 'ArrowRight') return 'later';
  return KEYS[key];
}
