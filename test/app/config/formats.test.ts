import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadConfig } from '../../../app/config/load.ts';
import { messageOf } from '../../../domain/errors.ts';
import { tempDir } from '../../support/tempDir.ts';

function load(yaml: string) {
  const cwd = tempDir();
  writeFileSync(join(cwd, 'site.yaml'), yaml);
  return loadConfig({ file: 'site.yaml', env: {}, cwd });
}

function problems(yaml: string): string[] {
  try {
    load(yaml);
    return [];
  } catch (error) {
    return messageOf(error).split('\n').slice(1).map((line) => line.trim());
  }
}

const GOOD = `
formats:
  historian:
    kind: csv
    delimiter: ";"
    decimal: ","
    encoding: utf-8
    skip: ["[", "*", "#"]
    pump: { column: Well }
    time: { columns: [Date, Time], format: "DD.MM.YYYY HH:mm:ss", zone: site }
    quality: { column: Quality, good: [Good, 192] }
    missing: ["", "Bad Input", "No Data", "NaN", "-999"]
    measures: { psi: [TBG_PSI, PressureBar], flo: { from: RATE, scale: 34.2857, offset: 0 } }
  gateway:
    kind: json
    each: values
    tag: { path: id, pattern: "[^.]+\\\\.(?<pump>[^.]+)\\\\.(?<measure>.+)" }
    time: { path: t, unit: ms, zone: UTC }
    value: { path: v }
    quality: { path: q, good: [true] }
    measures: { psi: [psi] }
receivers:
  directory: { formats: [ { files: "hist-*.csv", format: historian } ] }
  mqtt: { topics: [ { topic: pumps/+/readings }, { topic: kep/#, format: gateway } ] }
`;

test('formats are described, and used by files and topics', () => {
  const { formats, receivers } = load(GOOD);
  expect(formats.map(({ name, kind }) => [name, kind])).toEqual([['historian', 'csv'], ['gateway', 'json']]);
  expect(formats[0]).toMatchObject({
    quality: { place: 'Quality', good: ['Good', '192'] },
    measures: [{ measure: 'flo', from: ['RATE'], scale: 34.2857, offset: 0 }, { measure: 'psi', from: ['TBG_PSI', 'PressureBar'], scale: 1 }],
  });
  expect(receivers.directory).toMatchObject({ formats: [{ files: 'hist-*.csv', format: 'historian' }] });
  expect(receivers.mqtt).toMatchObject({ topics: [{ topic: 'pumps/+/readings' }, { topic: 'kep/#', format: 'gateway' }] });
});

const csv = (more: string) => `formats: { x: { kind: csv, pump: { column: p }, time: { column: t }, measures: { psi: v }, ${more} } }`;
const json = (more: string) => `formats: { x: { kind: json, pump: { path: p }, measures: { psi: v }, ${more} } }`;

