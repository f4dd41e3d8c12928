/** What a check found. */
export interface Finding {
  /** What was looked at. */
  readonly check: string;
  /** `warning`: it works, but somebody should know. */
  readonly state: 'ok' | 'warning' | 'failed';
  readonly message: string;
  /** What to do about it. */
  readonly fix?: string;
}

/** The finding of something that is as it should be. */
export function ok(check: string, message: string): Finding {
  return { check, state: 'ok', message };
}

/** The finding of something that works, but that somebody should know of. */
export function warning(check: string, message: string, fix: string): Finding {
  return { check, state: 'warning', message, fix };
}

/** The finding of something that is broken. */
export function failed(check: string, message: string, fix: string): Finding {
  return { check, state: 'failed', message, fix };
}
