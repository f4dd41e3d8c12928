/** The line's beginning that is looked at, in bytes. */
const LOOKED_AT = 4096;

/**
 * What a line that is no row of CSV seems to be instead, as the reason of its reject, or undefined. For lines that have
 * another number of fields, or quotes that make no sense: "expected 9 fields, got 1" helps nobody who sent JSON.
 */
export function wrongForm(line: Buffer): string | undefined {
  const text = line.toString('latin1', 0, Math.min(line.length, LOOKED_AT));
  if (/^\s*(?:\{\s*(?:"|\})|\[\s*[[{"\]])/.test(text)) return 'expected CSV, got JSON';
  if (/^\s*<[?!A-Za-z]/.test(text)) return 'expected CSV, got XML or HTML';
  if (rowsByCr(text) > 1) return 'expected lines that end in LF or CRLF, got CR alone';
  for (const [separator, name] of SEPARATORS) {
    const fields = text.split(separator).length;
    if (fields >= FEWEST_FIELDS && fields > text.split(',').length) return `expected fields separated by commas, got ${name}`;
  }
  return undefined;
}

const SEPARATORS = [
  [';', 'semicolons'],
  ['\t', 'tabs'],
  ['|', 'vertical bars'],
] as const;
/** Fewer parts than this happen in any text. */
const FEWEST_FIELDS = 4;

/** How many rows a line would be if CRs ended them. */
function rowsByCr(text: string): number {
  return text.split(/\r(?!\n)/).filter((part) => part.split(',').length >= FEWEST_FIELDS).length;
}
