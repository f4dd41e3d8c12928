import { getAt } from './layers.ts';
import type { Switch } from './schema.ts';

/** What was said by file, environment and flags, as against the defaults. */
export interface Given {
  readonly values: Record<string, unknown>;
  readonly switches: ReadonlyMap<string, boolean>;
  /** What relative paths count from. */
  readonly cwd: string;
}

/** Whether a section is on. */
export function isOn(given: Given, section: Switch): boolean {
  return given.switches.get(section) ?? true;
}

/** Whether somebody configured a setting. */
export function isGiven(given: Given, path: string): boolean {
  return getAt(given.values, path.split('.')) !== undefined;
}
