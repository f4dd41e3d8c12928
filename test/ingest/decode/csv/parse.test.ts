import { describe, expect, test } from 'vitest';
import { RAW_LIMIT } from '../../../../domain/reading/reject.ts';
import { parseTime } from '../../../../domain/reading/wallClock.ts';
import { csvDecoder } from '../../../../ingest/decode/csv/csvDecoder.ts';
import { CSV_START } from '../../../../ingest/decode/csv/csvState.ts';
import { StepBuffer } from '../../../../ingest/decode/stepBuffer.ts';
import { readSource } from './parsing.ts';

const HEADER = 'ResourceID,Date,Time,HZ,Displace,Flow,SedimentPPM,PressureLbs,ChlorinePPM';
const GOOD = 'COHUTTA,3/10/14,1:01,10.27,1.73,881,1.56,85,1.94';
const ROW = ['COHUTTA', parseTime('2014-03-10T01:01'), 7, 10.27, 1.73, 881, 1.56, 85, 1.94];

/** A good line with one field replaced. */
function withField(position: number, text: string): string {
  return GOOD.split(',').with(position, text).join(',');
}

describe('a source', () => {
  test.each([
    ['LF', `${GOOD}\n${GOOD}\n`],
    ['CRLF', `${GOOD}\r\n${GOOD}\r\n`],
    ['no end of the last line', `${GOOD}\n${GOOD}`],
    ['a CR without LF at its very end', `${GOOD}\n${GOOD}\r`],
    ['a BOM', `\ufeff${GOOD}\n${GOOD}\n`],
    ['a BOM before a header', `\ufeff${HEADER}\n${GOOD}\n${GOOD}\n`],
    ['blank lines', `\n\n${GOOD}\n   \n\r\n  \r\n${GOOD}\n\n`],
    ['spaces around fields', `${GOOD}\n  ${GOOD.replaceAll(',', ' ,  ')} \n`],
    ['quotes', `"COHUTTA","3/10/14","1:01","10.27","1.73","881","1.56","85","1.94"\n${GOOD}\n`],
    ['spaces inside and outside quotes', `  " COHUTTA " , 3/10/14,"1:01 ",10.27,1.73,881,1.56,85, "1.94"  \r\n${GOOD}`],
  ])('may have %s', (_, text) => {
    expect(readSource(text)).toMatchObject({ rows: [ROW, ROW], rejects: [] });
  });

  test('without a byte, or without anything but spaces, has neither rows nor rejects', () => {
    expect(readSource('')).toMatchObject({ rows: [], rejects: [] });
    expect(readSource(' \n\r\n  ')).toMatchObject({ rows: [], rejects: [] });
  });

  test('has one BOM at most: a second one belongs to the first field, at whose ends nobody sees it', () => {
    expect(readSource(`\ufeff\ufeff${GOOD}`).rows[0][0]).toBe('COHUTTA');
  });
});

