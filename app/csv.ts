/** One line of RFC 4180 CSV, without its end. Numbers are written as they are; an infinite one or NaN leaves its cell empty. */
export function csvLine(cells: readonly (string | number)[]): string {
  return cells.map((cell) => (typeof cell === 'number' ? numberCell(cell) : textCell(cell))).join(',');
}

/** A text cell. A spreadsheet takes one that begins with `= + - @`, TAB or CR for a formula, so an apostrophe goes before it. */
export function textCell(text: string): string {
  const harmless = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

/** A number as it is written, `-0` too; an infinite one or NaN is an empty cell. */
export function numberCell(value: number): string {
  if (!Number.isFinite(value)) return '';
  return Object.is(value, -0) ? '-0' : String(value);
}
