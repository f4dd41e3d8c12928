/** Columns that have the parts of a time, from the year on, and the format of these with a space between. */
export interface TimeParts {
  readonly indexes: readonly number[];
  readonly format: string;
}

/** In the order of a format; the last may be missing from some part on. Words of loggers, in English, German, French and Spanish. */
const PARTS: readonly (readonly [token: string, name: RegExp])[] = [
  ['YYYY', /^(year|yyyy|yr|jahr|année|annee|año|ano)$/],
  ['M', /^(month|mm?|mon|mo|monat|mois|mes)$/],
  ['D', /^(day|dd?|dy|tag|jour|d[ií]a)$/],
  ['H', /^(hours?|hh?|hr|stunde|heure|hora)$/],
  ['m', /^(minutes?|mm?|min|mi|minuto)$/],
  ['s', /^(seconds?|ss?|sec|sek|sekunde|seconde|segundo)$/],
];
/** Fewer tell a day and no time of it. */
const FEWEST = 4;

/** The parts of a time among the names of columns; undefined where there are not at least year, month, day and hour. */
export function timeParts(names: readonly string[]): TimeParts | undefined {
  const lower = names.map((name) => name.trim().toLowerCase());
  const indexes: number[] = [];
  for (const [, pattern] of PARTS) {
    const index = lower.findIndex((name, at) => pattern.test(name) && !indexes.includes(at));
    if (index < 0) break;
    indexes.push(index);
  }
  return indexes.length < FEWEST ? undefined : { indexes, format: PARTS.slice(0, indexes.length).map(([token]) => token).join(' ') };
}

/** Whether the fields of a row are the parts of a time, as far as these are numbers that can be. */
export function hasTimeParts(fields: readonly string[], { indexes: [year, month, day] }: TimeParts): boolean {
  const isWithin = (text: string | undefined, most: number) => /^\d{1,2}$/.test(text?.trim() ?? '') && Number(text) >= 1 && Number(text) <= most;
  return /^(19|20)\d\d$/.test(fields[year]?.trim() ?? '') && isWithin(fields[month], 12) && isWithin(fields[day], 31);
}
