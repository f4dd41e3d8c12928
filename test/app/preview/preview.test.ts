import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { describe, expect, test } from 'vitest';
import { loadConfig } from '../../../app/config/load.ts';
import type { Answers } from '../../../app/preview/answers.ts';
import { type Preview, previewOf } from '../../../app/preview/preview.ts';
import { readSample } from '../../../app/preview/sample.ts';
import { MEASURES } from '../../../domain/reading/measures.ts';
import { tempDir } from '../../support/tempDir.ts';

const CONFIG = loadConfig({ defaults: { site: { timezone: 'UTC' } }, env: {} });
const now = Date.UTC(2026, 0);

async function preview(name: string, content: string | Buffer, answers: Partial<Answers> = {}): Promise<Preview> {
  const path = join(tempDir(), name);
  writeFileSync(path, content);
  return previewOf(await readSample(path), { config: CONFIG, answers: { measures: {}, ...answers }, now });
}

/** `W12 2014-03-14T01:00:00 psi=81.5`. */
function lines({ decoded }: Preview): string[] {
  return (decoded?.readings ?? []).map(({ pump, at, values }) =>
    [pump, at, ...MEASURES.filter((measure) => values[measure] !== null).map((measure) => `${measure}=${values[measure]}`)].join(' '));
}

const DATA = join(import.meta.dirname, '../../../data/formats');

describe('the entry that is proposed', () => {
  test.each(readdirSync(DATA).filter((name) => !name.endsWith('.txt')))('of %s works when it is pasted, and reads the same', async (name) => {
    const sample = await readSample(join(DATA, name));
    const first = previewOf(sample, { config: CONFIG, answers: { measures: {} }, now });
    expect([first.form, first.questions, first.decoded?.rejected]).toEqual(['proposed', [], 0]);
    const config = loadConfig({ defaults: { site: { timezone: 'UTC' }, ...(parse(first.yaml!) as object) }, env: {} });
    const second = previewOf(sample, { config, answers: { measures: {} }, now });
    expect([second.form, second.format]).toEqual(['configured', first.format]);
    expect(lines(second)).toEqual(lines(first));
    expect(lines(second).length).toBeGreaterThan(1);
  });
});

const GERMAN = 'Datum;Uhrzeit;Pumpe;Druck [bar];Durchfluß\n03.04.2014;01:00;W12;5,62;800\n04.04.2014;01:00;W12;5,6;801\n';

test('whether day or month comes first is proved or asked, and never guessed', async () => {
  const asked = await preview('a.csv', GERMAN);
  expect([asked.form, asked.yaml, asked.decoded]).toEqual(['unknown', null, undefined]);
  expect(asked.questions).toEqual([expect.stringContaining('03.04.2014 01:00 written DD.MM.YYYY HH:mm or MM.DD.YYYY HH:mm')]);
  expect(lines(await preview('a.csv', GERMAN, { dateOrder: 'day' }))[0]).toBe('W12 2014-04-03T01:00:00 flo=800 psi=81.511356');
  expect(lines(await preview('a.csv', GERMAN, { dateOrder: 'month' }))[0]).toBe('W12 2014-03-04T01:00:00 flo=800 psi=81.511356');
  expect(lines(await preview('a.csv', GERMAN.replace('04.04', '14.04')))).toHaveLength(2);
});

test('columns that stand below each other, and times in parts, are read', async () => {
  const aligned = await preview('a.txt', '# logger 4\ndate       time      psi   hz\n2014-03-14 01:00:00  81.5  50.1\n2014-03-14 01:01:00   9.5  50\n', { pump: 'W12' });
  expect(lines(aligned)).toEqual(['W12 2014-03-14T01:00:00 hz=50.1 psi=81.5', 'W12 2014-03-14T01:01:00 hz=50 psi=9.5']);
  const parts = await preview('a.csv', 'Well,Year,Month,Day,Hour,Minute,psi\nW12,2014,3,14,1,0,81.5\nW13,2014,12,1,23,59,71\n');
  expect(lines(parts)).toEqual(['W12 2014-03-14T01:00:00 psi=81.5', 'W13 2014-12-01T23:59:00 psi=71']);
});