describe('a header', () => {
  test.each([
    ['in the usual order', `${HEADER}\n${GOOD}`],
    ['in any case', `${HEADER.toUpperCase()}\n${GOOD}`],
    [
      'in quotes, with spaces',
      `${HEADER.split(',')
        .map((name) => ` " ${name}" `)
        .join(',')}\n${GOOD}`,
    ],
    ['after blank lines', `\n  \n${HEADER}\n${GOOD}`],
    [
      'in another order',
      `ChlorinePPM,PressureLbs,SedimentPPM,Flow,Displace,HZ,Time,Date,ResourceID\n${GOOD.split(',').reverse().join(',')}`,
    ],
    ['with other columns', `Note,${HEADER},Operator\nall well,${GOOD},Bob`],
    ['with other columns that hold line ends and quotes', `Note,${HEADER}\n"all\r\n\n""well"", so far",${GOOD}`],
    ['with a name in quotes that holds a comma', `"Note, if any",${HEADER}\nfine,${GOOD}`],
    ['with another name that is repeated', `Note,${HEADER},Note\na,${GOOD},b`],
    ['after a comment', `# exported 2026-10-08, by Bob\n${HEADER}\n${GOOD}`],
    ['after the separator as Excel writes it', `sep=,\r\n${HEADER}\r\n${GOOD}`],
    ['after lines of commas alone', `,,,,,,,,\n , ,\n${HEADER}\n${GOOD}`],
    ['after all of these', `\ufeffsep=,\n\n# "a"\n,,,\n${HEADER}\n${GOOD}`],
    ['with names that objects have', `__proto__,${HEADER},constructor\nx,${GOOD},y`],
    ['with names that are no UTF-8', Buffer.concat([Buffer.from(`${HEADER},Gr`), Buffer.of(0xfc), Buffer.from(`n\n${GOOD},1\n`)])],
  ])('may come %s', (_, text) => {
    expect(readSource(text)).toMatchObject({ rows: [ROW], rejects: [], refusal: undefined });
  });

  test('decides how many fields a line has', () => {
    const { rows, rejects } = readSource(`Note,${HEADER}\n${GOOD}\nx,${GOOD}\nx,${GOOD},y\n`);
    expect(rows).toHaveLength(1);
    expect(rejects.map(({ line, reason }) => [line, reason])).toEqual([
      [2, 'expected 10 fields, got 9'],
      [4, 'expected 10 fields, got 11'],
    ]);
  });

  test('further down counts from there on', () => {
    const swapped = 'ResourceID,Date,Time,PressureLbs,HZ,Displace,Flow,SedimentPPM,ChlorinePPM';
    const again = GOOD.split(',');
    const other = [...again.slice(0, 3), again[7], ...again.slice(3, 7), again[8]].join(',');
    const text = `${GOOD}\n${swapped}\n${other}\n${HEADER}\n${GOOD}\nNote,${HEADER}\nx,${GOOD}\n`;
    for (const plainToo of [true, false]) {
      expect(readSource(text, { plainToo })).toMatchObject({ rows: [ROW, ROW, ROW, ROW], rejects: [], refusal: undefined });
    }
  });

  test('after a line that is no reading counts all the same', () => {
    expect(readSource(`Pumps of the north field\n${HEADER}\n${GOOD}\n`)).toMatchObject({ rows: [ROW], rejects: [{ line: 1 }] });
  });

  test.each([
    [
      'lacks columns',
      'ResourceID,Date,Time,Flow',
      'the header lacks HZ, Displace, SedimentPPM, PressureLbs, ChlorinePPM: expected the ' + 'col',
    ],
    ['has another name for a column', HEADER.replace('ResourceID', 'Pump'), /lacks ResourceID: .*Nobody knows `Pump`: rename/],
    [
      'has its own name for most',
      'Well,Day,Hour,Speed,Displace,Flow,Sediment,P,Cl',
      /Nobody knows `Well`, `Day`, `Hour`, `Speed`, `Sediment` and more/,
    ],
    ['names a column twice', `${HEADER},pressurelbs`, 'the header names PressureLbs twice'],
    ['is separated by semicolons', HEADER.replaceAll(',', ';'), 'the header is separated by semicolons: expected commas'],
    ['is separated by tabs', HEADER.replaceAll(',', '\t'), 'the header is separated by tabs'],
    ['is a comment', `# ${HEADER}`, 'the header is a comment: remove the #'],
    ['is that of an export', 'pump,at,hz,disp,flo,sedPPM,psi,chlPPM', 'the header lacks ResourceID'],
  ])('that %s refuses the source, and nothing below it is taken', (_, header, reason) => {
    for (const plainToo of [true, false]) {
      const { rows, rejects, refusal } = readSource(`${header}\n${GOOD}\n`, { plainToo });
      expect({ rows, rejects }).toEqual({ rows: [], rejects: [] });
      expect(refusal).toMatch(reason);
      expect(refusal).toMatch(/^line 1: /);
    }
    const { rows, refusal } = readSource(`${GOOD}\n${header}\n${GOOD}\n`);
    expect(rows).toEqual([ROW]);
    expect(refusal).toMatch(/^line 2: /);
  });

  test('needs two names: one alone may be anything', () => {
    expect(readSource(`Time,to,go,home,now,all,of,you,!\n${GOOD}\n`)).toMatchObject({ rows: [ROW], rejects: [{ line: 1 }] });
  });

  test('is none when the line is a reading', () => {
    expect(readSource(withField(0, '#1')).rows[0][0]).toBe('#1');
  });
});

