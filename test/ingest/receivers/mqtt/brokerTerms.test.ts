import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectAsync } from 'mqtt';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { probeBroker } from '../../../../ingest/receivers/mqtt/probe.ts';
import { hasMosquitto, type Mosquitto, startMosquitto } from '../../../support/mosquitto.ts';
import { type PlainBroker, startPlainBroker } from '../../../support/plainBroker.ts';
import { until } from '../../../support/waiting.ts';
import { publish, QUICK, receive, type Receiving, untilConnected } from './setUp.ts';

const LIMITS = { ...QUICK, heartbeat: { everyMs: 50, answerMs: 300 } };
const PROTOCOLS = [4, 5] as const;
const levels = ({ events }: Receiving) => events.map(({ level }) => level);
const notes = ({ receiver }: Receiving) => receiver.status().notes?.join('\n');
const probed = (url: string, protocol: 4 | 5) =>
  probeBroker({ access: { url, protocol }, clientId: 'wellwatch', filters: ['pumps/+/readings'], timeoutMs: 300 });

/** Takes a row over a receiver of its own, which is stopped after it. */
async function takesARow(url: string, protocol: 4 | 5, clientId: string, qos: 0 | 1 = 1): Promise<Receiving> {
  const receiving = receive({ url, protocol, clientId, limits: LIMITS });
  await untilConnected(receiving);
  await publish(url, ['a row'], { qos });
  await until(() => receiving.log.durable >= 1, 'the row is on disk');
  return receiving;
}

describe.skipIf(!hasMosquitto)('a broker without retained messages', () => {
  let mosquitto: Mosquitto;
  beforeAll(async () => {
    mosquitto = await startMosquitto({ config: ['retain_available false', 'persistence false'] });
  });
  afterAll(() => mosquitto.stop());

  test.each(PROTOCOLS)('is told once, and the last will is not retained there (MQTT %i)', async (protocol) => {
    const heard: string[] = [];
    const listener = await connectAsync(mosquitto.url);
    onTestFinished(() => listener.endAsync());
    listener.on('message', (_topic, payload) => heard.push(payload.toString()));
    await listener.subscribeAsync(`wellwatch/unretained-${protocol}/status`);
    const receiving = await takesARow(mosquitto.url, protocol, `unretained-${protocol}`);
    expect(notes(receiving)).toContain('retained');
    const said = receiving.events.length;
    await receiving.receiver.stop();
    await until(() => heard.length === 2, 'it came and went');
    expect(heard).toEqual(['online', 'offline']);
    expect(receiving.events).toHaveLength(said);
    expect(receiving.events.filter(({ message }) => message.includes('retained'))).toMatchObject([{ level: 'warn' }]);
    // MQTT 3.1.1 gives no reason: what was refused without a word was an outage at first.
    expect(said).toBe(protocol === 5 ? 1 : 3);
    expect(await probed(mosquitto.url, protocol)).toEqual({ notes: [expect.stringContaining('retained') as string] });
  });
});

describe.skipIf(!hasMosquitto)('a broker of QoS 0', () => {
  let mosquitto: Mosquitto;
  beforeAll(async () => {
    mosquitto = await startMosquitto({ config: ['max_qos 0', 'persistence false'] });
  });
  afterAll(() => mosquitto.stop());

  test.each(PROTOCOLS)('is told as an error, and its rows are taken (MQTT %i)', async (protocol) => {
    const receiving = await takesARow(mosquitto.url, protocol, `qos0-${protocol}`, 0);
    expect(notes(receiving)).toContain('QoS 0 only: what comes while we are away is lost');
    expect(levels(receiving)).toContain('error');
    const said = receiving.events.length;
    await receiving.receiver.stop();
    expect(receiving.events).toHaveLength(said);
    const probe = await probed(mosquitto.url, protocol);
    expect('notes' in probe && probe.notes.join('\n')).toContain('QoS 0 only');
  });
});

