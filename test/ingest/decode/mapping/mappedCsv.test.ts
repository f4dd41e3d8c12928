import { describe, expect, test } from 'vitest';
import { decoderFor, readMapped } from './mapping.ts';
import fc from '../../../support/property.ts';

const LONG = `
kind: csv
tag: { column: Tagname, pattern: '(?<pump>[^.]+)\\.(?<measure>.+)' }
time: { column: TimeStamp, format: 'M/D/YY H:mm' }
value: { column: Value }
quality: { column: DataQuality, good: [Good, 192] }
missing: ['', Bad Input, No Data, -999]
skip: ['[', '*']
measures: { psi: [TBG_PSI, PressureBar], hz: FREQ, flo: { from: RATE, scale: 34.2857, offset: 1 } }
`;

const LONG_ROWS = `[Data]
* made by hand
Tagname,TimeStamp,Value,DataQuality
W12.TBG_PSI,7/20/14 11:07,81.5,Good
W12.FREQ,7/20/14 11:07,60,192
W12.TEMP,7/20/14 11:07,12,Good
W12.RATE,7/20/14 11:07,2,good
W13.TBG_PSI,7/20/14 11:07,Bad Input,Good
W13.FREQ,7/20/14 11:07,50,Uncertain
W12.TBG_PSI,7/20/14 11:08,80,Good
W13.FREQ,7/20/14 11:08,x,Good
`;

describe('one value a row', () => {
  test('becomes a row for each pump and time; what maps to nothing and what is not good is counted', () => {
    const decoder = decoderFor(LONG);
    const { rows, rejects } = readMapped(decoder, LONG_ROWS);
    expect(rows).toEqual(['W12 2014-07-20T11:07:00 hz=60 flo=69.5714 psi=81.5', 'W12 2014-07-20T11:08:00 psi=80']);
    expect(rejects.map(({ line, reason }) => [line, reason])).toEqual([[11, 'expected hz (Value) to be a number, got `x`']]);
    expect(decoder.leftOut()).toEqual({
      format: 'site', ignored: 1, ignoredTags: [{ name: 'W12.TEMP', count: 1 }], bad: 1, badQuality: [{ name: 'Uncertain', count: 1 }],
      noValues: [{ name: 'psi', count: 1 }], noValue: 1,
    });
  });

  test('is the same however it is cut and however small steps are, the counts too', () => {
    const whole = decoderFor(LONG);
    const { rows, rejects } = readMapped(whole, LONG_ROWS.repeat(3));
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 5 }), fc.integer({ min: 1, max: 4 }), (pieces, step) => {
        const decoder = decoderFor(LONG);
        expect(readMapped(decoder, LONG_ROWS.repeat(3), { pieces, step })).toMatchObject({ rows, rejects });
        expect(decoder.leftOut()).toEqual(whole.leftOut());
      }),
      { numRuns: 50 },
    );
  });
});

const WIDE = `
kind: csv
delimiter: ";"
decimal: ","
unitsRow: true
pump: { file: '(?<pump>[^_]+)_' }
time: { columns: [Datum, Zeit], format: 'DD.MM.YYYY HH:mm' }
measures: { psi: { from: Druck, scale: 14.5038 }, hz: Frequenz }
`;

