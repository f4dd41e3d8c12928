import { MAX_RECORD } from '../../csv/recordFrame.ts';
import { type Columns, namesOf } from './columns.ts';
import type { EncodedText } from './encoding.ts';
import type { CompiledCsv } from './compiledCsv.ts';
import type { Records } from './records.ts';

/** The header stands among so many records, and so many characters. */
const HEADER_RECORDS = 100;
const HEADER_CHARACTERS = MAX_RECORD / 4;

/** What a look for the header found. `later`: more of the source has to be there; `none`: there is nothing in it at all. */
export type HeaderFound =
  | { readonly kind: 'header'; readonly names: readonly string[]; readonly columns: Columns; readonly at: number; readonly line: number }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'later' | 'none' };

export interface HeaderSearchOptions {
  readonly compiled: CompiledCsv;
  readonly encoded: EncodedText;
  readonly records: Records;
  readonly final: boolean;
}

/** Looks for the first line that names all columns of the format, from a place on. */
export function findHeader({ compiled, encoded, records, final }: HeaderSearchOptions, start: number): HeaderFound {
  let best = { found: -1, problem: '' };
  let at = start;
  let line = 0;
  let count = 0;
  let bad = '';
  for (; count < HEADER_RECORDS && at < HEADER_CHARACTERS && at < encoded.text.length; count++) {
    const kind = records.read(at);
    if (kind === 'unfinished') break;
    at = records.next;
    line += records.lines;
    if (kind === 'bad') bad ||= `line ${line + (records.isCut ? 1 : 0)}: ${records.reason}`;
    if (kind !== 'fields') continue;
    const names = namesIn(records, encoded);
    const columns = compiled.columns(names);
    if (columns && !('problem' in columns)) return { kind: 'header', names, columns, at, line };
    if (columns && columns.found > best.found) best = { found: columns.found, problem: `line ${line} ${columns.problem}` };
  }
  if (!final && count < HEADER_RECORDS && at < HEADER_CHARACTERS) return { kind: 'later' };
  const isBlank = best.found < 0 && bad === '' && at >= encoded.text.length;
  if (isBlank && final) return { kind: 'none' };
  const problem = best.problem || bad || `the first ${count} lines are blank`;
  return { kind: 'refused', reason: headerReason(compiled.format.name, problem, encoded.text) };
}

/** The names that the record which was read last would give a header. */
export function namesIn(records: Records, encoded: EncodedText): string[] {
  return namesOf(records.fields.map((field) => encoded.decode(field)));
}

/** Why a source is refused that has no header of a format. */
export function headerReason(format: string, problem: string, text: string): string {
  const cr = /\r(?!\n|$)/.test(text.slice(0, HEADER_CHARACTERS)) ? ' Lines that end in CR alone are not understood.' : '';
  return `no header of formats.${format}: ${problem}.${cr} To see what the file has: wellwatch preview FILE`;
}
