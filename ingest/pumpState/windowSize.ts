import { formatDuration } from '../../domain/duration.ts';
import { AppError } from '../../domain/errors.ts';
import { MOST_PUMP_DAYS, paneMsOf, type WindowSettings } from './arrivalWindows.ts';

/** What a pump-day of a pane takes, in all that is kept of it. */
const PUMP_DAY_BYTES = 190;
const MIB = 2 ** 20;

/** Refuses windows whose panes would take too much memory with so many pumps that report in each. Throws CONFIG. */
export function checkWindowSize(settings: WindowSettings, pumps: number): void {
  const { lengthMs, slideMs } = settings;
  const panes = lengthMs / paneMsOf(settings);
  if (panes * pumps <= MOST_PUMP_DAYS) return;
  throw new AppError(
    'CONFIG',
    `window: a window of ${formatDuration(lengthMs)} every ${formatDuration(slideMs)} is ${panes} panes, which with ${pumps} pumps takes ` +
    `${Math.round((panes * pumps * PUMP_DAY_BYTES) / MIB)} MiB of memory; ${Math.round((MOST_PUMP_DAYS * PUMP_DAY_BYTES) / MIB)} MiB is the ` +
    `most. ${advice(settings, pumps)}`,
  );
}

/** What would make a window fit. */
export function advice({ lengthMs }: WindowSettings, pumps: number): string {
  const seconds = Math.ceil((lengthMs * Math.max(1, pumps)) / MOST_PUMP_DAYS / 1000);
  return `Set window.slide to ${seconds}s or more, of which window.length is a multiple, or window.length to less`;
}