describe('a value for each measure in a row', () => {
  test('is read with a decimal comma, a line of units, and the pump from the name of the file', () => {
    const text = 'Trend 1\n\nDatum;Zeit;"Druck";"Frequenz";Bemerkung\n;;bar;Hz;\n14.03.2014;01:00;5;50,5;\n14.03.2014;01:01;;50;"a;b"\n14.03.2014;01:02;;;\n';
    const { rows, rejects } = readMapped(decoderFor(WIDE), text, { source: 'W12_März.csv' });
    expect(rows).toEqual(['W12 2014-03-14T01:00:00 hz=50.5 psi=72.519', 'W12 2014-03-14T01:01:00 hz=50']);
    expect(rejects.map(({ line, reason }) => [line, reason])).toEqual([[7, 'expected a value of at least one of hz, psi, got none']]);
  });

  test('comes in the encodings of Windows', () => {
    const text = 'Zeit;Datum;Druck;Frequenz\n°;;bar;Hz\n01:00;14.03.2014;5,0;"50"\n01:00;14.03.2014;5.0;50\n';
    const yaml = (encoding: string) => `${WIDE}encoding: ${encoding}\n`.replace(/pump: .*/, 'pump: { value: Brücke }');
    const ansi = Buffer.from(text, 'latin1');
    for (const pieces of [[1000], [7]]) {
      expect(readMapped(decoderFor(yaml('windows-1252')), ansi, { pieces }).rows).toEqual(['Brücke 2014-03-14T01:00:00 hz=50 psi=72.519']);
      const utf16 = readMapped(decoderFor(yaml('utf-16le')), Buffer.from(`\ufeff${text}`, 'utf16le'), { pieces });
      expect(utf16.rows).toEqual(['Brücke 2014-03-14T01:00:00 hz=50 psi=72.519']);
      expect(utf16.rejects).toMatchObject([
        { line: 4, reason: 'expected psi (Druck) to be a number with a decimal comma, got `5.0`', raw: '01:00;14.03.2014;5.0;50' },
      ]);
    }
  });

  test('is refused when its header is too long, or stands behind too many blank lines: nothing of it is passed over in silence', () => {
    const heads = Array.from({ length: 10_000 }, (_, i) => `S.W${i}.psi`).join(',');
    const wide = "kind: csv\ntag: { header: true, pattern: 'S\\.(?<pump>[^.]+)\\.(?<measure>.+)' }\ntime: { column: t }\nmeasures: { psi: psi }\n";
    const long = readMapped(decoderFor(wide), `t,${heads}\n2014-03-14T01:00,${'1,'.repeat(9999)}1\n`);
    expect(long.refusal).toContain('line 1: expected a line of at most 65,536 bytes');
    const blank = readMapped(decoderFor(wide), `${'\n'.repeat(200)}t,S.W1.psi\n2014-03-14T01:00,1\n`);
    expect(blank.refusal).toContain('the first 100 lines are blank');
    expect(readMapped(decoderFor(wide), '\n\n').refusal).toBeUndefined();
  });

  test('is refused when the header lacks a column, and the reason says which', () => {
    const { refusal } = readMapped(decoderFor(WIDE), 'Datum;Zeit;Druck\n;;\n14.03.2014;01:00;5\n', { source: 'W1_.csv' });
    expect(refusal).toBe('no header of formats.site: line 1 lacks Frequenz for hz. To see what the file has: wellwatch preview FILE');
    expect(readMapped(decoderFor(WIDE), 'Datum;Zeit;Druck;Druck;Frequenz\n', { source: 'W1_.csv' }).refusal).toContain('names Druck twice');
    expect(readMapped(decoderFor(WIDE), 'x', { source: 'nope.csv' }).refusal).toContain("expected the file's name to tell the pump");
  });

  test('may have a quality beside each value, tags as heads, and columns by number', () => {
    const quality = decoderFor(
      'kind: csv\npump: { column: 1 }\ntime: { column: 2 }\nquality: { good: [192] }\nmeasures: { psi: { from: 3, quality: 4 }, hz: { from: 5, quality: 6 } }',
    );
    const rows = readMapped(quality, 'A,2014-03-14 01:00:00,81.5,192,60,0\nA,2014-03-14 01:01:00,81.5,64,60,0\n').rows;
    expect(rows).toEqual(['A 2014-03-14T01:00:00 psi=81.5']);
    expect(quality.leftOut()).toMatchObject({ bad: 3, badQuality: [{ name: '0', count: 2 }, { name: '64', count: 1 }] });
    const heads = decoderFor("kind: csv\ntag: { header: true, pattern: '(?<pump>[^/]+)/(?<measure>.+)' }\ntime: { column: t_stamp }\nmeasures: { psi: psi, hz: hz }");
    const text = 't_stamp,A/psi,A/hz,B/psi,B/temp\n2014-03-14 01:00:00,1,2,3,4\n2014-03-14 01:01:00,,,3,4\n2014-03-14 01:02:00,1,x,3,4\n';
    for (const step of [1, 100]) {
      const read = readMapped(heads, text, { step, pieces: [60] });
      expect(read.rows).toEqual(['A 2014-03-14T01:00:00 hz=2 psi=1', 'B 2014-03-14T01:00:00 psi=3', 'B 2014-03-14T01:01:00 psi=3']);
      expect(read.rejects).toMatchObject([{ line: 4, reason: 'expected hz (A/hz) to be a number, got `x`' }]);
    }
    expect(heads.leftOut().ignoredTags).toEqual([{ name: 'B/temp', count: 2 }]);
  });

  test('has a header again where files were joined, and quotes over lines', () => {
    const decoder = decoderFor('kind: csv\npump: { column: p }\ntime: { column: t }\nmeasures: { psi: v }');
    const text = '\ufeffp,t,v\n"A, ""one""",2014-03-14T01:00,1\nv,t,p\n2,2014-03-14T01:01,"B\nC"\n3,2014-03-14T01:02,"D"x\n';
    const { rows, rejects } = readMapped(decoder, text, { pieces: [11] });
    expect(rows).toEqual(['A, "one" 2014-03-14T01:00:00 psi=1']);
    expect(rejects.map(({ line, reason }) => [line, reason])).toEqual([
      [4, expect.stringContaining('expected the pump to be 1 to 64 characters')],
      [6, 'expected a delimiter or the end of the line after a closing quote, got something else'],
    ]);
  });
});

