/** How a pump stands: it reports, is silent, reports times that are still to come, or was never heard. */
export const PUMP_STATES = ['reporting', 'silent', 'ahead', 'unheard'] as const;
export type PumpState = (typeof PUMP_STATES)[number];

export interface StateQuestion {
  /** Wall time of the newest reading; undefined when there is none. */
  readonly newest: number | undefined;
  readonly wallNow: number;
  /** So long a reading tells of its pump, ms. */
  readonly holdMs: number;
}

/** Clocks of gateways may be that far ahead, ms. */
const AHEAD_MS = 300_000;

/** How a pump stands now. */
export function pumpState({ newest, wallNow, holdMs }: StateQuestion): PumpState {
  if (newest === undefined) return 'unheard';
  if (newest > wallNow + AHEAD_MS) return 'ahead';
  return wallNow - newest > holdMs ? 'silent' : 'reporting';
}
