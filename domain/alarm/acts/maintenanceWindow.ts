import { pumpMatcher } from '../pumpPattern.ts';

/** A time for which work on pumps was planned: their alarms mean nothing then. */
export interface MaintenanceWindow {
  /** Which pumps: `*` stands for any run of characters. */
  readonly pumps: string;
  /** Wall times; the second is after it. */
  readonly from: number;
  readonly to: number;
  readonly reason: string;
}

/** Gives the windows of a pump; patterns are read once. */
export function windowsByPump(windows: readonly MaintenanceWindow[]): (pump: string) => readonly MaintenanceWindow[] {
  const matchers = windows.map((window) => ({ window, isMeant: pumpMatcher(window.pumps) }));
  return (pump) => matchers.filter(({ isMeant }) => isMeant(pump)).map(({ window }) => window);
}
