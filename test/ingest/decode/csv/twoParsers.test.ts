import { expect, test } from 'vitest';
import { sameValue } from '../../../../domain/reading/readings.ts';
import { type Outcome, readSource } from './parsing.ts';
import fc from '../../../support/property.ts';

const HEADER = 'ResourceID,Date,Time,HZ,Displace,Flow,SedimentPPM,PressureLbs,ChlorinePPM';

const SWAPPED = 'ResourceID,Date,Time,PressureLbs,HZ,Displace,Flow,SedimentPPM,ChlorinePPM';

const digits = (max: number) => fc.stringMatching(new RegExp(`^[0-9]{0,${max}}$`));
const id = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('COHUTTA', 'LAGNAPPE', 'A', 'A_1') },
  fc.stringMatching(/^[!-~]{0,66}$/),
  fc.string({ unit: 'grapheme', maxLength: 6 }),
);
const date = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('3/10/14', '03/10/2014', '2014-03-10', '12/31/99', '2/29/16') },
  fc.constantFrom('2/29/15', '3/10/014', '1/1/0000', '2014-3-10', '00/10/14'),
  fc.stringMatching(/^\d{0,4}[/-]\d{0,3}[/-]\d{0,4}$/),
);
const time = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('1:01', '01:01', '23:59:59', '0:00') },
  fc.constantFrom('24:00', '1:01:05.25', '1:60'),
  fc.stringMatching(/^\d{0,3}:\d{0,3}(:\d{0,2}(\.\d{0,4})?)?$/),
);
const decimal = fc
  .tuple(fc.constantFrom('', '', '', '-', '+'), digits(9), fc.constantFrom('', '.'), digits(9))
  .map((parts) => parts.join(''));
const number = fc.oneof(
  { weight: 4, arbitrary: decimal },
  fc.double({ noDefaultInfinity: true, noNaN: true }).map(String),
  fc.constantFrom('', '-', 'NaN', '1e999', '0x1', '-0', '9007199254740993'),
);
const row = fc.tuple(id, date, time, number, number, number, number, number, number).map((fields) => fields.join(','));
const plainRow = fc
  .tuple(fc.constantFrom('COHUTTA', 'B', 'BB', 'LAGNAPPE'), fc.constantFrom('3/10/14', '2014-03-11'), fc.constantFrom('1:01', '12:30:05'))
  .map((fields) => `${fields.join(',')},1,2.5,-3,.5,5.,0.07`);
const quoted = plainRow.map((line) => line.split(',').map((field) => `"${field}"`).join(','));
const noise = fc
  .array(fc.constantFrom('"', '""', ',', ' ', '\r', '\n', '\0', '\ufeff', 'x', '1', 'é', '😀', '\t', plainTail()), { maxLength: 12 })
  .map((parts) => parts.join(''));
const line = fc.oneof(
  { weight: 6, arbitrary: plainRow },
  { weight: 4, arbitrary: row },
  quoted,
  noise,
  fc.tuple(plainRow, noise).map((parts) => parts.join('')),
  fc.constantFrom('', '  ', HEADER, SWAPPED, `Note,${HEADER}`, '# a comment', ',,,'),
);
const first = fc.constantFrom(
  '',
  '',
  '',
  '\ufeff',
  `${HEADER}\n`,
  `\ufeffNote,${HEADER}\r\n`,
  'Time,Date,ResourceID,HZ,Displace,Flow,SedimentPPM,PressureLbs,ChlorinePPM\n',
  ' \nResourceID,Date,Time\n',
  'sep=,\n# x\n',
  ',,,,\n\nPump,Date,Time,HZ\n',
);
const text = fc
  .tuple(first, fc.array(fc.tuple(line, fc.constantFrom('\n', '\n', '\n', '\r\n', '')), { maxLength: 25 }))
  .map(([start, lines]) => Buffer.from(start + lines.flat().join('')));

/** A source: lines of all kinds, in which a few bytes may have been replaced by any others. */
const source = fc.tuple(text, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 2 })).map(([bytes, changes]) => {
  for (const [at, byte] of changes) if (bytes.length > 0) bytes[at % bytes.length] = byte;
  return bytes;
});

function plainTail(): string {
  return ',3/10/14,1:01,1,2,3,4,5,6';
}

/** Rows to the bit, which `toEqual` alone would compare as well, but slowly. */
function expectSame(a: Outcome, b: Outcome): void {
  expect(a.rows.length).toBe(b.rows.length);
  const differing = a.rows.findIndex((values, i) => !values.every((value, column) => same(value, b.rows[i][column])));
  expect(a.rows[differing]).toBe(b.rows[differing]);
  expect(differing).toBe(-1);
  expect(a.rejects).toEqual(b.rejects);
  expect(a.refusal).toEqual(b.refusal);
}

function same(a: string | number, b: string | number): boolean {
  return typeof a === 'number' && typeof b === 'number' ? sameValue(a, b) : a === b;
}

test('both ways give the same rows to the bit, the same rejects and the same state', () => {
  fc.assert(
    fc.property(source, (bytes) => {
      const both = readSource(bytes);
      const general = readSource(bytes, { plainToo: false });
      expectSame(both, general);
      expect(both.state).toEqual(general.state);
    }),
    { numRuns: 3000 },
  );
});

test('however a source is cut into pieces and steps, and taken up again, rows and rejects are the same', () => {
  fc.assert(
    fc.property(
      source,
      fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 5 }),
      fc.integer({ min: 1, max: 40 }),
      fc.boolean(),
      (bytes, pieces, step, plainToo) => {
        const whole = readSource(bytes);
        const cut = readSource(bytes, { pieces, step, plainToo });
        expectSame(cut, whole);
        if (whole.refusal === undefined) expect(cut.state).toEqual(whole.state);
      },
    ),
    { numRuns: 3000 },
  );
});

test('a message is read like a file', () => {
  fc.assert(
    fc.property(source, (bytes) => {
      const file = readSource(bytes);
      const message = readSource(bytes, { source: 'mqtt:a' });
      expect(message.rows).toEqual(file.rows);
      expect(message.rejects.map(({ line, reason, raw }) => [line, reason, raw])).toEqual(
        file.rejects.map(({ line, reason, raw }) => [line, reason, raw]),
      );
    }),
    { numRuns: 500 },
  );
});

test('a plain decimal is the same double as Number(text)', () => {
  fc.assert(
    fc.property(decimal, (text) => {
      const { rows, rejects } = readSource(`A,3/10/14,1:01,${text},1,1,1,1,1\n`);
      if (text === '') expect(rows[0][3]).toBeNaN();
      else if (/\d/.test(text)) expect(rows[0][3]).toBe(Number(text));
      else expect(rejects).toHaveLength(1);
    }),
    { numRuns: 3000 },
  );
});

test('every line is a row, a reject or blank: none is lost', () => {
  const simple = fc.stringMatching(/^[^"\n\r]{0,30}$/);
  fc.assert(
    fc.property(fc.array(fc.oneof(simple, plainRow), { minLength: 1, maxLength: 30 }), (lines) => {
      const { rows, rejects } = readSource([plainRowText, ...lines].join('\n'));
      expect(rows.length + rejects.length).toBe(1 + lines.filter((line) => /[^ ]/.test(line)).length);
    }),
    { numRuns: 500 },
  );
});

const plainRowText = `A${plainTail()}`;
