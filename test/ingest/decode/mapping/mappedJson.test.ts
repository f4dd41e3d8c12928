import { describe, expect, test } from 'vitest';
import { decoderFor, readMapped } from './mapping.ts';
import fc from '../../../support/property.ts';

const GATEWAY = `
kind: json
each: values
tag: { path: id, pattern: '[^.]+\\.(?<pump>[^.]+)\\.(?<measure>.+)' }
time: { path: t, unit: ms, zone: UTC }
value: { path: v }
quality: { path: q, good: [true] }
measures: { psi: [psi], hz: hz }
`;
const at = 1_395_000_000_000;
const kepware = (...values: readonly object[]) => JSON.stringify({ timestamp: at, values });

describe('a list of tagged values', () => {
  const message = kepware(
    { id: 'Ch1.W12.psi', v: 81.5, q: true, t: at },
    { id: 'Ch1.W12.hz', v: '60.5', q: true, t: at },
    { id: 'Ch1.W12.temp', v: 60.5, q: true, t: at },
    { id: 'Ch1.W13.psi', v: 81.5, q: false, t: at },
    { id: 'Ch1.W13.hz', v: null, q: true, t: at },
    { id: 'Ch1.W13.hz', v: true, q: true, t: at },
    { id: 'Ch1.W13.psi', v: { Name: 'Pt Created', Value: 253 }, q: true, t: at },
    { id: 'Ch1.W12.hz', v: 61, q: true, t: 1_395_000_000 },
  );

  test('gives rows by pump and time; what is left out is counted', () => {
    const decoder = decoderFor(GATEWAY);
    const { rows, rejects } = readMapped(decoder, message, { source: 'mqtt:kep/a' });
    expect(rows).toEqual(['W12 2014-03-16T15:00:00 hz=60.5 psi=81.5']);
    expect(rejects.map(({ reason }) => reason)).toEqual([
      'expected hz (v) to be a number, got true (item 6 of 8)',
      'expected psi (v) to be a number, got an object (item 7 of 8)',
      expect.stringContaining('set formats.site.time.unit to s (item 8 of 8)'),
    ]);
    expect(new Set(rejects.map(({ id }) => id)).size).toBe(3);
    expect(decoder.leftOut()).toMatchObject({ ignored: 1, bad: 1, badQuality: [{ name: 'false' }], noValue: 1 });
  });

  test('whose value is wrong is a reject with the bytes as they came', () => {
    const wrong = ['{ "id":"Ch1.W12.psi", "v":1.50e400 ,"q":true,"t":1395000000000}', '{"id":"Ch1.W12.\\u0068z","v":"[}\\"x","q":true,"t":1395000000000.0 }'];
    const text = `{"a":[{"values":1}, "}"] , "timestamp":1, "values" : [ ${wrong[0]} , 5,${wrong[1]}\n] , "z":{}}`;
    expect(readMapped(decoderFor(GATEWAY), text).rejects.map(({ raw }) => raw)).toEqual([wrong[0], '5', wrong[1]]);
    const keyed = decoderFor('kind: json\npump: { value: W1 }\neach: tags\ntag: { key: true }\ntime: { path: $.ts, unit: s }\nmeasures: { psi: psi, hz: "7" }');
    expect(readMapped(keyed, '{"ts":1395000000,"tags":{"psi": 1.0x,"7":true}}').rejects).toHaveLength(1);
    expect(readMapped(keyed, '{"ts":1395000000,"tags":{"psi": "1.0x","7":true }}').rejects.map(({ raw }) => raw)).toEqual(['true', '"1.0x"']);
    const single = decoderFor('kind: json\npump: { path: p }\ntime: { path: t, unit: s }\nmeasures: { psi: psi }');
    expect(readMapped(single, '[{"p":"W1", "t":1395000000, "psi":1e999}]').rejects.map(({ raw }) => raw)).toEqual(['{"p":"W1", "t":1395000000, "psi":1e999}']);
  });

  test('is the same however it is cut and however small steps are, the counts too', () => {
    const source = `${message}\n[${message}, ${message}]\n{"x":1}\nnonsense here\n${message}`;
    const whole = decoderFor(GATEWAY);
    const { rows, rejects } = readMapped(whole, source);
    expect([rows.length, rejects.length]).toEqual([4, 14]);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 5 }), fc.integer({ min: 1, max: 4 }), (pieces, step) => {
        const decoder = decoderFor(GATEWAY);
        expect(readMapped(decoder, source, { pieces, step })).toMatchObject({ rows, rejects });
        expect(decoder.leftOut()).toEqual(whole.leftOut());
      }),
      { numRuns: 50 },
    );
  });
});

