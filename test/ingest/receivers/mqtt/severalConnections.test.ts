import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connectAsync, type MqttClient } from 'mqtt';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { takesTopic } from '../../../../ingest/receivers/mqtt/topicShare.ts';
import { hasMosquitto, type Mosquitto, startMosquitto } from '../../../support/mosquitto.ts';
import { tempDir } from '../../../support/tempDir.ts';
import { until } from '../../../support/waiting.ts';
import { fileLog, hasSession, numbered, publish, receive, untilConnected } from './setUp.ts';

const PUMPS = ['ANDOUILLE', 'BBKING', 'CARGO', 'COHUTTA', 'DALE', 'LAGNAPPE', 'MOJO', 'NANTAHALLA', 'THERMALITO', 'BUTTE'];
const topicOf = (pump: string) => `pumps/${pump}/readings`;

test('each topic belongs to one connection of any number, always the same', () => {
  for (const of of [1, 2, 3, 8, 64])
    for (const pump of PUMPS) expect(numbered(of).filter((index) => takesTopic({ index: Number(index), of })(topicOf(pump)))).toHaveLength(1);
  // Sessions at brokers rely on it from version to version.
  expect(PUMPS.map((pump) => [0, 1, 2].find((index) => takesTopic({ index, of: 3 })(topicOf(pump))))).toEqual([2, 0, 2, 0, 0, 2, 1, 2, 2, 0]);
});

describe.skipIf(!hasMosquitto)('several connections', () => {
  let mosquitto: Mosquitto;
  let url: string;
  beforeAll(async () => {
    mosquitto = await startMosquitto();
    ({ url } = mosquitto);
  });
  afterAll(() => mosquitto.stop());

  async function publisher(): Promise<MqttClient> {
    const client = await connectAsync(url);
    onTestFinished(() => client.endAsync());
    return client;
  }

  /** Publishes `0` to `n - 1` for each pump, in turn. */
  async function publishForAll(n: number): Promise<void> {
    const client = await publisher();
    await Promise.all(numbered(n).flatMap((number) => PUMPS.map((pump) => client.publishAsync(topicOf(pump), number, { qos: 1 }))));
  }

  test.each([4, 5] as const)('take each message once and keep the order of each topic (MQTT %i)', async (protocol) => {
    const receiving = receive({ url, protocol, connections: 3, clientId: `order-${protocol}` });
    await untilConnected(receiving);
    await publishForAll(300);
    const { log, receiver } = receiving;
    await until(() => log.durable >= 3000, 'all are on disk');
    expect(receiver.status().connections).toBe(3);
    for (const pump of PUMPS) expect(log.payloads.filter((_, i) => log.topics[i] === topicOf(pump)), pump).toEqual(numbered(300));
  });

  test('get what comes after a restart of the broker', async () => {
    const receiving = receive({ url, connections: 2, clientId: 'restart' });
    await untilConnected(receiving);
    await mosquitto.shutDown();
    await until(() => receiving.receiver.status().state === 'reconnecting', 'it is gone');
    await mosquitto.restart();
    await untilConnected(receiving);
    await publishForAll(10);
    await until(() => receiving.log.durable === 100, 'all are on disk');
  });

  test('when their number changes, what waits in the old sessions is taken once and in order, and they are removed', async () => {
    const [dataDir, log, clientId] = [tempDir(), fileLog(), 'shrinks'];
    const three = receive({ url, dataDir, log, clientId, connections: 3 });
    await untilConnected(three);
    await three.receiver.stop();
    await publishForAll(30);

    const two = receive({ url, dataDir, log, clientId, connections: 2 });
    await until(() => two.events.filter(({ message }) => message.includes('is used no more')).length === 3, 'three sessions are removed');
    for (const pump of PUMPS) expect(log.payloads.filter((_, i) => log.topics[i] === topicOf(pump)), pump).toEqual(numbered(30));
    const file = readFileSync(join(dataDir, 'mqtt-sessions.json'), 'utf8');
    const { version, sessions } = JSON.parse(file) as { version: number; sessions: object[] };
    expect(version).toBe(1);
    expect(sessions).toHaveLength(2);
    // In the order in which they were established.
    expect(sessions).toEqual(expect.arrayContaining([0, 1].map((index) => ({
      host: '127.0.0.1', clientId: `shrinks-${index + 1}of2`, filters: ['pumps/+/readings'], share: { index, of: 2 }, established: true,
    }))));
    for (const old of [1, 2, 3]) expect(await hasSession(url, `shrinks-${old}of3`), `session ${old}`).toBe(false);
    await publishForAll(1);
    await until(() => log.durable === 310, 'two connections take what comes now');
  });

  test('empty the sessions of the shared subscription that an older version had', async () => {
    const [dataDir, clientId] = [tempDir(), 'older'];
    const filters = [`$share/${clientId}/pumps/+/readings`];
    for (const number of [1, 2]) {
      const old = await connectAsync(url, { clientId: `${clientId}-${number}`, clean: false });
      await old.subscribeAsync(filters[0], { qos: 1 });
      await old.endAsync();
    }
    const sessions = [1, 2].map((number) => ({ host: '127.0.0.1', clientId: `${clientId}-${number}`, filters, established: true }));
    writeFileSync(join(dataDir, 'mqtt-sessions.json'), JSON.stringify({ version: 1, sessions }));
    await publish(url, numbered(50));
    const now = receive({ url, dataDir, clientId, connections: 2 });
    await until(() => now.events.filter(({ message }) => message.includes('is used no more')).length === 2, 'both are removed');
    expect([...now.log.payloads].sort((a, b) => Number(a) - Number(b))).toEqual(numbered(50));
  });
});
