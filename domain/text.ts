/**
 * What nobody sees in a text: controls, formats (zero-width space, BOM, direction marks), fillers and other ignorables, line
 * and paragraph separators, and spaces that are not U+0020.
 */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\p{Zl}\p{Zp}\u2800]|(?! )\p{Zs}/gu;

/** A text in which `shown` stands for each character that nobody sees. */
export function replaceInvisible(text: string, shown: (character: string) => string): string {
  return text.replace(INVISIBLE, shown);
}

/** A text in which what nobody sees is an escape such as `\u200b`. */
export function visible(text: string): string {
  return replaceInvisible(text, (character) => {
    const code = character.codePointAt(0)!.toString(16);
    return code.length > 4 ? `\\u{${code}}` : `\\u${code.padStart(4, '0')}`;
  });
}