describe('readings', () => {
  test('have their pump at a path, and measures by path; one without a value is a reject', () => {
    const ttn = decoderFor(`
kind: json
pump: { path: end_device_ids.device_id }
time: { path: received_at }
measures: { psi: uplink_message.decoded_payload.psi, hz: uplink_message.decoded_payload.hz }
`);
    const text = (payload: string) => `{"end_device_ids":{"device_id":"w12"},"received_at":"2014-03-14T07:00:00.123456789Z","uplink_message":{${payload}}}`;
    const { rows, rejects } = readMapped(ttn, `${text('"decoded_payload":{"psi":81}')}\n${text('"f_port":0')}`, { source: 'mqtt:t' });
    expect(rows).toEqual(['w12 2014-03-14T02:00:00.123 psi=81']);
    expect(rejects).toMatchObject([
      { line: 2, reason: 'expected a value at uplink_message.decoded_payload.hz, uplink_message.decoded_payload.psi, got none' },
    ]);
  });

  test('without a value are left out where null or an empty text says so', () => {
    const decoder = decoderFor('kind: json\npump: { path: p }\ntime: { path: t, unit: s }\nmeasures: { psi: psi, hz: hz }');
    const text = '{"p":"W1","t":1395000000,"psi":null}{"p":"W1","t":1395000000,"psi":" ","hz":""}{"p":"W1","t":1395000000,"psi":"","hz":60}';
    expect(readMapped(decoder, text)).toMatchObject({ rows: ['W1 2014-03-16T15:00:00 hz=60'], rejects: [] });
    expect(decoder.leftOut()).toMatchObject({ noValue: 4 });
  });

  test('lie in a list, with the pump outside it', () => {
    const decoder = decoderFor(
      'kind: json\neach: data\npump: { path: $.device }\ntime: { path: ts, unit: ms }\nmeasures: { psi: values.psi, hz: values.hz }',
      'UTC',
    );
    const text = JSON.stringify({ device: 'W1', data: [{ ts: at, values: { psi: 1 } }, { ts: at, values: { hz: 2 } }, { ts: at, values: { hz: 3 } }] });
    expect(readMapped(decoder, text).rows).toEqual(['W1 2014-03-16T20:00:00 hz=2 psi=1', 'W1 2014-03-16T20:00:00 hz=3']);
  });

  test('come one value a topic, at the second of their receipt', () => {
    const decoder = decoderFor('kind: json\npump: { topic: 2 }\ntag: { topic: 3 }\nmeasures: { psi: psi, hz: SPEED }');
    for (const [topic, rows] of [['plant/W12/psi', ['W12 2014-03-15T07:00:00 psi=81.5']], ['plant/W12/speed', ['W12 2014-03-15T07:00:00 hz=81.5']], ['plant/W12/x', []]] as const)
      expect(readMapped(decoder, '81.5', { source: `mqtt:${topic}` })).toMatchObject({ rows, rejects: [] });
    expect(readMapped(decoder, 'ON', { source: 'mqtt:plant/W12/psi' }).rejects).toMatchObject([{ reason: expect.stringContaining('expected JSON, got `ON`') as string }]);
    expect(readMapped(decoder, '1', { source: 'mqtt:plant' }).refusal).toContain('expected level 2 of the topic to tell the pump');
  });

  test('are the names and values of an object', () => {
    const decoder = decoderFor("kind: json\neach: tags\ntag: { key: true, pattern: '(?<pump>[^.]+)\\.(?<measure>.+)' }\ntime: { path: $.ts, unit: s }\nmeasures: { psi: psi, hz: hz }", 'UTC');
    const { rows } = readMapped(decoder, '{"ts":1395000000,"tags":{"W1.psi":1,"W1.hz":2,"W2.psi":3}}');
    expect(rows).toEqual(['W1 2014-03-16T20:00:00 hz=2 psi=1', 'W2 2014-03-16T20:00:00 psi=3']);
  });

  test('are lists by pump, or by tag; a wrong item is a reject of its own', () => {
    const byPump = decoderFor('kind: json\npump: { key: true }\neach: data\ntime: { path: ts, unit: s }\nmeasures: { psi: psi }', 'UTC');
    const { rows, rejects } = readMapped(byPump, '{"data":{"W2":[{"ts":1395000000,"psi":1}, {"ts":1395000000,"psi":"x"}],"7":[{"ts":1395000000,"psi":3}],"W4":{"ts":1395000000,"psi":4},"":[{ }]}}');
    expect(rows).toEqual(['7 2014-03-16T20:00:00 psi=3', 'W2 2014-03-16T20:00:00 psi=1', 'W4 2014-03-16T20:00:00 psi=4']);
    expect(rejects.map(({ raw }) => raw)).toEqual(['{"ts":1395000000,"psi":"x"}', '{ }']);
    expect(readMapped(byPump, '{"data":[]}').rejects[0].reason).toContain('expected an object of readings at data, got');
    const byTag = decoderFor('kind: json\npump: { value: W1 }\ntag: { key: true }\nvalue: { path: v }\ntime: { path: ts, unit: s }\nmeasures: { psi: p, hz: f }', 'UTC');
    expect(readMapped(byTag, '{"p":[{"ts":1395000000,"v":1}],"f":[{"ts":1395000000,"v":2}]}').rows).toEqual(['W1 2014-03-16T20:00:00 hz=2 psi=1']);
  });
});

