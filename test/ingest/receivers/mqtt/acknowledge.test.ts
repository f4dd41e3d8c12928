import { connectAsync } from 'mqtt';
import { describe, expect, test } from 'vitest';
import { hasMosquitto } from '../../../support/mosquitto.ts';
import { tempDir } from '../../../support/tempDir.ts';
import { broker, fileLog, numbered, publish, QUICK, receive, spy, untilConnected } from './setUp.ts';
import { until } from '../../../support/waiting.ts';

describe.skipIf(!hasMosquitto).each([4, 5] as const)('MQTT %i: a message is acknowledged when it is on disk', (protocol) => {
  test('no PUBACK goes out before the commit, though all messages are read; an upgrade of mqtt that sends them early fails here', async () => {
    const wire = await spy((await broker()).port);
    const receiving = receive({ url: wire.url, protocol });
    await untilConnected(receiving);
    receiving.log.hold();
    await publish(wire.url, numbered(7), { clientId: 'publisher' });
    await until(() => receiving.log.appended === 7, 'all 7 are read');
    expect(wire.of('client', 'puback')).toEqual([]);

    receiving.log.goOn();
    await until(() => wire.of('client', 'puback').length === 7, 'all 7 are acknowledged');
  });

  test('all that one commit covers are acknowledged in one write, in the order in which they came', async () => {
    const wire = await spy((await broker()).port);
    const receiving = receive({ url: wire.url, protocol });
    await untilConnected(receiving);
    receiving.log.hold();
    await publish(wire.url, numbered(15));
    await until(() => receiving.log.appended === 15, 'all 15 are read');
    receiving.log.goOn();
    await until(() => wire.of('client', 'puback').length === 15, 'all 15 are acknowledged');

    const delivered = wire.of('broker', 'publish').flatMap(({ packetId }) => packetId ?? []);
    const acknowledged = wire.of('client', 'puback');
    expect(acknowledged.map(({ packetId }) => packetId)).toEqual(delivered);
    expect(new Set(acknowledged.map(({ piece }) => piece)).size).toBe(1);
  });

  test('what was read but not on disk when the connection broke comes again, and nothing of the old connection is acknowledged on the ' +
    'new one', async () => {
    const { port } = await broker();
    const wire = await spy(port);
    const receiving = receive({ url: wire.url, protocol });
    await untilConnected(receiving);
    receiving.log.hold();
    await publish(`mqtt://127.0.0.1:${port}`, numbered(5));
    await until(() => receiving.log.appended === 5, 'all 5 are read');
    wire.cut();
    await until(() => receiving.log.appended === 10, 'all 5 have come again');
    expect(wire.of('client', 'puback')).toEqual([]);

    receiving.log.goOn();
    await until(() => wire.of('client', 'puback').length === 5, 'the second delivery is acknowledged');
    await receiving.receiver.stop();
    expect(wire.of('client', 'puback').map(({ connection }) => connection)).toEqual(Array(5).fill(1));
    expect(receiving.log.payloads).toEqual([...numbered(5), ...numbered(5)]);
  });

  test('a journal that hangs stops the reading at a bound, the connection stays alive, and all comes when it goes on', async () => {
    const { port, url } = await broker();
    const wire = await spy(port);
    const log = fileLog();
    const dataDir = tempDir();
    const first = receive({ url, protocol, log, dataDir });
    await untilConnected(first);
    await first.receiver.stop();
    await publish(url, numbered(3000).map((n) => n.padEnd(200, '.')));

    log.hold();
    const receiving = receive({ url: wire.url, protocol, log, dataDir, limits: { ...QUICK, keepaliveSeconds: 2, maxQueuedBytes: 4000 } });
    // Without the pings of the pause, both ends would give up after 3 s.
    await until(() => wire.of('broker', 'pingresp').length >= 3, 'some pings were answered meanwhile');
    expect(log.appended).toBeLessThan(20);
    expect(receiving.receiver.status().state).toBe('connected');
    expect(wire.of('client', 'connect')).toHaveLength(1);

    log.goOn();
    await until(() => log.durable === 3000, 'all are on disk');
    expect(receiving.events).toEqual([]);
  });

  test('messages that queued up while it was away come once each, in order', async () => {
    const { url } = await broker();
    const log = fileLog();
    const first = receive({ url, protocol, log });
    await untilConnected(first);
    await first.receiver.stop();
    await publish(url, numbered(20_000));

    receive({ url, protocol, log });
    await until(() => log.durable >= 20_000, 'all are on disk');
    expect(log.payloads).toEqual(numbered(20_000));
  });

  test('an orderly stop in the middle of a backlog leaves nothing to be delivered twice', async () => {
    const { url } = await broker();
    const log = fileLog();
    const first = receive({ url, protocol, log });
    await untilConnected(first);
    await first.receiver.stop();
    await publish(url, numbered(20_000));

    const second = receive({ url, protocol, log });
    await until(() => log.appended > 100, 'some have come');
    await second.receiver.stop();
    expect(log.durable).toBe(log.appended);
    const before = log.appended;

    receive({ url, protocol, log });
    await until(() => log.durable >= 20_000, 'all are on disk');
    expect(before).toBeLessThan(20_000);
    expect(log.payloads).toEqual(numbered(20_000));
  });

  test('a stop while the journal hangs ends all the same and leaves its messages to the broker', async () => {
    const { url } = await broker();
    const hanging = receive({ url, protocol, limits: { ...QUICK, stopMs: 50 } });
    await untilConnected(hanging);
    hanging.log.hold();
    await publish(url, numbered(3));
    await until(() => hanging.log.appended === 3, 'they were read');
    await hanging.receiver.stop();
    expect(hanging.events).toMatchObject([
      { level: 'warn', message: expect.stringContaining('3 messages of wellwatch stay with the broker') as string },
    ]);

    const next = receive({ url, protocol });
    await until(() => next.log.durable === 3, 'they have come again');
  });

  test('a stop while reading is held up ends in good order', async () => {
    const { url } = await broker();
    const receiving = receive({ url, protocol, limits: { ...QUICK, maxQueuedBytes: 1, stopMs: 50 } });
    await untilConnected(receiving);
    receiving.log.hold();
    await publish(url, numbered(3));
    await until(() => receiving.log.appended === 1, 'reading is held up');
    await receiving.receiver.stop();
    expect(receiving.receiver.status().state).toBe('stopped');
  });

  test('a QoS 2 message in the session gets its PUBREC only when it is on disk, and is taken once', async () => {
    const { port, url } = await broker();
    const wire = await spy(port);
    const before = await connectAsync(url, {
      clientId: 'wellwatch',
      clean: false,
      protocolVersion: protocol,
      ...(protocol === 5 ? { properties: { sessionExpiryInterval: 3600 } } : {}),
    });
    await before.subscribeAsync('pumps/+/readings', { qos: 2 });
    await before.endAsync();
    await publish(url, numbered(3), { qos: 2 });

    const log = fileLog();
    log.hold();
    receive({ url: wire.url, protocol, log });
    await until(() => log.appended === 3, 'all are read');
    expect(wire.of('client', 'pubrec')).toEqual([]);
    log.goOn();
    await until(() => wire.of('client', 'pubcomp').length === 3, 'the exchange is complete');
    expect(log.payloads).toEqual(numbered(3));
  });

  test('a QoS 0 message is taken too', async () => {
    const { url } = await broker();
    const receiving = receive({ url, protocol });
    await untilConnected(receiving);
    await publish(url, ['a row'], { qos: 0 });
    await until(() => receiving.log.durable === 1, 'it is on disk');
    expect(receiving.log.topics).toEqual(['pumps/COHUTTA/readings']);
  });

  test('when the journal fails the connection is dropped, nothing is acknowledged and nothing is tried again', async () => {
    const { port, url } = await broker();
    const wire = await spy(port);
    const receiving = receive({ url: wire.url, protocol });
    await untilConnected(receiving);
    receiving.log.hold();
    await publish(url, numbered(3));
    await until(() => receiving.log.appended === 3, 'they were read');
    receiving.log.fail();
    await until(() => receiving.receiver.status().state === 'failed', 'it has failed');
    expect(wire.of('client', 'puback')).toEqual([]);
    expect(receiving.events).toMatchObject([
      { level: 'error', message: expect.stringContaining('the journal failed (EIO: the disk is gone)') as string },
    ]);

    const next = receive({ url, protocol });
    await until(() => next.log.durable === 3, 'they have come again');
    expect(wire.of('client', 'connect')).toHaveLength(1);
  });
});
