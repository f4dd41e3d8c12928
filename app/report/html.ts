import { visible } from '../../domain/text.ts';

/** HTML that is whole: what came from outside is escaped in it. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What may stand in a template: markup as it is, texts and numbers escaped, lists one after the other, nothing for null and false. */
export type Fill = Markup | string | number | null | undefined | false | readonly Fill[];

/** A piece of HTML or SVG. What nobody sees in a text is shown as an escape. */
export function html(parts: TemplateStringsArray, ...fills: readonly Fill[]): Markup {
  return new Markup(parts.reduce((text, part, i) => text + textOf(fills[i - 1]) + part));
}

function textOf(fill: Fill): string {
  if (fill === null || fill === undefined || fill === false) return '';
  if (fill instanceof Markup) return fill.text;
  if (typeof fill === 'object') return fill.map(textOf).join('');
  return escaped(String(fill));
}

function escaped(text: string): string {
  return visible(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