test('encodings are found: those of Windows too', async () => {
  const proved = GERMAN.replace('04.04', '14.04');
  for (const [bytes, encoding] of [[Buffer.from(proved, 'latin1'), 'windows-1252'], [Buffer.from(proved, 'utf16le'), 'utf-16le']] as const) {
    const found = await preview('a.csv', bytes);
    expect(found.found).toContain(`delimiter ;, ${encoding}`);
    expect(lines(found)).toHaveLength(2);
  }
});

test('the plain form needs no entry, and one whose days come first does', async () => {
  const row = (date: string) => `COHUTTA,${date},1:01,10.27,1.73,881,1.56,85,1.94\n`;
  expect((await preview('a.csv', row('3/14/14'))).form).toBe('plain');
  const header = 'ResourceID,Date,Time,HZ,Displace,Flow,SedimentPPM,PressureLbs,ChlorinePPM\n';
  expect(lines(await preview('a.csv', header + row('25/3/14')))).toEqual([
    'COHUTTA 2014-03-25T01:01:00 hz=10.27 disp=1.73 flo=881 sedPPM=1.56 psi=85 chlPPM=1.94',
  ]);
});

describe('shapes that others write', () => {
  test('annotated CSV of InfluxDB, with its headers again', async () => {
    const head = '#datatype,string,long,dateTime:RFC3339,dateTime:RFC3339,double,string,string,string\n#group,false,false,true,false,false,true,true,true\n'
      + '#default,_result,,,,,,,\n,result,table,_start,_time,_value,_field,_measurement,pump\n';
    const row = (time: string, value: string, field: string) => `,,0,2014-03-13T00:00:00Z,2014-03-13T${time}Z,${value},${field},pump,W12\n`;
    const found = await preview('a.csv', head + row('10:00:00', '81.5', 'psi') + row('10:01:00', '81.7', 'psi') + `\n${head}` + row('10:00:00', '60', 'freq'));
    expect(found.questions).toEqual([]);
    expect(lines(found)).toEqual(['W12 2014-03-13T10:00:00 hz=60 psi=81.5', 'W12 2014-03-13T10:01:00 psi=81.7']);
  });

  test('words of system states, month names, a logger with kPa and rpm, a file without a header', async () => {
    const pi = await preview('a.csv', 'Tag,Timestamp,Value\nW12.TBG_PSI,12-Mar-14 01:00:00,81.5\nW12.TBG_PSI,12-Mar-14 01:01:00,I/O Timeout\n');
    expect([lines(pi), pi.leftOut?.noValue]).toEqual([['W12 2014-03-12T01:00:00 psi=81.5'], 1]);
    const logger = await preview('a.csv', 'epoch;well;pressure_kpa;rpm\n1395000000;W12;560;1200\n1395000060;W12;NAN;-9999\n');
    expect(lines(logger)).toEqual(['W12 2014-03-16T20:00:00 hz=20 psi=81.22128000000001']);
    const bare = 'W12,2014-03-14 01:00:00,81.5,60\n';
    expect((await preview('a.csv', bare)).questions).toEqual([expect.stringContaining('--measure psi=NAME')]);
    expect(lines(await preview('a.csv', bare, { measures: { psi: '3', hz: '4' } }))).toEqual(['W12 2014-03-14T01:00:00 hz=60 psi=81.5']);
  });

  test('a number that is written otherwise is a reject, and no word for "no value"', async () => {
    const found = await preview('W1_x.csv', 'Zeit;Druck\n14.03.2014 01:00;5,5\n14.03.2014 01:01;10.05,5\n14.03.2014 01:02;5,6\n');
    expect([lines(found).length, found.decoded?.rejected]).toEqual([2, 1]);
  });

  test('JSON: a list of tags whose good quality has to be asked for, nested readings', async () => {
    const list = JSON.stringify([{ Tagname: 'W12_psi', quality: 0, value: 81.5, Time: '2014-03-14 01:00:00' }]);
    expect((await preview('a.json', list)).questions).toEqual([expect.stringContaining('--good WORD')]);
    expect(lines(await preview('a.json', list, { good: ['0'] }))).toEqual(['W12 2014-03-14T01:00:00 psi=81.5']);
    const nested = '{"ids":{"device_id":"w12"},"received_at":"2014-03-14T01:00:00Z","up":{"f_port":1,"payload":{"psi":81}}}';
    expect(lines(await preview('a.json', nested))).toEqual(['w12 2014-03-14T01:00:00 psi=81']);
  });

  test('titles with times above the header, as spreadsheets put them beside what they fetched', async () => {
    const content = 'PI-Server;Startzeit;Endzeit;\nPISRV;14.03.2014 00:00:00;15.03.2014 00:00:00;\n;;;\nZeitstempel;Druck [bar];Frequenz [Hz];Pumpe\n'
      + '14.03.2014 01:00:00;5,62;50,0;W12\n14.03.2014 01:01:00;Bad Input;49,9;W12\n14.03.2014 01:02:00;5,6;49,9;W12\n';
    const found = await preview('a.csv', content);
    expect(found.found).toContain('the header is line 4');
    expect(lines(found)).toEqual([
      'W12 2014-03-14T01:00:00 hz=50 psi=81.511356', 'W12 2014-03-14T01:01:00 hz=49.9', 'W12 2014-03-14T01:02:00 hz=49.9 psi=81.22128',
    ]);
  });

  test('times as numbers of days, with a month first, and as Java writes them', async () => {
    const stored = ['W12 2014-03-14T01:00:00 psi=81.5', 'W12 2014-03-14T01:01:00 psi=82'];
    for (const [one, other] of [
      ['41712.0416666667', '41712.0423611111'], ['41712.04167', '41712.04236'], ['"Mar 14, 2014 1:00:00 AM"', '"Mar 14, 2014 1:01:00 AM"'],
      ['Fri Mar 14 01:00:00 CET 2014', 'Fri Mar 14 01:01:00 CET 2014'],
    ])
      expect(lines(await preview('a.csv', `t_stamp,well,psi\n${one},W12,81.5\n${other},W12,82\n`))).toEqual(stored);
  });

  test('the pump stands where an answer says', async () => {
    const csv = 'Zeit;Ort;Druck\n2014-03-14 01:00;Feld 7;81,5\n';
    expect((await preview('a.csv', csv)).questions).toEqual([expect.stringContaining('--pump-column NAME')]);
    expect(lines(await preview('a.csv', csv, { pumpColumn: 'ort' }))).toEqual(['Feld 7 2014-03-14T01:00:00 psi=81.5']);
    expect((await preview('a.csv', csv, { pumpColumn: 'x' })).questions).toContainEqual(expect.stringContaining('--pump-column x names none'));
    const json = '{"meta":{"loc":"W7"},"time":"2014-03-14T01:00:00Z","psi":"81.5","vib":"1,5"}';
    const found = await preview('a.json', json, { pumpColumn: 'loc' });
    expect(lines(found)).toEqual(['W7 2014-03-14T01:00:00 psi=81.5']);
    expect(found.found).toContainEqual('numbers are written as texts at psi, vib: they are taken as numbers');
    expect(found.found).toContainEqual('not used: vib');
  });

  test('nothing of these is neither, and says so', async () => {
    for (const text of ['', 'hello\nworld\n', '{"a":'])
      expect((await preview('a.csv', text)).questions).toEqual([expect.stringContaining('neither a table with times nor JSON')]);
  });
});

