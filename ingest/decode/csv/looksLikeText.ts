import { CR, DELETE, LF, SPACE, TAB } from './ascii.ts';

/** How much of a source is looked at: its first 64 KiB. */
export const TEXT_SAMPLE = 64 * 1024;
/** NULs in a row from this number on are a block that a power loss left in a text: the line that holds it is damaged, not the rest. */
const NUL_BLOCK = 16;

/**
 * Whether the beginning of a source can be text: at most a tenth of its bytes are control bytes other
 * than tab, CR and LF. Give it the first 64 KiB, or all of a shorter source; nothing is text, NULs alone are none.
 */
export function looksLikeText(beginning: Uint8Array): boolean {
  let controls = 0;
  let blocks = 0;
  let nuls = 0; // of the run that is being passed
  for (let at = 0; at <= beginning.length; at++) {
    const byte = beginning[at];
    if (byte === 0) {
      nuls++;
      continue;
    }
    if (nuls >= NUL_BLOCK) blocks += nuls;
    else controls += nuls;
    nuls = 0;
    if ((byte < SPACE && byte !== TAB && byte !== CR && byte !== LF) || byte === DELETE) controls++;
  }
  const rest = beginning.length - blocks;
  return controls * 10 <= rest && (rest > 0 || blocks === 0);
}

/** Why the beginning of a source can't be read as UTF-8 text, in words that name the cause, or undefined when it may be text. */
export function noTextReason(beginning: Uint8Array): string | undefined {
  const kind = KINDS.find(({ magic }) => magic.every((byte, at) => beginning[at] === byte));
  if (kind) return kind.reason;
  if (looksLikeText(beginning)) return undefined;
  if (isUtf16(beginning)) return UTF_16;
  return 'expected text, but more than a tenth of its beginning are control bytes';
}

const UTF_16 = 'expected UTF-8 text, got UTF-16: save it as UTF-8';
const KINDS = [
  { magic: [0xff, 0xfe], reason: UTF_16 },
  { magic: [0xfe, 0xff], reason: UTF_16 },
  { magic: [0x1f, 0x8b], reason: 'expected text, got gzip: let its name end in .csv.gz' },
  { magic: [0x50, 0x4b, 0x03, 0x04], reason: 'expected text, got a zip archive or a spreadsheet (.xlsx): export it as CSV' },
] as const;

/** Latin text in UTF-16 has a NUL in every other place, with or without a mark at its beginning. */
function isUtf16(bytes: Uint8Array): boolean {
  const places = [0, 0];
  for (const [at, byte] of bytes.entries()) if (byte === 0) places[at % 2]++;
  return Math.max(...places) * 4 > bytes.length && Math.min(...places) * 20 < bytes.length;
}
