import { expect, test } from 'vitest';
import { csvDecoder } from '../../../../ingest/decode/csv/csvDecoder.ts';
import { CSV_START } from '../../../../ingest/decode/csv/csvState.ts';
import { StepBuffer } from '../../../../ingest/decode/stepBuffer.ts';
import fc from '../../../support/property.ts';

const field = fc.oneof(
  fc.constantFrom(
    'COHUTTA',
    'A_1',
    'B',
    '3/10/14',
    '2014-03-10',
    '13/1/14',
    '1:01',
    '01:02:03',
    '24:00',
    '85',
    '-0',
    '1.5',
    '1e3',
    'abc',
    '',
    ' 7',
    '"8"',
  ),
  fc.string({ maxLength: 6 }),
);
const good = fc
  .tuple(
    fc.constantFrom('COHUTTA', 'A_1', 'B', 'LONG'.repeat(15)),
    fc.constantFrom('3/10/14', '2014-03-11', '12/31/2015'),
    fc.constantFrom('1:01', '23:59:59'),
    fc.array(fc.constantFrom('85', '-0', '1.50', '.5', '123456.789'), { minLength: 6, maxLength: 6 }),
  )
  .map(([pump, date, time, numbers]) => [pump, date, time, ...numbers].join(','));
const line = fc.oneof(good, fc.array(field, { minLength: 7, maxLength: 10 }).map((fields) => fields.join(',')));
const payload = fc
  .tuple(fc.array(line, { minLength: 1, maxLength: 2 }), fc.constantFrom('', '\n', '\r\n'))
  .map(([lines, end]) => lines.join('\n') + end);

function rowsOf({ readings }: StepBuffer) {
  return Array.from({ length: readings.length }, (_, i) => [
    readings.names[readings.pump[i]],
    readings.time[i],
    readings.receivedAt[i],
    ...readings.values.map((column) => (Object.is(column[i], -0) ? '-0' : column[i])),
  ]);
}

test('the short way of a one-line message takes the row that the general way takes, or nothing', () => {
  let taken = 0;
  fc.assert(fc.property(fc.array(payload, { minLength: 1, maxLength: 8 }), (payloads) => {
    const short = new StepBuffer(100);
    const general = new StepBuffer(100);
    const bytes = Buffer.from(payloads.map((text) => `${text}\n`).join(''));
    let from = 0;
    for (const text of payloads) {
      const to = from + Buffer.byteLength(text);
      const before = short.readings.length;
      if (csvDecoder.takeOne(bytes, { from: from, to: to }, { receivedAt: 7 }, short)) {
        taken++;
        const alone = new StepBuffer(10);
        csvDecoder.take({ bytes, from, to, final: true, source: 'mqtt:t', receivedAt: 7 }, CSV_START, alone);
        expect(alone.rejects).toEqual([]);
        expect(rowsOf(short).slice(before)).toEqual(rowsOf(alone));
        csvDecoder.take({ bytes, from, to, final: true, source: 'mqtt:t', receivedAt: 7 }, CSV_START, general);
      } else expect(short.readings.length).toBe(before);
      from = to + 1;
    }
    expect(rowsOf(short)).toEqual(rowsOf(general));
  }), { numRuns: 2000 });
  expect(taken).toBeGreaterThan(1000);
});

test('what it remembers of the message before does not outlive a cleared step', () => {
  const buffer = new StepBuffer(10);
  const bytes = Buffer.from('B,3/10/14,1:01,1,2,3,4,5,6\nA,3/10/14,1:01,1,2,3,4,5,6\n');
  expect(csvDecoder.takeOne(bytes, { from: 27, to: 53 }, { receivedAt: 1 }, buffer)).toBe(true);
  buffer.clear();
  expect(csvDecoder.takeOne(bytes, { from: 0, to: 26 }, { receivedAt: 1 }, buffer)).toBe(true);
  expect(csvDecoder.takeOne(bytes, { from: 27, to: 53 }, { receivedAt: 1 }, buffer)).toBe(true);
  expect(rowsOf(buffer).map(([pump]) => pump)).toEqual(['B', 'A']);
});