describe('what would be stored as something else is asked or told', () => {
  test('a comma that may separate thousands', async () => {
    const content = 'Well,Time,Flow,Hz\nW1,2024-03-14 01:00,"1,250",60\nW1,2024-03-14 02:00,"1,251",60\n';
    const asked = await preview('a.csv', content);
    expect(asked.questions).toEqual([expect.stringContaining('Is the comma in 1,250 a decimal sign')]);
    expect(lines(await preview('a.csv', content, { decimal: 'comma' }))[0]).toBe('W1 2024-03-14T01:00:00 hz=60 flo=1.25');
    const point = await preview('a.csv', content.replace('1,251', '1,251.5'));
    expect(lines(point)).toEqual(['W1 2024-03-14T01:00:00 hz=60 flo=1250', 'W1 2024-03-14T02:00:00 hz=60 flo=1251.5']);
    expect(point.found).toContainEqual('separators of thousands, such as in 1,250');
    expect(point.yaml).toContain('thousands: ","');
    expect(lines(await preview('W1_x.csv', 'Zeit;Flow\n14.03.2014 01:00;1\u00a0250,5\n14.03.2014 01:01;900\n'))).toEqual(
      ['W1 2014-03-14T01:00:00 flo=1250.5', 'W1 2014-03-14T01:01:00 flo=900'],
    );
    const told = await preview('a.csv', 'Pumpe;Zeit;psi\nW1;2024-03-14 01:00;1.081\nW1;2024-03-14 02:00;1.082\n');
    expect(told.found).toContainEqual(expect.stringContaining('1.081 is taken as 1.081'));
  });

  test('a status of numbers is not the value, however many values are words', async () => {
    const content = 'Tag,Timestamp,Value,Status\nW1.psi,2024-03-14 01:00,81.5,0\nW1.psi,2024-03-14 01:01,Bad Input,-255\nW1.hz,2024-03-14 01:02,I/O Timeout,-246\n';
    expect((await preview('a.csv', content)).questions).toEqual([expect.stringContaining('Which words of Status are good')]);
    expect(lines(await preview('a.csv', content, { good: ['0'] }))).toEqual(['W1 2024-03-14T01:00:00 psi=81.5']);
  });

  test('each column has its own quality', async () => {
    const rows = ',81.5,Good,60,Good\n2024-03-14 01:01,0,Bad,61,Good\n2024-03-14 01:02,82,Good,0,Uncertain\n'.replaceAll('\n2', '\nW1,2');
    const wide = await preview('a.csv', `Well,Time,PSI,PSI_Status,Hz,Hz_Status\nW1,2024-03-14 01:00${rows}`);
    const stored = ['W1 2024-03-14T01:00:00 hz=60 psi=81.5', 'W1 2024-03-14T01:01:00 hz=61', 'W1 2024-03-14T01:02:00 psi=82'];
    expect(lines(wide)).toEqual(stored);
    const tags = 'Time,F/W1/PSI,F/W1/PSI.quality,F/W1/Hz,F/W1/Hz.quality\n';
    expect(lines(await preview('a.csv', `${tags}2024-03-14 01:00${rows.replaceAll('W1,', '')}`))).toEqual(stored);
    const two = await preview('a.csv', `${tags.replaceAll('F/W1/Hz', 'F/W2/Hz')}2024-03-14 01:00${rows.replaceAll('W1,', '')}`);
    expect(two.questions).toEqual([expect.stringContaining('values that are bad would be taken')]);
  });

  test('the unit of a column that an answer names', async () => {
    const content = 'Pumpe;Zeit;Druck [bar]\nW1;2024-03-14 01:00;5,62\n';
    for (const name of ['Druck [bar]', 'Druck', 'druck'])
      expect(lines(await preview('a.csv', content, { measures: { psi: name } }))).toEqual(['W1 2024-03-14T01:00:00 psi=81.511356']);
    expect((await preview('a.csv', content, { measures: { psi: 'Drukc' } })).questions).toEqual(['--measure psi=Drukc names none, or several, of Druck [bar]']);
  });
});

