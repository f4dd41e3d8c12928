import { describe, expect, test } from 'vitest';
import { alertLine, numberText, readingLine, rejectLine, statsLine } from '../../../app/cli/jsonLines.ts';
import { parseTime } from '../../../domain/reading/wallClock.ts';
import fc from '../../support/property.ts';
import { readingsOf } from '../../support/stored.ts';

const ALERT = {
  pump: 'LAGNAPPE',
  time: parseTime('2014-03-14T12:00')!,
  rule: 'low-psi',
  measure: 'psi' as const,
  value: 0,
  comparison: 'below' as const,
  threshold: 5,
  receivedAt: 1,
};
const PUMP = {
  id: 'LAGNAPPE',
  type: 'HYDROPUMP',
  purchased: '2008-05-25',
  inService: '2009-09-26',
  vendor: 'GENPUMP',
  latitude: 29.6,
  longitude: -91.1,
};

describe('the keys of a line and their order are a contract:', () => {
  test('an alert of a known pump', () => {
    const maintenance = [{ pump: 'LAGNAPPE', date: '2012-06-01', technician: 'T. LaBou', description: 'Inspect' }];
    expect(alertLine({ ...ALERT, known: true, vendor: PUMP, maintenance })).toBe(
      '{"pump":"LAGNAPPE","at":"2014-03-14T12:00:00","rule":"low-psi","measure":"psi","value":0,"threshold":5,"known":true,' +
        '"vendor":{"type":"HYDROPUMP","purchased":"2008-05-25","inService":"2009-09-26","vendor":"GENPUMP","latitude":29.6,"longitude":-91.1},' +
        '"maintenance":[{"date":"2012-06-01","technician":"T. LaBou","description":"Inspect"}]}',
    );
  });

  test('an alert of an unknown pump', () => {
    expect(alertLine({ ...ALERT, known: false, vendor: null, maintenance: [] })).toMatch(
      /"threshold":5,"known":false,"vendor":null,"maintenance":\[\]\}$/,
    );
  });

  test('a reading', () => {
    expect(readingLine(readingsOf(['A"B 2014-03-14T12:00:01.250 1 2 3.5 -0 1e-7 6']), 0))
      .toBe('{"pump":"A\\"B","at":"2014-03-14T12:00:01.250","hz":1,"disp":2,"flo":3.5,"sedPPM":-0,"psi":1e-7,"chlPPM":6}');
  });

  test('a pump-day', () => {
    const measures = [1, 2, 3, 4, 5, 6].map((min) => ({ count: 2, min, max: min + 1, avg: min + 0.5 }));
    expect(statsLine({ pump: 'A', day: 16_143, count: 2, measures })).toBe(
      '{"pump":"A","date":"2014-03-14","count":2,"hz":{"min":1,"max":2,"avg":1.5},"disp":{"min":2,"max":3,"avg":2.5},"flo":{"min":3,"max":4,"avg":3.5},' +
        '"sedPPM":{"min":4,"max":5,"avg":4.5},"psi":{"min":5,"max":6,"avg":5.5},"chlPPM":{"min":6,"max":7,"avg":6.5}}',
    );
  });

  test('what lacks measures says null, and how many readings have one where not all do', () => {
    const missing = readingsOf(['A 2014-03-14T12:00:00 1 2 NaN 4 NaN 6']);
    expect(readingLine(missing, 0)).toBe('{"pump":"A","at":"2014-03-14T12:00:00","hz":1,"disp":2,"flo":null,"sedPPM":4,"psi":null,"chlPPM":6}');
    const measures = [2, 2, 1, 2, 0, 2].map((count) => (count === 0 ? { count, min: NaN, max: NaN, avg: NaN } : { count, min: 1, max: 1, avg: 1 }));
    const line = statsLine({ pump: 'A', day: 16_143, count: 2, measures });
    expect(line).toContain('"disp":{"min":1,"max":1,"avg":1},"flo":{"min":1,"max":1,"avg":1,"count":1}');
    expect(line).toContain('"psi":{"min":null,"max":null,"avg":null,"count":0}');
  });

  test('a reject', () => {
    expect(rejectLine({ id: 'x', source: 'bad.csv', line: 17, reason: 'r', raw: '\0' })).toBe(
      '{"source":"bad.csv","line":17,"reason":"r","raw":"\\u0000","at":null,"replayed":null}',
    );
  });
});

test('a number comes back from JSON to the bit', () => {
  fc.assert(fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
    expect(Object.is(JSON.parse(numberText(value)), value)).toBe(true);
  }));
});

test('a mean that overflowed is null', () => {
  const measures = [Infinity, -Infinity, NaN, 4, 5, 6].map((avg) => ({ count: 2, min: 1, max: 1e308, avg }));
  const line = JSON.parse(statsLine({ pump: 'A', day: 16_143, count: 2, measures })) as Record<string, unknown>;
  expect([line.hz, line.disp, line.flo, line.sedPPM]).toEqual([null, null, null, 4].map((avg) => ({ min: 1, max: 1e308, avg })));
});
