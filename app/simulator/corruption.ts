import { type Measure, measureIndex } from '../../domain/reading/measures.ts';

/**
 * One way in which a row can be bad. Each costs exactly its own line, also among others: the unclosed
 * quote, which can swallow the lines up to the next quote, stands apart.
 */
export interface Corruption {
  readonly name: string;
  /** The fields of a good row to the bytes of a bad one, without line end. */
  readonly spoil: (fields: readonly string[]) => Buffer;
}

const [PUMP, DATE, TIME, FIRST_MEASURE] = [0, 1, 2, 3];
const [HZ, DISPLACE, FLOW] = [fieldOf('hz'), fieldOf('disp'), fieldOf('flo')];
const [SEDIMENT, PSI, CHLORINE] = [fieldOf('sedPPM'), fieldOf('psi'), fieldOf('chlPPM')];

const replace = (name: string, field: number, text: string): Corruption => ({ name, spoil: (fields) => joined(fields.with(field, text)) });

/** Every kind of bad row. */
export const CORRUPTIONS: readonly Corruption[] = [
  { name: 'cut off', spoil: (fields) => Buffer.from(`${fields.slice(0, 5).join(',')},`) },
  { name: 'one word', spoil: () => Buffer.from('ERROR') },
  { name: 'a field too many', spoil: (fields) => joined([...fields, '0']) },
  { name: 'a comma in a number', spoil: (fields) => joined(fields.with(DISPLACE, fields[DISPLACE].replace('.', ',').padEnd(3, ',0'))) },
  { name: 'semicolons', spoil: (fields) => Buffer.from(fields.join(';')) },
  replace('no pump', PUMP, ''),
  replace('a pump id of 65 characters', PUMP, 'X'.repeat(65)),
  replace('a pump id with a slash', PUMP, 'FIELD/7'),
  { name: 'a control character', spoil: (fields) => joined(fields.with(PUMP, `${fields[PUMP][0]}\u0007${fields[PUMP].slice(1)}`)) },
  replace('a day that does not exist', DATE, '2/29/27'),
  replace('a month that does not exist', DATE, '13/1/26'),
  replace('a date with dashes', DATE, '10-5-26'),
  replace('no date', DATE, ''),
  replace('an hour that does not exist', TIME, '24:00'),
  replace('a minute that does not exist', TIME, '7:60'),
  replace('a minute of one digit', TIME, '7:5'),
  replace('letters in a number', HZ, '9.9x'),
  replace('a number in hexadecimal', FLOW, '0x4B0'),
  { name: 'no measure', spoil: (fields) => joined(fields.map((field, at) => (at < FIRST_MEASURE ? field : ''))) },
  replace('not a number', PSI, 'NaN'),
  replace('a number without end', SEDIMENT, '1e999'),
  replace('two signs', CHLORINE, '--1.2'),
  replace('a unit', PSI, '85 psi'),
  {
    name: 'broken UTF-8',
    spoil: (fields) => Buffer.concat([Buffer.from(fields[PUMP]), Buffer.from([0xc3, 0x28]), Buffer.from(`,${fields.slice(1).join(',')}`)]),
  },
  { name: 'a NUL', spoil: (fields) => joined(fields.with(PSI, '8\0')) },
  { name: 'text after a quote', spoil: (fields) => joined(fields.with(PUMP, `"${fields[PUMP]}"X`)) },
];

/** A row whose quote is never closed: the last quote of its file, or it reaches to the next one. */
export const UNCLOSED_QUOTE: Corruption = {
  name: 'a quote that is never closed',
  spoil: (fields) => joined(fields.with(PUMP, `"${fields[PUMP]}`)),
};

function fieldOf(measure: Measure): number {
  return FIRST_MEASURE + measureIndex[measure];
}

function joined(fields: readonly string[]): Buffer {
  return Buffer.from(fields.join(','));
}
