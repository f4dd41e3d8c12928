import type { ChartCommand } from './keys.ts';
import { nearest } from './shownPoints.ts';
import { middleOf, panned, type View, zoomed } from './view.ts';

/** A command that makes another view. */
export type ViewCommand = 'in' | 'out' | 'earlier' | 'later';

/** Whether a command is one of these. */
export function isViewCommand(command: ChartCommand): command is ViewCommand {
  return command === 'in' || command === 'out' || command === 'earlier' || command === 'later';
}

/** The view that a command makes, around the cursor where there is one. */
export function viewAfter(command: ViewCommand, view: View, cursor: number | null): View {
  switch (command) {
    case 'in':
      return zoomed(view, cursor ?? middleOf(view), 0.5);
    case 'out':
      return zoomed(view, cursor ?? middleOf(view), 2);
    case 'earlier':
      return panned(view, -0.2);
    case 'later':
      return panned(view, 0.2);
  }
}

/** Where the cursor goes among rising times, as an index; without a cursor it begins at the last. */
export function step(times: readonly number[], at: number | null, { by }: { readonly by: number }): number {
  const now = at === null ? undefined : nearest(times, at);
  if (now === undefined) return by === -Infinity ? 0 : times.length - 1;
  return Math.min(times.length - 1, Math.max(0, now + by));
}
