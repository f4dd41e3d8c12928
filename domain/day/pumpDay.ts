import type { DayStats } from './dayStats.ts';

/** Which pump-days: day numbers, both inclusive. */
export interface DaySelection {
  readonly pump?: string | undefined;
  readonly fromDay?: number | undefined;
  readonly toDay?: number | undefined;
}

/** Which pump-days have changed: those with a greater `changedAt`. */
export interface ChangeSelection extends DaySelection {
  readonly changedAfter?: number | undefined;
}

/** A pump-day that has, or had, readings. */
export interface PumpDay {
  readonly pump: string;
  readonly day: number;
  /** Number of the step that last changed a reading of it. */
  readonly changedAt: number;
  /** `changedAt` as it was when its statistics were computed; 0 when they never were. Up to date when both are equal. */
  readonly computedAt: number;
  /** Readings of it have expired: its statistics stay as they are. */
  readonly expired: boolean;
  /** Number of the step that last changed it elsewhere than behind all of its readings; absent where nobody knows. */
  readonly disorderedAt?: number;
}

/** Statistics of a pump-day, and the state of it that they describe. */
export interface ComputedDay {
  readonly day: PumpDay;
  /** Null clears the mark and leaves the stored statistics alone. */
  readonly stats: DayStats | null;
}
