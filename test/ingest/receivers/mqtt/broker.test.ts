import { setTimeout } from 'node:timers/promises';
import { connect, connectAsync } from 'mqtt';
import { describe, expect, onTestFinished, test } from 'vitest';
import { EmbeddedBroker } from '../../../../ingest/receivers/mqtt/broker.ts';
import { publisher, start, TOPIC } from './embedded.ts';
import { connectRaw, flood, message, packet, text } from './rawClient.ts';
import { hasSession, numbered, publish, spy } from './setUp.ts';
import { freePort } from '../../../support/freePort.ts';
import { until } from '../../../support/waiting.ts';

const containing = (text: string) => expect.stringContaining(text) as string;

describe('the embedded broker', () => {
  test.each([[1, 'puback'], [2, 'pubrec']] as const)('answers QoS %i with %s only when the message is on disk', async (qos, answer) => {
    const { log, port } = await start();
    const wire = await spy(port);
    const client = await publisher(wire.url);
    log.hold();
    const acknowledged = Promise.all(numbered(5).map((payload) => client.publishAsync(TOPIC, payload, { qos })));
    await until(() => log.appended === 5, 'all are read');
    expect(wire.of('broker', answer)).toEqual([]);

    log.goOn();
    await acknowledged;
    expect(wire.of('broker', answer).map(({ packetId }) => packetId)).toEqual(wire.of('client', 'publish').map(({ packetId }) => packetId));
    expect(log.payloads).toEqual(numbered(5));
  });

  test('takes a burst of more QoS 2 messages than aedes allows by default', async () => {
    const { embedded, log } = await start();
    const client = await publisher(embedded.url);
    await Promise.all(numbered(3000).map((payload) => client.publishAsync(TOPIC, payload, { qos: 2 })));
    expect(log.payloads).toEqual(numbered(3000));
  });

  test('journals QoS 0 too', async () => {
    const { embedded, log } = await start();
    await publish(embedded.url, ['a row'], { qos: 0 });
    await until(() => log.durable === 1, 'it is on disk');
    expect(log.topics).toEqual([TOPIC]);
  });

  test('passes messages on to subscribers, those of other topics without journalling them', async () => {
    const { embedded, log } = await start();
    const heard: string[] = [];
    const listener = await publisher(embedded.url);
    listener.on('message', (topic, payload) => heard.push(`${topic} ${payload.toString()}`));
    await listener.subscribeAsync('#', { qos: 1 });
    log.hold();
    await publish(embedded.url, ['hello'], { topic: 'pumps/COHUTTA/remarks' });
    await until(() => heard.length === 1, 'the remark has passed, journal or no journal');
    log.goOn();
    await publish(embedded.url, ['a row']);
    await until(() => heard.length === 2, 'the row has passed');
    expect(heard).toEqual(['pumps/COHUTTA/remarks hello', `${TOPIC} a row`]);
    expect(log.payloads).toEqual(['a row']);
  });

  test('takes every message of many publishers at once, in order for each', async () => {
    const { embedded, log } = await start();
    await Promise.all(numbered(20).map((pump) => publish(embedded.url, numbered(200), { topic: `pumps/${pump}/readings` })));
    expect(log.durable).toBe(4000);
    for (const pump of numbered(20)) {
      expect(log.payloads.filter((_, i) => log.topics[i] === `pumps/${pump}/readings`), pump).toEqual(numbered(200));
    }
    expect(log.commits).toBeLessThan(4000);
  });

  test('stops reading fast publishers at a bound while the journal hangs, and takes all when it goes on', async () => {
    const { log, port } = await start({ bounds: { queuedBytes: 200_000 } });
    log.hold();
    const row = 'x'.repeat(500);
    const sockets = await Promise.all(numbered(5).map((id) => connectRaw(port, `flood-${id}`)));
    await flood(sockets, 4000, row);
    // 200,000 bytes are 132 messages; what had been read when they were reached is still taken, a piece of each.
    expect(log.appended).toBeGreaterThan(100);
    expect(log.appended).toBeLessThan(1000);

    log.goOn();
    await until(() => log.durable === 20_000, 'all are on disk');
    for (const socket of sockets) socket.destroy();
  });

  test('acknowledges nothing and closes its connections when the journal fails', async () => {
    const { embedded, log, port, events } = await start();
    const wire = await spy(port);
    const client = await publisher(wire.url);
    const closed = new Promise<void>((resolve) => client.once('close', () => resolve()));
    log.hold();
    client.publish(TOPIC, 'a row', { qos: 1 });
    await until(() => log.appended === 1, 'it is read');
    log.fail();
    await closed;
    expect(wire.of('broker', 'puback')).toEqual([]);
    expect(embedded.status()).toMatchObject({ state: 'failed', lastError: 'EIO: the disk is gone' });
    expect(events).toContainEqual({ level: 'error', message: containing('closes because the journal failed') });
    await expect(connectAsync(embedded.url, { reconnectPeriod: 0, connectTimeout: 1000 })).rejects.toThrow();
  });

  test('a journal that refuses a message at once does the same', async () => {
    const { embedded, log } = await start();
    const client = await publisher(embedded.url);
    const closed = new Promise<void>((resolve) => client.once('close', () => resolve()));
    log.fail();
    client.publish(TOPIC, 'a row', { qos: 1 });
    await closed;
    expect(embedded.status().state).toBe('failed');
  });

  test('acknowledges at a stop exactly what is on disk', async () => {
    const { embedded, log, port } = await start();
    const wire = await spy(port);
    const client = await publisher(wire.url);
    for (const payload of numbered(5000)) client.publish(TOPIC, payload, { qos: 1 });
    await until(() => log.appended > 100, 'some are read');
    await embedded.stop();
    expect(log.durable).toBe(log.appended);
    await until(() => !client.connected, 'the publisher has heard all');
    expect(wire.of('broker', 'puback')).toHaveLength(log.durable);
    expect(embedded.status()).toMatchObject({ state: 'stopped', connections: 0 });
  });

  test('takes nothing more once a stop has begun: its publisher keeps it', async () => {
    const { embedded, log, port } = await start();
    const wire = await spy(port);
    const client = await publisher(wire.url);
    log.hold();
    client.publish(TOPIC, 'in time', { qos: 1 });
    await until(() => log.appended === 1, 'the first is read');
    const stopped = embedded.stop();
    client.publish(TOPIC, 'too late', { qos: 1 });
    await until(() => wire.of('client', 'publish').length === 2, 'the second is on its way');
    // Answered after the second was read: packets of one publisher are read in order.
    await client.publishAsync('remarks', 'plain traffic', { qos: 1 });
    log.goOn();
    await stopped;
    await until(() => !client.connected, 'the publisher has heard all');
    expect(log.payloads).toEqual(['in time']);
    expect(wire.of('broker', 'puback')).toHaveLength(2);
  });

  test('answers at a stop the QoS 2 messages that are on disk, subscribers or not', async () => {
    const { embedded, log, port } = await start();
    const wire = await spy(port);
    const client = await publisher(wire.url);
    await (await publisher(embedded.url)).subscribeAsync('#', { qos: 1 });
    log.hold();
    for (const payload of numbered(20)) client.publish(TOPIC, payload, { qos: 2 });
    await until(() => log.appended === 20, 'all are read');
    const stopped = embedded.stop();
    log.goOn();
    await stopped;
    await until(() => !client.connected, 'the publisher has heard all');
    expect(wire.of('broker', 'pubrec')).toHaveLength(20);
  });

  test('needs its port: a taken one is an error that says which and what to set', async () => {
    const { port, log } = await start();
    const second = new EmbeddedBroker({ port, topic: '#', log, onLog: () => undefined });
    await expect(second.start()).rejects.toMatchObject({
      code: 'BROKER_UNAVAILABLE',
      message: `the embedded broker needs port ${port} of 127.0.0.1, but another program listens there. Set receivers.mqtt.port to a ` +
        `free one (0 takes any), or, if that is a broker of yours, receivers.mqtt.url to mqtt://127.0.0.1:${port}`,
    });
    await second.stop();
  });

  test('takes the port it is told, and says where it is and when the last row came', async () => {
    const port = await freePort();
    const { embedded } = await start({ port, now: () => Date.parse('2014-03-14T12:00:00Z') });
    expect(embedded.status()).toEqual({
      state: 'connected',
      url: `mqtt://127.0.0.1:${port}`,
      topic: 'pumps/+/readings',
      connections: 0,
      lastMessageAt: null,
      lastError: null,
    });
    await publish(embedded.url, ['a row']);
    expect(embedded.status().lastMessageAt).toBe('2014-03-14T12:00:00.000Z');
  });

  test('refuses MQTT 5 and says once what to do', async () => {
    const { embedded, events } = await start();
    for (const clientId of ['a', 'b']) {
      await expect(connectAsync(embedded.url, { clientId, protocolVersion: 5, reconnectPeriod: 0 }, false)).rejects.toThrow();
    }
    expect(events).toEqual([{ level: 'error', message: containing('the embedded broker speaks MQTT 3.1.1') }]);
  });

  test('keeps nothing for subscribers that are away', async () => {
    const { embedded } = await start();
    const client = connect(embedded.url, { clientId: 'away', clean: false });
    await new Promise((resolve) => client.once('connect', resolve));
    await client.subscribeAsync('#', { qos: 1 });
    await client.endAsync();
    expect(await hasSession(embedded.url, 'away')).toBe(false);
  });

  test.each([0, 1] as const)('retains no message of QoS %i, but journals it', async (qos) => {
    const { embedded, log } = await start();
    const client = await publisher(embedded.url);
    await client.publishAsync(TOPIC, 'a row', { qos, retain: true });
    await client.publishAsync('remarks', 'a remark', { qos, retain: true });
    // Acknowledged when all before it has passed.
    await client.publishAsync(TOPIC, 'another row', { qos: 1 });
    const listener = await publisher(embedded.url);
    const heard: string[] = [];
    listener.on('message', (_topic, payload) => heard.push(payload.toString()));
    await listener.subscribeAsync('#', { qos: 1 });
    await client.publishAsync('remarks', 'the next', { qos: 1 });
    await until(() => heard.includes('the next'), 'it has passed');
    expect(heard).toEqual(['the next']);
    expect(log.payloads).toEqual(['a row', 'another row']);
  });

  test('a last will is retained no more than other messages', async () => {
    const { embedded, log } = await start();
    const client = await publisher(embedded.url, { will: { topic: TOPIC, payload: Buffer.from('gone'), qos: 1, retain: true } });
    client.stream.destroy();
    await until(() => log.durable === 1, 'the will is on disk');
    const listener = await publisher(embedded.url);
    const heard: string[] = [];
    listener.on('message', (_topic, payload) => heard.push(payload.toString()));
    await listener.subscribeAsync('#', { qos: 1 });
    await publish(embedded.url, ['the next']);
    await until(() => heard.includes('the next'), 'it has passed');
    expect(heard).toEqual(['the next']);
  });

  test('takes a message of 7 MiB', async () => {
    const { embedded, log, events } = await start();
    await publish(embedded.url, ['x'.repeat(7 * 1024 * 1024), 'a row']);
    expect(log.payloads.map(({ length }) => length)).toEqual([7 * 1024 * 1024, 5]);
    expect(events).toEqual([]);
  });

  test.each([
    ['at once', [4 * 1024 * 1024]],
    ['byte for byte', [1, 1, 1, 1, 1]],
  ])('disconnects a client that announces more than 8 MiB, sent %s, and takes what it sent before', async (_how, sizes) => {
    const { log, port, events } = await start();
    const socket = await connectRaw(port, 'big');
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.write(message(1, 'a row'));
    const announced = Buffer.concat([Buffer.from([0x32, 0x81, 0x80, 0x80, 0x04]), Buffer.alloc(4 * 1024 * 1024)]);
    let from = 0;
    for (const size of sizes) {
      socket.write(announced.subarray(from, (from += size)));
      await setTimeout(5);
    }
    await closed;
    await until(() => log.durable === 1, 'the row is on disk');
    expect(events.filter(({ level }) => level === 'warn')).toEqual([
      { level: 'warn', message: containing('announced a packet of more than 8 MiB') },
    ]);
  });

  test('disconnects a subscriber that stops reading, so that the others go on', async () => {
    const { embedded, log, port, events } = await start({ bounds: { stuckMs: 300 } });
    const subscriber = await connectRaw(port, 'asleep');
    subscriber.write(packet(0x82, Buffer.concat([Buffer.from([0, 1]), text('#'), Buffer.from([1])])));
    await new Promise<void>((resolve) => subscriber.once('data', () => resolve()));
    subscriber.pause();
    onTestFinished(() => void subscriber.destroy());
    await publish(embedded.url, Array.from({ length: 300 }, () => 'x'.repeat(100_000)));
    expect(log.durable).toBe(300);
    await until(() => embedded.status().connections === 0, 'it is gone');
    expect(events.filter(({ level }) => level === 'warn')).toEqual([
      { level: 'warn', message: containing('was disconnected: it left what was sent to it unread') },
    ]);
  });
});
