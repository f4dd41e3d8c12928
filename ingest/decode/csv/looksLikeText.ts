import { CR, DELETE, LF, SPACE, TAB } from './ascii.ts';

/**
 * Whether the beginning of a source can be text: at most a tenth of its bytes are control bytes other
 * than tab, CR and LF. Give it the first 64 KiB, or all of a shorter source; nothing is text.
 */
export function looksLikeText(beginning: Uint8Array): boolean {
  let controls = 0;
  for (const byte of beginning) {
    if ((byte < SPACE && byte !== TAB && byte !== CR && byte !== LF) || byte === DELETE) controls++;
  }
  return controls * 10 <= beginning.length;
}
