import { expect, test } from 'vitest';
import { receiptsOf } from '../../../../domain/reading/receipt.ts';
import { csvDecoder } from '../../../../ingest/decode/csv/csvDecoder.ts';
import { StepBuffer } from '../../../../ingest/decode/stepBuffer.ts';

/** 18:00 on the wall of the site. */
const RECEIPT = receiptsOf('America/Chicago', 86_400_000)(Date.parse('2025-07-02T00:00:00.000+01:00'));
const row = (date: string, time: string) => `A,${date},${time},1,2,3,4,50,6\n`;

function taken(text: string, receipt: typeof RECEIPT = RECEIPT) {
  const into = new StepBuffer(1000);
  const bytes = Buffer.from(text);
  csvDecoder.take({ bytes, from: 0, to: bytes.length, final: true, source: 'a.csv', ...receipt }, csvDecoder.start, into);
  return { rows: into.readings.length, rejects: into.rejects.map(({ line, reason, raw }) => ({ line, reason, raw })) };
}

test('a reading from later than the limit is a reject that says both times; one at the limit is stored', () => {
  // The plain way and, for the milliseconds, the general one.
  const good = [row('7/1/25', '18:00'), row('2025-07-02', '18:00:00'), row('2025-07-02', '18:00:00.000')];
  const late = [row('2025-07-02', '18:00:01'), row('2025-07-02', '18:00:00.001'), row('1/1/2099', '0:00'), row('2025-07-03', '0:00')];
  const { rows, rejects } = taken([good[0], late[0], good[1], late[1], late[2], good[2], late[3]].join(''));
  expect(rows).toBe(3);
  expect(rejects.map(({ line, raw }) => [line, `${raw}\n`])).toEqual([[2, late[0]], [4, late[1]], [5, late[2]], [7, late[3]]]);
  expect(rejects[2].reason).toBe(
    "expected a time at most 1d (limits.future) after the site's own, which was 2025-07-01T18:00:00 at receipt, got 2099-01-01T00:00:00",
  );
});

test('columns by a header and the last line without an end are judged alike', () => {
  const header = 'Date,Time,ResourceID,HZ,Displace,Flow,SedimentPPM,PressureLbs,ChlorinePPM\n';
  expect(taken(`${header}1/1/2099,0:00,A,1,2,3,4,50,6\n7/1/25,1:00,A,1,2,3,4,50,6\n`)).toMatchObject({ rows: 1, rejects: [{ line: 2 }] });
  expect(taken(row('1/1/2099', '0:00').trimEnd())).toMatchObject({ rows: 0, rejects: [{ line: 1 }] });
});

test('without a limit any time will do', () => {
  expect(taken(row('1/1/2099', '0:00'), { receivedAt: 7 })).toEqual({ rows: 1, rejects: [] });
});

test('the short way of a message leaves one from the future alone', () => {
  const into = new StepBuffer(10);
  const message = (text: string) => {
    const bytes = Buffer.from(text);
    return csvDecoder.takeOne(bytes, { from: 0, to: bytes.length - 1 }, RECEIPT, into);
  };
  expect(message(row('1/1/2099', '0:00'))).toBe(false);
  expect(message(row('7/1/25', '18:00'))).toBe(true);
  expect(into.readings.length).toBe(1);
});