/** Two pumps at two times with two measures, as `write` has one value of them. */
function pieces(write: (pump: string, measure: 0 | 1, time: string, value: number) => string): string {
  return ['01:00:00', '01:01:00'].flatMap((time) => ['W12', 'W13'].flatMap((pump) => [
    write(pump, 0, `2014-03-14T${time}Z`, 81), write(pump, 1, `2014-03-14T${time}Z`, 800)])).join('\n');
}

test('what all tags end with is no measure, and letters of instruments are', async () => {
  const found = await preview('pi.csv', `Tag,Timestamp,Value\n${pieces((pump, measure, time, value) =>
    `${pump}.${['PI', 'AI_FLOW'][measure]}.PV,${time},${value}`)}\n`);
  expect(found.questions).toEqual([]);
  expect(lines(found)[0]).toBe('W12 2014-03-14T01:00:00 flo=800 psi=81');
});

test('tags whose measures nobody knows are asked for, and an answer is enough', async () => {
  const content = `Tag,Timestamp,Value\n${pieces((pump, measure, time, value) => `${pump}.${['X1', 'X2'][measure]},${time},${value}`)}\n`;
  const asked = await preview('a.csv', content);
  expect([asked.found.at(-3), asked.questions]).toEqual(['not used: X1, X2', [expect.stringContaining('--measure psi=NAME')]]);
  expect(lines(await preview('a.csv', content, { measures: { psi: 'X1' } }))[0]).toBe('W12 2014-03-14T01:00:00 psi=81');
});