describe('bad input', () => {
  const decoder = decoderFor(GATEWAY);
  test.each([
    ['a MiB that is nested a thousand deep', `${'['.repeat(1)}${'{"values":'.repeat(1000)}1${'}'.repeat(1000)}${' '.repeat(1_000_000)}]`, 'at most 64 deep in each other, got 1000'],
    ['a name that stands twice', '{"values":[{"id":"Ch1.W12.psi","v":81.5,"v":0,"q":true,"t":1395000000000}]}', 'one that stands twice'],
    ['NaN', '{"values":[{"id":"Ch1.W12.psi","v":NaN}]}', 'send null for "no value"'],
    ['a value that does not end', '{"values":[{"id":"Ch1.W12.psi"', 'a value that does not end'],
    ['another shape', '{"status":"online"}', 'expected a list at values, got nothing'],
    ['plain CSV', 'W12,3/10/14,1:01,10.27,1.73,881,1.56,85,1.94', 'expected JSON, got `W12`'],
    ['a list that closes what was not opened', ']', 'expected JSON, got `]`'],
    ['no time', '{"values":[{"id":"Ch1.W12.psi","v":1}]}', 'expected a time at t, got nothing'],
    ['broken UTF-8', Buffer.from('{"a\xff":1}', 'latin1'), 'expected UTF-8'],
  ])('of %s is one reject, and says so', (_, payload, reason) => {
    const { rows, rejects } = readMapped(decoder, payload, { source: 'mqtt:kep/a' });
    expect([rows, rejects.map((reject) => reject.reason)]).toEqual([[], [expect.stringContaining(reason)]]);
  });

  test('of ten thousand tags in one message is counted, and the one that is known is stored', () => {
    const fresh = decoderFor(GATEWAY);
    const values = Array.from({ length: 10_000 }, (_, i) => ({ id: `Ch1.W12.t${i}`, v: 1, q: true, t: at }));
    const { rows } = readMapped(fresh, kepware(...values, { id: 'Ch1.W12.psi', v: 1, q: true, t: at }));
    expect(rows).toHaveLength(1);
    expect(fresh.leftOut()).toMatchObject({ ignored: 10_000 });
  });

  test('of a value in a file that is too long costs its line', () => {
    const long = `{"values":["${'x'.repeat(700_000)}"]}`;
    const good = kepware({ id: 'Ch1.W12.psi', v: 81.5, q: true, t: at });
    const { rows, rejects } = readMapped(decoder, `${long}\n${good}\n`, { pieces: [600_000] });
    expect([rows.length, rejects.map(({ reason }) => reason)]).toEqual([1, ['expected a value of at most 524,288 bytes, got a longer one']]);
  });
});
