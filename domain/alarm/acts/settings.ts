import type { Act, SettingChange, Settings } from './act.ts';

/** The act of a start with these settings, by path; undefined when they are as the start before had them. */
export function settingsAct(acts: readonly Act[], settings: Readonly<Record<string, string>>): Settings | undefined {
  const before = acts.findLast((act) => act.kind === 'settings')?.settings;
  if (!before) return { kind: 'settings', changes: [], settings };
  const paths = [...new Set([...Object.keys(before), ...Object.keys(settings)])].sort();
  const changes = paths
    .map((path): SettingChange => ({ path, before: before[path] ?? null, after: settings[path] ?? null }))
    .filter((change) => change.before !== change.after);
  return changes.length === 0 ? undefined : { kind: 'settings', changes, settings };
}
