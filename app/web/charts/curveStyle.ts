import { colourOf } from './colours.ts';

/** How a curve is drawn; colours as an element of the page has them, for the theme that is on just now. */
export interface CurveStyle {
  /** Of the mean. */
  readonly line: (element: Element) => string;
  /** Of minimum and maximum, and between them. */
  readonly edge: (element: Element) => string;
  readonly fill: (element: Element) => string;
  /** px that are drawn and left out in turn; nothing for a line without gaps. */
  readonly dash: readonly number[];
}

/** Of a chart that has one curve. */
export const PLAIN_STYLE: CurveStyle = {
  line: (element) => colourOf(element, 'line'),
  edge: (element) => colourOf(element, 'edge'),
  fill: (element) => colourOf(element, 'fill'),
  dash: [],
};

const DASHES: readonly (readonly number[])[] = [[], [8, 3], [2, 3], [12, 4, 2, 4], [5, 5], [1, 6]];

/** Of one of several: colour and dashes tell them apart, each by itself. */
export const COMPARED_STYLES: readonly CurveStyle[] = DASHES.map((dash, i) => {
  const colour = (element: Element) => getComputedStyle(element).getPropertyValue(`--curve-${i + 1}`).trim();
  return { line: colour, edge: (element) => `${colour(element)}33`, fill: (element) => `${colour(element)}22`, dash };
});