test.each([
  [csv('delimiter: ":"'), 'formats.x.delimiter: expected one of ,, ;, tab, \t, |, spaces, got ":"'],
  [json('tag: { key: true }').replace('pump: { path: p }', 'pump: { key: true }'), 'formats.x.pump.key: expected nothing with tag.key: a name in an object is one of them'],
  [csv('delimitr: ";"'), 'formats.x.delimitr: unknown key; did you mean delimiter?'],
  [csv('thousands: "."'), 'formats.x.thousands: expected another sign than decimal, which is .'],
  [csv('each: values'), 'formats.x.each: expected only with kind: json, and this is kind: csv'],
  [json('decimal: ","'), 'formats.x.decimal: expected only with kind: csv, and this is kind: json'],
  [json('time: { column: t }'), 'formats.x.time: expected path, as this is kind: json'],
  [csv('value: { column: v }'), 'formats.x.value: expected only with tag; without one measures names where each value stands'],
  [csv('quality: { column: q, good: [] }'), 'formats.x.quality.good: expected at least one word of good values, or no quality'],
  [csv("tag: { column: g, pattern: '(?<measure>.+)(?<pump>x)' }, value: { column: v }"), 'formats.x.pump: expected nothing, as tag.pattern has the pump in (?<pump>…)'],
  [csv('tag: { column: g }'), 'formats.x.value: expected the column of the value that goes with a tag'],
  ['formats: { x: { kind: csv, time: { column: t }, measures: { psi: v } } }', expect.stringContaining("formats.x.pump: expected where the pump's id comes from")],
  [csv('pump: { column: p, topic: 1 }').replace('pump: { column: p },', ''), 'formats.x.pump: expected one of column, path, topic, file, value, key, got column and topic'],
  [csv("pump: { file: '(' }").replace('pump: { column: p },', ''), expect.stringContaining('formats.x.pump.file: expected a regular expression of RE2')],
  [csv("pump: { file: '(?=a)(?<pump>.)' }").replace('pump: { column: p },', ''), expect.stringContaining('no look-around')],
  [csv("pump: { file: '(.*)_' }").replace('pump: { column: p },', ''), 'formats.x.pump.file: expected the group (?<pump>…), got none'],
  [csv('time: { column: t, format: HH:mm }').replace('time: { column: t },', ''), expect.stringContaining('formats.x.time.format: expected iso, or a format with a year (YYYY or YY)')],
  [csv('time: { column: t, unit: s, format: iso }').replace('time: { column: t },', ''), 'formats.x.time.unit: expected either format or unit'],
  [csv('time: { column: t, zone: Mars }').replace('time: { column: t },', ''), expect.stringContaining('formats.x.time.zone: expected site, an IANA time zone')],
  [csv('measures: { psi: a, hz: A }').replace('measures: { psi: v },', ''), 'formats.x.measures.psi: expected a name that stands once, got a as in hz'],
  [csv('measures: {}').replace('measures: { psi: v },', ''), 'formats.x.measures: expected at least one measure and its name in the source'],
  [csv('measures: { psi: { from: a, scale: 0 } }').replace('measures: { psi: v },', ''), 'formats.x.measures.psi.scale: expected a number other than 0'],
  [csv('measures: { presure: a }').replace('measures: { psi: v },', ''), expect.stringContaining('formats.x.measures.presure: unknown key')],
  ['formats: { "a b": { kind: csv, pump: { column: p }, time: { column: t }, measures: { psi: v } } }', expect.stringContaining('formats.a b: expected a name of letters')],
  ['receivers: { directory: { formats: [ { files: "*.csv", format: nope } ] } }', 'receivers.directory.formats[0].format: expected a name that stands in formats, got "nope"; none is described: add it under formats'],
  [`${json('')}\nreceivers: { directory: { formats: [ { files: "*.json", format: x } ] } }`, expect.stringContaining('the time of receipt says nothing of a file')],
  [`${json('').replace('path: p', 'topic: 1')}\nreceivers: { directory: { formats: [ { files: "*.json", format: x } ] } }`, expect.stringContaining('formats.x.pump.topic is for topics')],
  ['receivers: { mqtt: { topic: a, topics: [ { topic: b } ] } }', 'receivers.mqtt.topic: expected either topic or topics, got both'],
  ['receivers: { mqtt: { topics: [ { topic: b, formt: x } ] } }', 'receivers.mqtt.topics[0].formt: unknown key; did you mean format?'],
])('%s is refused, naming the key', (yaml, problem) => {
  expect(problems(yaml)).toContainEqual(problem);
});

test('times that are turned into those of a zone with daylight saving are warned of', () => {
  const yaml = (zone: string, time: string) => `site: { timezone: ${zone} }\n${csv(`time: ${time}`).replace('time: { column: t },', '')}`;
  const warned = expect.stringContaining('formats.x.time: its times are turned into those of Europe/Berlin') as string;
  expect(load(yaml('Europe/Berlin', '{ column: t, unit: s }')).warnings).toEqual([warned]);
  expect(load(yaml('Europe/Berlin', '{ column: t, zone: UTC }')).warnings).toEqual([warned]);
  expect(load(yaml('Europe/Berlin', '{ column: t }')).warnings).toEqual([]);
  expect(load(yaml('UTC', '{ column: t, unit: s }')).warnings).toEqual([]);
});