describe('an empty field', () => {
  const missing = (...columns: readonly number[]) => ROW.map((value, column) => (columns.includes(column) ? NaN : value));

  test.each([[[3]], [[7]], [[8]], [[3, 8]], [[3, 4, 5, 6, 7]]])('is a missing cell, at %j', (columns) => {
    const line = GOOD.split(',').map((field, column) => (columns.includes(column) ? '' : field)).join(',');
    for (const plainToo of [true, false]) {
      for (const end of ['\n', '\r\n', ''])
        expect(readSource(`${line}${end}`, { plainToo })).toMatchObject({ rows: [missing(...columns)], rejects: [] });
    }
    expect(readSource(`${line.split(',').map((field) => ` ${field} `).join(',')}\n`)).toMatchObject({ rows: [missing(...columns)] });
  });

  test('of every measure makes the row a reject', () => {
    for (const line of ['A,3/10/14,1:01,,,,,,', 'A,3/10/14,1:01,-999,,-999.25,,,-9999'])
      expect(readSource(`${line}\n${GOOD}\n`)).toMatchObject({
        rows: [ROW],
        rejects: [{ reason: 'expected a value of at least one of HZ, Displace, Flow, SedimentPPM, PressureLbs, ChlorinePPM, got none' }],
      });
  });

  test('is no number: a sign or a point alone is a reject', () => {
    for (const text of ['-', '+', '.', '-.', 'x', '-e5']) expect(readSource(withField(7, text))).toMatchObject({ rows: [], rejects: [{}] });
  });
});

test.each(['-999', '-9999', '-999.0', '-999.25', '-99999', '"-999"'])(
  '%s stands for no value: its cell is missing',
  (text) => {
    const { rows, rejects } = readSource(`${withField(7, text)}\n${GOOD}\n`);
    expect(rows).toEqual([ROW.map((value, column) => (column === 7 ? NaN : value)), ROW]);
    expect(rejects).toEqual([]);
    expect(readSource(['-998', '-999.5', '999', '-20', '-10000'].map((psi) => withField(7, psi)).join('\n')).rejects).toEqual([]);
  },
);

describe('a pump id', () => {
  test.each(['a', 'A b', 'PUMP_1_2014-03-10', '__proto__', 'Größe', '泵站', 'x'.repeat(64), '😀'.repeat(64), '=cmd', "it's"])(
    'may be %s',
    (id) => {
      expect(readSource(withField(0, id)).rows.map(([pump]) => pump)).toEqual([id]);
    },
  );

  test.each(['', '   ', 'a/b', 'x'.repeat(65), '😀'.repeat(65), 'a\tb', '\ta', 'a\u007fb', 'a\u0085b', 'a\rb', '"a\nb"'])(
    'may not be %j',
    (id) => {
      const { rows, rejects } = readSource(`${withField(0, id)}\n${GOOD}\n`);
      expect(rows).toEqual([ROW]);
      expect(rejects).toMatchObject([
        { line: 1, reason: expect.stringMatching(/^expected ResourceID to be 1 to 64 characters .* got /) as string },
      ]);
    },
  );

  test('is one with all that only look like it', () => {
    const alike = ['Caf\u00e9', '\u00a0Caf\u00e9\u200b', ' \ufeffCafe\u0301\u2060 ', '"Cafe\u0301\u3000"'];
    const { rows, rejects } = readSource(alike.map((id) => withField(0, id)).join('\n'));
    expect(rejects).toEqual([]);
    expect(rows.map(([pump]) => pump)).toEqual(alike.map(() => 'Caf\u00e9'));
  });

  test('that only looks like none is shown as what it is', () => {
    expect(readSource(withField(0, '\u200b/\u00a0')).rejects[0].reason).toContain('got `\\u200b/\\u00a0`');
  });

  test('that holds a quote needs quotes', () => {
    expect(readSource(withField(0, '"the ""old"" one"')).rows[0][0]).toBe('the "old" one');
    expect(readSource(withField(0, 'the "old" one')).rejects).toHaveLength(1);
  });
});