test('nodes of OPC UA have their pump behind the namespace, their value in a body, and the time of their source', async () => {
  const found = await preview('opcua.jsonl', pieces((pump, measure, time, value) => JSON.stringify({
    NodeId: `ns=2;s=${pump}.${['Pressure', 'Flow'][measure]}`, ServerTimestamp: '2014-03-14T02:00:00Z', SourceTimestamp: time,
    Value: { Type: 'Double', Body: value } })));
  expect(lines(found)[0]).toBe('W12 2014-03-14T01:00:00 flo=800 psi=81');
});

test('a pump may stand within an object of its device', async () => {
  const found = await preview('nested.json', '[{"device":{"id":"W12"},"seen":"2014-03-14T01:00:00Z","readings":{"pressure_psi":81}}]');
  expect(lines(found)).toEqual(['W12 2014-03-14T01:00:00 psi=81']);
});

test('a pump comes before its device and the host of a gateway; rows that contradict each other are told', async () => {
  const content = pieces((pump, measure, time, value) =>
    JSON.stringify({ tags: { host: 'gw1', pump }, fields: { [['psi', 'flo'][measure]]: value + (pump === 'W12' ? 0 : 1) }, timestamp: time }));
  const found = await preview('telegraf.jsonl', content);
  expect([lines(found)[0], found.decoded?.replaced]).toEqual(['W12 2014-03-14T01:00:00 flo=800 psi=81', 0]);
  expect((await preview('telegraf.jsonl', content, { pumpColumn: 'host' })).decoded?.replaced).toBe(4);
});

test('a value has its unit beside it: bar become psi, and two units of one tag are asked about', async () => {
  const content = 'Zeitpunkt;Anlage;Messgröße;Messwert;Einheit\n14.03.2014 01:00;W12;Druck;5,62;bar\n14.03.2014 01:01;W12;Druck;5,6;bar\n';
  expect(lines(await preview('a.csv', content))[0]).toBe('W12 2014-03-14T01:00:00 psi=81.511356');
  expect((await preview('a.csv', content.replace('5,6;bar', '5,6;psi'))).questions)
    .toEqual(['The values of Druck have several units (bar, psi): give each unit a tag or a file of its own']);
});

test('lists by pump and lists by measure', async () => {
  const item = (psi: number) => ({ ts: 1394758800000, values: { psi } });
  expect(lines(await preview('things.json', JSON.stringify({ W12: [item(81), item(82)], 7: [item(60)] }))))
    .toEqual(['7 2014-03-14T01:00:00 psi=60', 'W12 2014-03-14T01:00:00 psi=82']);
  const value = (text: string) => ({ ts: 1394758800000, value: text });
  expect(lines(await preview('series.json', JSON.stringify({ psi: [value('81.5')], hz: [value('50')] }), { pump: 'W12' })))
    .toEqual(['W12 2014-03-14T01:00:00 hz=50 psi=81.5']);
});

test('times of digits alone, and lists that one entry can not read together', async () => {
  expect(lines(await preview('a.csv', 'AT,WELL,PRESSURE\n20140314010000,W12,81\n20140314010100,W12,82\n'))[0]).toBe('W12 2014-03-14T01:00:00 psi=81');
  const item = { ts: 1394758800000, values: { psi: 81 } };
  expect((await preview('things.json', JSON.stringify({ site: 'A', W12: [item], W13: [item] }))).questions[0])
    .toBe('W13 is a list like W12, and an entry reads one: write one list, with the name in each item');
});
