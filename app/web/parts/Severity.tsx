import type { Priority } from '../../../domain/alarm/rule.ts';

const SHAPES: Readonly<Record<Priority, string>> = { high: 'M8 1 15 14H1Z', medium: 'M8 1 15 8 8 15 1 8Z', low: 'M8 2a6 6 0 1 0 .01 0Z' };

/** Nothing is known of now: an open ring and a word. */
export function Silent({ word = 'SILENT' }: { readonly word?: string }) {
  return (
    <span class="severity silent">
      <svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true"><circle cx="8" cy="8" r="6" /></svg>
      {word}
    </span>
  );
}

/** How bad: a shape and a word, and a colour that says the same. `null` is a rule that is configured no longer. */
export function Severity({ priority, quiet = false }: { readonly priority: Priority | null; readonly quiet?: boolean }) {
  const level = priority ?? 'low';
  return (
    <span class={`severity ${quiet ? 'quiet' : level}`}>
      <svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true"><path d={SHAPES[level]} /></svg>
      {priority === null ? 'OLD RULE' : level.toUpperCase()}
    </span>
  );
}
