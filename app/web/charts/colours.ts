import type { Priority } from '../../../domain/alarm/rule.ts';

/**
 * The colours of charts: custom properties that styles/charts.css registers as colours, so that what comes is a value a
 * canvas understands, for the theme that is on just now.
 */
export type ChartColour = 'line' | 'edge' | 'fill' | 'grid' | 'text' | 'limit' | `shade-${Priority}` | 'mark' | 'ground';

/** The colour of a part of a chart, as an element of the page inherits it. */
export function colourOf(element: Element, part: ChartColour): string {
  return getComputedStyle(element).getPropertyValue(`--chart-${part}`);
}