describe('a date', () => {
  test.each([
    ['3/10/14', '2014-03-10'],
    ['03/10/14', '2014-03-10'],
    ['3/1/2014', '2014-03-01'],
    ['12/31/1999', '1999-12-31'],
    ['1/1/00', '2000-01-01'],
    ['12/31/99', '2099-12-31'],
    ['2014-03-10', '2014-03-10'],
    ['2/29/16', '2016-02-29'],
    ['2/29/2000', '2000-02-29'],
    ['0000-01-01', '0000-01-01'],
    ['1/1/0099', '0099-01-01'],
    ['9999-12-31', '9999-12-31'],
  ])('may be %s', (text, date) => {
    for (const plainToo of [true, false]) expect(readSource(withField(1, text), { plainToo }).rows[0][1]).toBe(parseTime(`${date}T01:01`));
  });

  test.each([
    '',
    '2/29/15',
    '2/29/1900',
    '2/30/16',
    '4/31/14',
    '0/1/14',
    '1/0/14',
    '1/32/14',
    '3/10/1',
    '3/10/014',
    '3/10/20144',
    '003/10/14',
    '3/010/14',
    '3-10-14',
    '2014/03/10',
    '2014-3-10',
    '14-03-10',
    '2014-02-29',
    '20140310',
    '3/10',
    '3/10/14/1',
    '3//14',
    '-3/10/14',
    '3/10/1４',
    '10 Mar 2014',
    '2014-03-10T01:01',
  ])('may not be %j', (text) => {
    const { rows, rejects } = readSource(`${withField(1, text)}\n${GOOD}\n`);
    expect(rows).toEqual([ROW]);
    expect(rejects).toMatchObject([
      { line: 1, reason: `expected Date to be a date like 3/14/14 or 2014-03-14, got ${text === '' ? 'nothing' : `\`${text}\``}` },
    ]);
  });
});

describe('a time', () => {
  test.each([
    ['1:01', '01:01'],
    ['01:01', '01:01'],
    ['0:00', '00:00'],
    ['23:59', '23:59'],
    ['1:01:05', '01:01:05'],
    ['23:59:59', '23:59:59'],
    ['1:01:05.5', '01:01:05.500'],
    ['1:01:05.05', '01:01:05.050'],
    ['1:01:05.005', '01:01:05.005'],
    ['2:30', '02:30'],
  ])('may be %s', (text, time) => {
    for (const plainToo of [true, false])
      expect(readSource(withField(2, text), { plainToo }).rows[0][1]).toBe(parseTime(`2014-03-10T${time}`));
  });

  test.each([
    '',
    '24:00',
    '1:60',
    '1:01:60',
    '23:59:60',
    '1:1',
    '001:01',
    '1:001',
    '1:01:5',
    '1:01:05.',
    '1:01:05.0005',
    '1:01:05,5',
    '1',
    '1:',
    ':01',
    '-1:01',
    '1:01 PM',
    '1.01',
    '1:01:',
    '1:01Z',
  ])('may not be %j', (text) => {
    const { rows, rejects } = readSource(`${withField(2, text)}\n${GOOD}\n`);
    expect(rows).toEqual([ROW]);
    expect(rejects).toHaveLength(1);
    if (!text.includes(','))
      expect(rejects[0].reason).toMatch(
        /^expected Time to be a time of day like 1:01 or 13:05:30(, got | with at most three digits of a second, got )/,
      );
  });
});

describe('a number', () => {
  const numbers = [
    '0',
    '-0',
    '+0',
    '0.0',
    '-0.000',
    '5',
    '+5',
    '-5',
    '5.',
    '.5',
    '-.5',
    '+.5',
    '00012.50',
    '0.1',
    '0.3',
    '1e3',
    '1E3',
    '1e+3',
    '1e-3',
    '.5e1',
    '5.e1',
    '1e308',
    '-1e308',
    '1e-320',
    '1e-999',
    '1e000',
    '999999999999999',
    '99999999999999.9',
    '9007199254740993',
    '0.000000000000001',
    '0.1234567890123456789',
    '123456789012345678901234567890',
    '4.35',
    '1.005',
    '0.07',
    '2.675',
    '8.41',
    '87.30793319415449',
  ];
  test.each(numbers)('%s is the same double as Number(text), at every place', (text) => {
    for (const plainToo of [true, false]) {
      for (let field = 3; field < 9; field++) expect(readSource(withField(field, text), { plainToo }).rows[0][field]).toBe(Number(text));
    }
  });

  test.each([
    '.',
    '-',
    '+',
    '-.',
    'e5',
    '1e',
    '1e+',
    '1e1000',
    '1e999',
    '-1e400',
    '--5',
    '+-5',
    '5-',
    '1_000',
    '0x10',
    '0b1',
    'NaN',
    'Infinity',
    '-Infinity',
    '5abc',
    'abc',
    '1.2.3',
    '1 000',
    '５',
    '5,5',
    '\t5',
  ])('may not be %j', (text) => {
    const { rows, rejects } = readSource(`${withField(7, text)}\n${GOOD}\n`);
    expect(rows).toEqual([ROW]);
    expect(rejects).toHaveLength(1);
    if (!text.includes(',')) expect(rejects[0].reason).toMatch(/^expected PressureLbs to be a number, got (`.*`|nothing)$/);
  });
});

describe('a reject', () => {
  test('tells source, line, reason and the record as it came', () => {
    const { rejects } = readSource(`\r\n${GOOD}\r\n${withField(7, 'abc')}\r\n`, { source: 'pumps.csv' });
    expect(rejects).toEqual([
      {
        id: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
        source: 'pumps.csv',
        line: 3,
        reason: 'expected PressureLbs to be a number, got `abc`',
        raw: withField(7, 'abc'),
        receivedAt: 7,
        columns: [0, 1, 2, 3, 4, 5, 6, 7, 8],
      },
    ]);
  });

  test.each([
    ['a wrong number of fields', 'COHUTTA,3/10/14,1:01,10.27,1.73,881,1.56', 'expected 9 fields, got 7'],
    ['one field too many', `${GOOD},`, 'expected 9 fields, got 10'],
    ['a NUL', withField(0, 'CO\0HUTTA'), 'expected text, got a NUL'],
    ['a quote inside a field', withField(0, 'CO"HUTTA'), 'expected a quote only around a whole field, got one inside a field'],
    [
      'something after a closing quote',
      withField(0, '"CO"HUTTA'),
      'expected a comma or the end of the line after a closing quote, got something else',
    ],
    [
      'a CR after a closing quote',
      withField(0, '"COHUTTA"\r'),
      'expected a comma or the end of the line after a closing quote, got something else',
    ],
  ])('comes of %s, which costs only its row', (_, line, reason) => {
    for (const end of ['\n', '\r\n', '']) {
      const { rows, rejects } = readSource(`${GOOD}\n${line}${end || '\n'}${GOOD}${end}`);
      expect(rows).toEqual([ROW, ROW]);
      expect(rejects).toMatchObject([{ line: 2, reason, raw: line }]);
    }
  });

  test.each([[[0xff]], [[0xc3]], [[0xc0, 0x80]], [[0xed, 0xa0, 0x80]], [[0xf4, 0x90, 0x80, 0x80]]])(
    'comes of the bytes %j, which are no UTF-8',
    (broken) => {
      const text = Buffer.concat([Buffer.from('CO'), Buffer.from(broken), Buffer.from(`${GOOD.slice(2)}\n${GOOD}\n`)]);
      const { rows, rejects } = readSource(text);
      expect(rows).toEqual([ROW]);
      expect(rejects).toMatchObject([
        { line: 1, reason: 'expected UTF-8, got bytes that are none', raw: expect.stringContaining('\ufffd') as string },
      ]);
    },
  );

  test('keeps a bounded part of a long record and quotes a short part of a long field, without control characters', () => {
    const { rejects } = readSource(withField(7, `😀${'x\t'.repeat(5000)}`));
    expect(rejects[0].raw.length).toBeLessThanOrEqual(RAW_LIMIT);
    expect(rejects[0].reason).toMatch(/^expected PressureLbs to be a number, got `😀x\\u0009(x\\u0009){17}.*…`$/u);
    expect(readSource('😀'.repeat(5000)).rejects[0].raw).toBe('😀'.repeat(RAW_LIMIT / 2));
    expect(readSource(`x${'😀'.repeat(5000)}`).rejects[0].raw).toBe(`x${'😀'.repeat(RAW_LIMIT / 2 - 1)}`);
  });

  test('has an id that depends on the content of the source up to it, not on the name of the file', () => {
    const bad = withField(7, 'abc');
    const [first, second] = readSource(`${bad}\n${bad}\n`).rejects;
    expect(first.id).not.toBe(second.id);
    expect(
      readSource(`${bad}\n${bad}\n${bad}`, { source: 'copy.csv' })
        .rejects.slice(0, 2)
        .map(({ id }) => id),
    ).toEqual([first.id, second.id]);
    expect(readSource(`${withField(7, 'abd')}\n${bad}\n`).rejects[1].id).not.toBe(second.id);
    expect(readSource(`${GOOD}\n${bad}\n`).rejects[0].id).not.toBe(first.id);
  });

  test('in what is added to a file later has the id that it would have in the whole file', () => {
    const bytes = Buffer.from(`${GOOD}\nbad\nworse\n`);
    const into = new StepBuffer(10);
    const piece = { bytes, from: 0, to: GOOD.length + 5, final: true, source: 'a.csv', receivedAt: 7 };
    const { state, consumed } = csvDecoder.take(piece, CSV_START, into);
    csvDecoder.take({ ...piece, from: consumed, to: bytes.length }, state, into);
    expect(into.rejects).toEqual(readSource(bytes).rejects);
  });

  test('of a message has an id that depends on its topic', () => {
    const [one, again, other] = ['mqtt:pumps/a/readings', 'mqtt:pumps/a/readings', 'mqtt:pumps/b/readings'].map(
      (source) => readSource('bad', { source }).rejects[0].id,
    );
    expect(again).toBe(one);
    expect(other).not.toBe(one);
  });
});

describe('a stray quote', () => {
  test('that is never closed costs its physical line', () => {
    const { rows, rejects } = readSource(`${GOOD}\n"${GOOD}\n${GOOD}\n${GOOD}\n`);
    expect(rows).toEqual([ROW, ROW, ROW]);
    expect(rejects).toMatchObject([
      { line: 2, raw: `"${GOOD}`, reason: expect.stringMatching(/^expected an opening quote to be closed/) as string },
    ]);
  });

  test('that another stray quote closes lines later costs both lines and none in between', () => {
    for (const second of [`"${GOOD}`, `${GOOD}"`, withField(3, '10"')]) {
      const { rows, rejects } = readSource(`"${GOOD}\n${GOOD}\n${GOOD}\n${second}\n${GOOD}\n`);
      expect(rows).toEqual([ROW, ROW, ROW]);
      expect(rejects.map(({ line }) => line)).toEqual([1, 4]);
    }
  });

  test('that is not closed within 64 KiB costs its physical line, and lines are counted on', () => {
    const { rows, rejects } = readSource(`Note,${HEADER}\n"${`x,${GOOD}\n`.repeat(2000)}y,bad\n`, { pieces: [200_000], step: 5000 });
    expect(rows).toHaveLength(1999);
    expect(rejects.map(({ line }) => line)).toEqual([2, 2002]);
  });

  test('in a wrong row that is framed well costs that row', () => {
    const { rows, rejects } = readSource(`Note,${HEADER}\n"a\nb",${withField(7, 'abc')}\nx,${GOOD}\n`);
    expect(rows).toEqual([ROW]);
    expect(rejects).toMatchObject([{ line: 2, raw: `"a\nb",${withField(7, 'abc')}` }]);
  });
});

describe('a long line', () => {
  const KIB_64 = 65_536;

  test('of 64 KiB is read, with either line end, and one byte more is a reject', () => {
    for (const end of ['\n', '\r\n', '']) {
      const most = GOOD + ' '.repeat(KIB_64 - GOOD.length);
      expect(readSource(most + end)).toMatchObject({ rows: [ROW], rejects: [] });
      expect(readSource(`${most} ${end}`)).toMatchObject({
        rows: [],
        rejects: [{ line: 1, reason: 'expected a line of at most 65,536 bytes, got a longer one' }],
      });
    }
  });

  test('costs one reject and no memory, and reading goes on behind it', () => {
    const long = 'x,"'.repeat(1_000_000);
    const { rows, rejects, state } = readSource(`${GOOD}\n${long}\n${GOOD}\nbad\n`, { pieces: [140_000] });
    expect(rows).toEqual([ROW, ROW]);
    expect(rejects.map(({ line, raw }) => [line, raw])).toEqual([[2, long.slice(0, RAW_LIMIT)], [4, 'bad']]);
    expect(state).toMatchObject({ line: 4, header: 'none' });
  });

  test('at the end leaves nothing to be read', () => {
    const { rejects, state } = readSource('x'.repeat(300_000), { pieces: [140_000] });
    expect(rejects).toHaveLength(1);
    expect(state).toMatchObject({ offset: 300_000, skipping: true });
  });
});

describe('a record of several lines', () => {
  const record = (bytes: number) => {
    const rest = `",${GOOD}`;
    return `"a\n${'x'.repeat(bytes - rest.length - 3)}${rest}`;
  };

  test('of 64 KiB is read, with either line end, and one byte more has a quote that is not closed in time', () => {
    for (const end of ['\n', '\r\n', '']) {
      expect(readSource(`Note,${HEADER}\n${record(65_536)}${end}`)).toMatchObject({ rows: [ROW], rejects: [] });
      const { rows, rejects } = readSource(`Note,${HEADER}\n${record(65_537)}${end}`);
      expect(rows).toEqual([]);
      expect(rejects[0]).toMatchObject({
        line: 2,
        raw: '"a',
        reason: expect.stringMatching(/^expected an opening quote to be closed/) as string,
      });
    }
  });
});

describe('hostile input', () => {
  const many = 200_000;
  test.each([
    ['a quote a line', '"\n', many],
    ['an opening quote a line', `a,"b\n`, many],
    ['quotes in rows of three', ',"""\n', many],
    ['one line of quotes', '"', 5 * many],
    ['one line of commas', ',', 5 * many],
    ['nothing but line ends', '\n', 5 * many],
    ['a NUL a line', '\0\n', many],
  ])('of %s is read to its end', (_, text, times) => {
    const bytes = Buffer.from(text.repeat(times));
    const into = new StepBuffer(65_536);
    let state = CSV_START;
    while (state.offset < bytes.length) {
      into.clear();
      const to = Math.min(bytes.length, state.offset + 1_048_576);
      state = csvDecoder.take(
        { bytes, from: state.offset, to, final: to === bytes.length, source: 'a.csv', receivedAt: 0 },
        state,
        into,
      ).state;
    }
    expect(state.line).toBe(text.endsWith('\n') ? times : 0);
  });
});

describe('a step', () => {
  test('takes no more than its limit, of rows and rejects together', () => {
    const into = new StepBuffer(100);
    into.limit = 3;
    const bytes = Buffer.from(`${GOOD}\nbad\n${GOOD}\n${GOOD}\n`);
    const parsed = csvDecoder.take({ bytes, from: 0, to: bytes.length, final: true, source: 'a.csv', receivedAt: 0 }, CSV_START, into);
    expect([into.readings.length, into.rejects.length, into.size, into.full, parsed.state.line]).toEqual([2, 1, 3, true, 3]);
  });

  test('is full of rejects before they take too much memory', () => {
    const bytes = Buffer.from(`${'x'.repeat(2000)}\n`.repeat(10_000));
    const into = new StepBuffer(65_536);
    csvDecoder.take({ bytes, from: 0, to: bytes.length, final: true, source: 'a.csv', receivedAt: 0 }, CSV_START, into);
    expect(into.full).toBe(true);
    expect(into.rejects.length).toBeLessThan(9000);
  });

  test('from which rejects are taken back has room for others', () => {
    const into = new StepBuffer(65_536);
    const reject = { id: '', source: '', line: 1, reason: '', raw: 'x'.repeat(RAW_LIMIT) };
    while (!into.full) into.rejects.push(reject);
    into.rejects.length = 1;
    expect(into.full).toBe(false);
    into.clear();
    expect([into.full, into.size]).toEqual([false, 0]);
  });

  test('is full of pump ids before they take too much memory, and has room again when cleared', () => {
    const bytes = Buffer.from(Array.from({ length: 70_000 }, (_, i) => withField(0, `PUMP-${i}`)).join('\n'));
    const into = new StepBuffer(100_000);
    const piece = { bytes, from: 0, to: bytes.length, final: true, source: 'a.csv', receivedAt: 0 };
    const { state, consumed } = csvDecoder.take(piece, CSV_START, into);
    expect([into.full, into.readings.length]).toEqual([true, 65_536]);
    into.clear();
    csvDecoder.take({ ...piece, from: consumed }, state, into);
    expect(into.readings.length).toBe(70_000 - 65_536);
    expect(into.readings.names[into.readings.pump[0]]).toBe('PUMP-65536');
  });
});

test('a header that was kept before a measure was added leaves that one missing', () => {
  const bytes = Buffer.from('COHUTTA,3/10/14,1:01,10.27,1.73,881,1.56,85\n');
  const into = new StepBuffer(10);
  const header = { positions: [0, 1, 2, 3, 4, 5, 6, 7], count: 8 };
  csvDecoder.take(
    { bytes, from: 0, to: bytes.length, final: true, source: 'a.csv', receivedAt: 0 },
    { ...CSV_START, offset: 9, header },
    into,
  );
  expect(into.readings.values.map((column) => column[0])).toEqual([10.27, 1.73, 881, 1.56, 85, NaN]);
});
