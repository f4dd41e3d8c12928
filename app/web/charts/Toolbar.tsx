import type { ComponentChildren } from 'preact';
import type { ChartCommand } from './keys.ts';

interface ToolbarProps {
  readonly obey: (command: ChartCommand) => void;
  /** Whether the table is open; without it there is none. */
  readonly table?: boolean;
  readonly children: ComponentChildren;
}

/** What the keys do, as buttons. */
export function Toolbar({ obey, table, children }: ToolbarProps) {
  return (
    <div class="curves-toolbar">
      {children}
      <span class="curves-buttons" role="group" aria-label="View">
        <button type="button" aria-label="Earlier" title="Earlier (Shift + ←)" onClick={() => obey('earlier')}>‹</button>
        <button type="button" aria-label="Later" title="Later (Shift + →)" onClick={() => obey('later')}>›</button>
        <button type="button" aria-label="Zoom in" title="Zoom in (+, or drag)" onClick={() => obey('in')}>+</button>
        <button type="button" aria-label="Zoom out" title="Zoom out (−)" onClick={() => obey('out')}>−</button>
        <button type="button" title="Back to where it began (0)" onClick={() => obey('reset')}>Reset</button>
        {table !== undefined && (
          <button type="button" title="The shown points as rows (t)" aria-pressed={table} onClick={() => obey('table')}>Table</button>
        )}
      </span>
    </div>
  );
}
