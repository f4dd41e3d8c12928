import { crc32 } from 'node:zlib';

/*
 * A line of the log: eight hexadecimal digits of the CRC-32 of what follows, a blank, JSON, a line end.
 *
 *   1c291ca3 {"kind":"ended","number":7,…}⏎
 */
const SUM = 8;

/** One record as a line. */
export function encodeLine(record: unknown): string {
  const json = JSON.stringify(record);
  return `${sumOf(json)} ${json}\n`;
}

/** The records of a log, and up to which byte it is whole; `damaged` counts lines before that which no version wrote. */
export function decodeLines(bytes: Buffer): { readonly records: unknown[]; readonly end: number; readonly damaged: number } {
  const records: unknown[] = [];
  let end = 0;
  let bad = 0;
  let damaged = 0;
  for (let at = 0; at < bytes.length;) {
    const newline = bytes.indexOf(0x0a, at);
    if (newline === -1) break;
    const line = bytes.toString('utf8', at, newline);
    at = newline + 1;
    const json = line.slice(SUM + 1);
    if (line.slice(0, SUM) !== sumOf(json)) {
      bad++; // at the very end it was torn by a crash; anywhere else the disk has changed it
      continue;
    }
    records.push(JSON.parse(json));
    damaged += bad;
    bad = 0;
    end = at;
  }
  return { records, end, damaged };
}

function sumOf(json: string): string {
  return crc32(json).toString(16).padStart(SUM, '0');
}
