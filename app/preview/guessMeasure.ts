import { type Measure, MEASURE_TABLE } from '../../domain/reading/measures.ts';

/** What a name in a source seems to stand for. */
export interface MeasureGuess {
  readonly measure: Measure;
  /** To psi from the unit that the name or the line of units has. */
  readonly scale: number;
}

/** The letters of an instrument in ISA-5.1, which come before its number: pressure, flow and speed, each with I, T or both behind. */
const INSTRUMENT = (letter: string) => String.raw`(?<![a-z])${letter}(?:i|t|it|ic)(?![a-z])`;

/** Words of names, in English and German. */
const WORDS: readonly (readonly [Measure, RegExp])[] = [
  ['chlPPM', /chl|salin|(?<![a-z])cl2?(?![a-z])/],
  ['sedPPM', /sed(iment)?|sand|solids|feststoff/],
  ['disp', /displ|stroke|hub(raum)?$|^disp/],
  ['hz', new RegExp(`freq|\\bhz\\b|^hz|hz$|speed|spd|rpm|drehzahl|${INSTRUMENT('s')}`)],
  ['psi', new RegExp(`press|psi|druck|tbg|tubing|csg|casing|\\bwhp\\b|\\bbar\\b|kpa|${INSTRUMENT('p')}`)],
  ['flo', new RegExp(`flow|^flo$|rate\\b|_rate|bpd|durchflu(ss|ß)|f(ö|oe)rdermenge|${INSTRUMENT('f')}`)],
];

/** How many psi a unit of pressure is. */
const PSI: readonly (readonly [RegExp, number])[] = [
  [/^bar(g|a)?$/, 14.5038], [/^mbar$/, 0.0145038], [/^kpa(g|a)?$/, 0.145038], [/^mpa$/, 145.038], [/^pa$/, 0.000145038],
];

/** How many Hz a unit of speed is. */
const HZ: typeof PSI = [[/^(rpm|1\/min|u\/min|min-1)$/, 1 / 60]];

/** Guesses the measure of a column or tag by its name; `unit` is what stands below it in a line of units. */
export function guessMeasure(name: string, unit = ''): MeasureGuess | undefined {
  const text = name.toLowerCase();
  const exact = MEASURE_TABLE.find((known) => known.name.toLowerCase() === text || known.csv.toLowerCase() === text);
  const measure = exact?.name ?? WORDS.find(([, words]) => words.test(text))?.[0];
  if (!measure) return undefined;
  const inName = /[[(]([^\])]+)[\])]|[_\s.]([a-z]+)$/.exec(text);
  const units = [unit.trim().toLowerCase().replace(/^[[(]|[\])]$/g, ''), inName?.[1] ?? inName?.[2] ?? text];
  const known = measure === 'psi' ? PSI : measure === 'hz' ? HZ : [];
  const scale = known.find(([pattern]) => units.some((each) => pattern.test(each)))?.[1] ?? 1;
  return { measure, scale };
}
