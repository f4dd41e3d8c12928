import { MAX_RECORD } from '../../csv/recordFrame.ts';
import { SPACES } from '../format.ts';

/** What stands at a place of a text: fields, nothing, something that is no record, or one whose end is not here yet. */
export type RecordKind = 'fields' | 'blank' | 'bad' | 'unfinished';

const NEVER_CLOSED = `expected an opening quote to be closed within ${MAX_RECORD.toLocaleString('en')} bytes, got none`;

/**
 * Reads records of delimited text with quotes by RFC 4180, one after the other. What was read last stands in its fields, which
 * are used again for the next: no object is made for a record.
 */
export class Records {
  readonly #text: string;
  readonly #delimiter: string;
  readonly #final: boolean;
  /** Characters that a record may have. */
  readonly #longest: number;
  /** End of the record, without its line end; where the next begins; line feeds that were passed. */
  end = 0;
  next = 0;
  lines = 0;
  fields: string[] = [];
  /** Why it is no record. */
  reason = '';
  /** The line is too long, and its end is not here. */
  isCut = false;

  constructor(text: string, { delimiter, final, longest = MAX_RECORD }: { delimiter: string; final: boolean; longest?: number }) {
    this.#text = text;
    this.#delimiter = delimiter;
    this.#final = final;
    this.#longest = longest;
  }

  /** Reads the record that begins at a place. */
  read(at: number): RecordKind {
    this.isCut = false;
    const text = this.#text;
    let lf = text.indexOf('\n', at);
    const ended = lf >= 0;
    if (!ended) lf = text.length;
    if (lf - at > this.#longest + 1) return this.#tooLong(lf, ended);
    if (!ended && !this.#final) return 'unfinished';
    this.end = lf > at && text.charCodeAt(lf - 1) === 13 ? lf - 1 : lf;
    this.next = ended ? lf + 1 : lf;
    this.lines = ended ? 1 : 0;
    const line = text.slice(at, this.end);
    if (this.#delimiter === SPACES) {
      this.fields = spacedFields(line);
      return isBlank(this.fields) ? 'blank' : 'fields';
    }
    if (line.includes('"')) return this.#readQuoted(at);
    this.fields = line.split(this.#delimiter);
    return isBlank(this.fields) ? 'blank' : 'fields';
  }

  #tooLong(lf: number, ended: boolean): RecordKind {
    this.end = lf;
    this.next = ended ? lf + 1 : lf;
    this.lines = ended ? 1 : 0;
    this.isCut = !ended;
    this.reason = `expected a line of at most ${MAX_RECORD.toLocaleString('en')} bytes, got a longer one`;
    return 'bad';
  }

  /** A record whose quotes make no sense is its physical line only: whatever follows may be well-formed again. */
  #readQuoted(at: number): RecordKind {
    const found = this.#fieldsFrom(at);
    if (found === 'unfinished') return 'unfinished';
    if (typeof found === 'string') {
      this.reason = found;
      return 'bad';
    }
    this.fields = found.fields;
    this.end = found.end;
    this.next = found.next;
    this.lines = found.lines;
    return isBlank(found.fields) ? 'blank' : 'fields';
  }

  #fieldsFrom(from: number): { fields: string[]; end: number; next: number; lines: number } | string {
    const text = this.#text;
    const fields: string[] = [];
    let lines = 0;
    for (let at = from; ;) {
      const field = this.#field(at, from);
      if (typeof field === 'string') return field;
      fields.push(field.value);
      for (let lf = field.value.indexOf('\n'); lf >= 0; lf = field.value.indexOf('\n', lf + 1)) lines++;
      at = field.end;
      if (text[at] === this.#delimiter) at++;
      else {
        const end = text[at - 1] === '\r' ? at - 1 : at;
        return at < text.length ? { fields, end, next: at + 1, lines: lines + 1 } : { fields, end, next: at, lines };
      }
    }
  }

  /** The field at a place and where it ends: at a delimiter, a line feed, or the end of the text. */
  #field(at: number, from: number): { readonly value: string; readonly end: number } | string {
    const text = this.#text;
    let start = at;
    while (text[start] === ' ') start++;
    if (text[start] === '"') return this.#quoted(start + 1, from);
    let end = at;
    for (; end < text.length && text[end] !== this.#delimiter && text[end] !== '\n'; end++)
      if (text[end] === '"') return 'expected a quote only around a whole field, got one inside a field';
    if (end === text.length && !this.#final) return 'unfinished';
    return { value: text.slice(at, text[end] !== this.#delimiter && text[end - 1] === '\r' ? end - 1 : end), end };
  }

  #quoted(start: number, from: number): { readonly value: string; readonly end: number } | string {
    const text = this.#text;
    let value = '';
    for (let at = start; ;) {
      const quote = text.indexOf('"', at);
      if (quote < 0 || quote - from > this.#longest) return this.#final || text.length - from > this.#longest ? NEVER_CLOSED : 'unfinished';
      if (quote + 1 === text.length && !this.#final) return 'unfinished';
      if (text[quote + 1] !== '"') return this.#afterQuote(value + text.slice(at, quote), quote + 1);
      value += text.slice(at, quote + 1);
      at = quote + 2;
    }
  }

  #afterQuote(value: string, from: number): { readonly value: string; readonly end: number } | string {
    const text = this.#text;
    let end = from;
    while (text[end] === ' ') end++;
    if (text[end] === '\r' && (end + 1 === text.length || text[end + 1] === '\n')) end++;
    if (end === text.length) return this.#final ? { value, end } : 'unfinished';
    if (text[end] === this.#delimiter || text[end] === '\n') return { value, end };
    return 'expected a delimiter or the end of the line after a closing quote, got something else';
  }
}

/** The fields between spaces; a field in quotes may have some, and none may have a line end. */
function spacedFields(line: string): string[] {
  return (line.match(/"[^"]*"|\S+/g) ?? ['']).map((field) => (/^".*"$/.test(field) ? field.slice(1, -1) : field));
}

function isBlank(fields: readonly string[]): boolean {
  return fields[0].trim() === '' && fields.every((field) => field.trim() === '');
}