describe.skipIf(!hasMosquitto)('a broker where we may only read', () => {
  let mosquitto: Mosquitto;
  let dir: string;
  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'wellwatch-'));
    const acl = join(dir, 'acl');
    writeFileSync(acl, 'topic read pumps/+/readings\npattern write pumps/%c/readings\n', { mode: 0o600 });
    mosquitto = await startMosquitto({ config: [`acl_file ${acl}`, 'persistence false'] });
  });
  afterAll(async () => {
    await mosquitto.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  test.each(PROTOCOLS)('is told once, rows come, and nothing is wrong at a stop (MQTT %i)', async (protocol) => {
    const receiving = receive({ url: mosquitto.url, protocol, clientId: `reader-${protocol}`, limits: LIMITS });
    await untilConnected(receiving);
    await publish(mosquitto.url, ['a row'], { clientId: 'COHUTTA' });
    await until(() => receiving.log.durable === 1, 'the row is on disk');
    await until(() => notes(receiving) !== '', 'it is told');
    await untilConnected(receiving);
    // This mosquitto also ends the connection, and gives MQTT 3.1.1 no reason.
    expect(receiving.events.filter(({ message }) => message.includes('does not let us publish'))).toHaveLength(1);
    const said = receiving.events.length;
    await receiving.receiver.stop();
    expect(receiving.events).toHaveLength(said);
    expect(levels(receiving)).not.toContain('error');
    const probe = await probed(mosquitto.url, protocol);
    expect('notes' in probe && probe.notes).toEqual([expect.stringMatching(/does not (let us publish|bring back what we publish)/)]);
  });
});

describe('a broker that knows nothing of shared subscriptions', () => {
  let plain: PlainBroker;
  beforeAll(async () => {
    plain = await startPlainBroker({ mayPublish: (topic) => !topic.startsWith('wellwatch/unwelcome') });
  });
  afterAll(() => plain.stop());

  test('gives several connections each message once', async () => {
    const receiving = receive({ url: plain.url, protocol: 4, connections: 3, limits: LIMITS });
    await untilConnected(receiving);
    for (const pump of ['A', 'B', 'C', 'D', 'E']) await publish(plain.url, [pump], { topic: `pumps/${pump}/readings` });
    await until(() => receiving.log.durable === 5, 'all are on disk');
    expect([...receiving.log.payloads].sort()).toEqual(['A', 'B', 'C', 'D', 'E']);
    expect(await probed(plain.url, 4)).toEqual({ notes: [] });
  });

  test('sends what wellwatch tells of itself too where the topic is #, and that is no reading', async () => {
    const limits = { ...QUICK, heartbeat: { everyMs: 10, answerMs: 20 } };
    const receiving = receive({ url: plain.url, protocol: 4, clientId: 'all', topic: '#', connections: 2, limits });
    await untilConnected(receiving);
    const beats: string[] = [];
    const listener = await connectAsync(plain.url);
    onTestFinished(() => listener.endAsync());
    listener.on('message', (topic) => beats.push(topic));
    await listener.subscribeAsync('wellwatch/+/heartbeat');
    await until(() => new Set(beats).size === 2, 'both have told of themselves');
    await publish(plain.url, ['a row']);
    await until(() => receiving.log.durable > 0, 'the row is on disk');
    expect(receiving.log.payloads).toEqual(['a row']);
  });

  test('and forgets what we are subscribed to is no connection until something comes again', async () => {
    const receiving = receive({ url: plain.url, protocol: 4, clientId: 'forgotten', limits: LIMITS });
    await untilConnected(receiving);
    const beats: string[] = [];
    const listener = await connectAsync(plain.url);
    onTestFinished(() => listener.endAsync());
    listener.on('message', (topic) => beats.push(topic));
    await listener.subscribeAsync('wellwatch/forgotten/heartbeat');
    await until(() => beats.length >= 2, 'it hears itself');
    await plain.forgetSubscriptions();
    await until(() => levels(receiving).includes('error'), 'it is told');
    await untilConnected(receiving);
    expect(receiving.events.map(({ level, message }) => [level, message])).toEqual([
      ['error', expect.stringContaining('nothing comes although the connection stands')],
      ['info', expect.stringContaining('come to forgotten again')],
    ]);
    await publish(plain.url, ['a row']);
    await until(() => receiving.log.durable === 1, 'it is subscribed again');
    expect(receiving.log.topics).toEqual(['pumps/COHUTTA/readings']);
  });

  test('and ends the connection of who publishes what it may not is left in peace', async () => {
    const receiving = receive({ url: plain.url, protocol: 4, clientId: 'unwelcome', limits: LIMITS });
    await until(() => notes(receiving) !== '', 'it has understood');
    await untilConnected(receiving);
    expect(notes(receiving)).toContain('does not let us publish wellwatch/unwelcome/status (it ends the connection)');
    await publish(plain.url, ['a row']);
    await until(() => receiving.log.durable === 1, 'the row is on disk');
    await receiving.receiver.stop();
    expect(levels(receiving)).not.toContain('error');
  });
});
