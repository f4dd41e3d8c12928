import { mkdirSync, renameSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

/**
 * Writes a file under a hidden name and moves it into the inbox, whole, as the contract asks. Lines end in `\n` each and
 * are compressed when the name ends in `.gz`; other content is written as it is.
 */
export function dropFile(inbox: string, name: string, content: string | Buffer | readonly string[]): void {
  mkdirSync(inbox, { recursive: true });
  const hidden = join(inbox, `.${name}`);
  writeFileSync(hidden, typeof content === 'string' || Buffer.isBuffer(content) ? content : textOf(content, name));
  // Writing takes longer than a tick of the file system's clock elsewhere: the move is later than the content.
  const written = (Date.now() - 20) / 1000;
  utimesSync(hidden, written, written);
  renameSync(hidden, join(inbox, name));
}

function textOf(lines: readonly string[], name: string): string | Buffer {
  const text = lines.map((line) => `${line}\n`).join('');
  return name.endsWith('.gz') ? gzipSync(text) : text;
}
