/** The longest pump id, in code points. */
export const MAX_PUMP_ID = 64;

const PLAIN = /^[\x21-\x7e]*$/;
/** Spaces of all kinds, and what has no width at all; no control characters, which no id may hold. */
const BLANK = /^[\p{Zs}\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]$/u;

/**
 * A pump id as it is compared and stored: without spaces and invisible characters at its ends, in Unicode's form NFC, so that
 * ids which look alike for these reasons alone are one. A text of ASCII without spaces is its own.
 */
export function pumpIdOf(text: string): string {
  if (PLAIN.test(text)) return text;
  const characters = [...text];
  let from = 0;
  let to = characters.length;
  while (from < to && BLANK.test(characters[from])) from++;
  while (to > from && BLANK.test(characters[to - 1])) to--;
  return characters.slice(from, to).join('').normalize('NFC');
}

/** Whether a text can be a pump id: 1 to 64 code points, no control character, no `/`. */
export function isPumpId(text: string): boolean {
  return text.length > 0 && [...text].length <= MAX_PUMP_ID && !/[\p{Cc}/]/u.test(text);
}