describe('times', () => {
  const one = (time: string, text: string, zone?: string) => {
    const read = readMapped(decoderFor(`kind: csv\npump: { value: A }\ntime: { column: 1, ${time} }\nmeasures: { psi: 2 }`, zone), `${text},1\n`);
    return read.rows[0]?.slice(2, -6) ?? read.rejects[0].reason;
  };

  test.each([
    ['format: iso', '2014-03-14T07:00:00.1234567Z', '2014-03-14T02:00:00.123'],
    ['format: iso', '2014-03-14 07:00:00-06:00', '2014-03-14T08:00:00'],
    ['format: iso', '2014-03-14 07:00', '2014-03-14T07:00:00'],
    ['zone: UTC', '2014-01-14 07:00', '2014-01-14T01:00:00'],
    ['zone: "-06:00"', '2014-07-14 07:00', '2014-07-14T08:00:00'],
    ['zone: Europe/Berlin', '2014-07-14 07:00', '2014-07-14T00:00:00'],
    ['unit: s', '1395000000', '2014-03-16T15:00:00'],
    ['unit: ms', '1395000000123', '2014-03-16T15:00:00.123'],
    ['unit: s', '1395000000.5', '2014-03-16T15:00:00.500'],
    ["format: 'DD-MMM-YY HH:mm:ss.S'", '12-MAR-14 01:00:00.25', '2014-03-12T01:00:00.250'],
    ["format: 'M/D/YYYY h:mm A'", '3/4/2014 12:05 am', '2014-03-04T00:05:00'],
    ["format: 'D. MMM YYYY [um] H:mm'", '4. März 2014 um 1:05', '2014-03-04T01:05:00'],
    ["format: 'YYYYMMDDHHmmss'", '20140304010509', '2014-03-04T01:05:09'],
    ['align: 1s', '2014-03-14 07:00:00.999', '2014-03-14T07:00:00'],
  ])('%s: %s is %s', (time, text, wall) => {
    expect(one(time, text)).toBe(wall);
  });

  test('that are of another unit are told, as the year says so', () => {
    expect(one('unit: ms', '1395000000')).toBe(
      'expected ms since 1970, got `1395000000`, which would be 1970-01-17 but is 2014-03-16 in s: set formats.site.time.unit to s',
    );
    expect(one('unit: s', '1395000000123')).toContain('set formats.site.time.unit to ms');
    expect(one('unit: s', '0')).toContain("the sender's clock is not set");
    expect(one('format: iso', '1395000000')).toContain('looks like an epoch time: set formats.site.time.unit');
    expect(one("format: 'DD.MM.YYYY HH:mm'", '31.02.2014 01:00')).toBe('expected a time like DD.MM.YYYY HH:mm, got `31.02.2014 01:00`');
  });

  test('with and without a zone in one file are not mixed', () => {
    const decoder = decoderFor('kind: csv\npump: { value: A }\ntime: { column: 1 }\nmeasures: { psi: 2 }', 'UTC');
    const { rows, rejects } = readMapped(decoder, '2014-03-14T01:00Z,1\n2014-03-14T01:01,1\n2014-03-14T02:02+01:00,1\n', { pieces: [5], step: 1 });
    expect(rows).toEqual(['A 2014-03-14T01:00:00 psi=1', 'A 2014-03-14T01:02:00 psi=1']);
    expect(rejects).toMatchObject([{ line: 2, reason: 'expected a time with a zone as the ones before, got `2014-03-14T01:01`' }]);
  });
});

describe('bad input', () => {
  test('costs its row: infinity, long lines, NULs, broken UTF-8', () => {
    const decoder = decoderFor('kind: csv\npump: { value: A }\ntime: { column: 1 }\nmeasures: { psi: { from: 2, scale: 1e300 } }');
    const rows = ['1e9', '1', 'x'.repeat(70_000), '\0', '\xff', '2'].map((value) => `2014-03-14T01:00,${value}\n`).join('');
    const { rows: taken, rejects } = readMapped(decoder, Buffer.from(rows, 'latin1'), { pieces: [140_000] });
    expect(taken).toHaveLength(2);
    expect(rejects.map(({ line, reason }) => [line, reason.slice(0, 60)])).toEqual([
      [1, 'expected psi (column 2) to be a finite number after scale 1e'],
      [3, 'expected a line of at most 65,536 bytes, got a longer one'],
      [4, 'expected text, got a NUL'],
      [5, 'expected UTF-8, got bytes that are none'],
    ]);
  });

  test('of ten thousand tags is counted, with a bounded number of names', () => {
    const decoder = decoderFor(LONG);
    const lines = Array.from({ length: 10_000 }, (_, i) => `W1.T${i},7/20/14 11:07,1,Good`);
    const { rows, rejects } = readMapped(decoder, ['Tagname,TimeStamp,Value,DataQuality', ...lines, 'W1.FREQ,7/20/14 11:07,1,Good'].join('\n'));
    expect([rows, rejects]).toEqual([['W1 2014-07-20T11:07:00 hz=1'], []]);
    expect(decoder.leftOut()).toMatchObject({ ignored: 10_000 });
    expect(decoder.leftOut().ignoredTags.length).toBeLessThanOrEqual(20);
  });

  test('of a pattern that backtracking would take for ever on costs a moment', () => {
    const decoder = decoderFor(LONG.replace('(?<pump>[^.]+)\\.(?<measure>.+)', '(?<pump>(a+)+)\\.(?<measure>(b*)*c)'));
    const { rows } = readMapped(decoder, `Tagname,TimeStamp,Value,DataQuality\n${'a'.repeat(200)}.${'b'.repeat(50)},7/20/14 11:07,1,Good\n`);
    expect(rows).toEqual([]);
  });
});
