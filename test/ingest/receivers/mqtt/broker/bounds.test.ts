import type { Socket } from 'node:net';
import { connect as connectTcp } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { siteBounds } from '../../../../../ingest/receivers/mqtt/broker/bounds.ts';
import { publisher, start, TOPIC } from '../embedded.ts';
import { connectRaw, message, packet, text } from '../rawClient.ts';
import { numbered, publish } from '../setUp.ts';
import { until } from '../../../../support/waiting.ts';

const containing = (part: string) => expect.stringContaining(part) as string;

/** A connection of a client that goes with the test. */
async function raw(port: number, id: string): Promise<Socket> {
  const socket = await connectRaw(port, id);
  onTestFinished(() => void socket.destroy());
  return socket;
}

const closed = (socket: Socket) => new Promise<void>((resolve) => void socket.once('close', () => resolve()));

/** A message of QoS 2. */
const twice = (id: number, payload: string) =>
  packet(0x34, Buffer.concat([text('remarks'), Buffer.from([id >> 8, id & 255]), Buffer.from(payload)]));

const subscribe = (id: number, ...filters: string[]) =>
  packet(0x82, Buffer.concat([Buffer.from([0, id]), ...filters.flatMap((filter) => [text(filter), Buffer.from([1])])]));

describe('what a client can make the embedded broker keep', () => {
  test('QoS 2 messages that are never released are kept as numbers, and the client that has most of them goes', async () => {
    const { port, log, events } = await start({ bounds: { openQos2: 100 } });
    const honest = await publisher(`mqtt://127.0.0.1:${port}`);
    await Promise.all(numbered(30).map((row) => honest.publishAsync(TOPIC, row, { qos: 2 })));
    const greedy = await raw(port, 'greedy');
    const gone = closed(greedy.on('data', () => undefined));
    for (let id = 1; id <= 200; id++) greedy.write(twice(id, 'x'));
    await gone;
    await Promise.all(numbered(90).map((row) => honest.publishAsync(TOPIC, row, { qos: 2 })));
    expect(log.durable).toBe(120);
    expect(events).toContainEqual({ level: 'warn', message: containing('"greedy"') });
  });

  test('half packets are counted over all connections, and the largest goes', async () => {
    const { embedded, port, log, events } = await start({ bounds: { heldBytes: 1024 * 1024 } });
    const half = message(1, 'x'.repeat(300_000)).subarray(0, -1);
    const sockets = await Promise.all(numbered(12).map((id) => raw(port, `half-${id}`)));
    for (const socket of sockets) socket.write(half);
    await until(() => embedded.status().connections <= 3, 'those that were too many are gone');
    await publish(embedded.url, ['a row', 'x'.repeat(200_000)]);
    expect(log.durable).toBe(2);
    expect(events.filter(({ message: said }) => said.includes('half packets of all clients')).length).toBeGreaterThan(0);
  });

  test('a client gets as many subscriptions as it may have; the others fail, as the answer says', async () => {
    const { embedded, port } = await start({ bounds: { filters: 3, allFilters: 5 } });
    const first = await publisher(embedded.url);
    const granted = async (client: typeof first, filters: string[]) => {
      const answers: number[] = [];
      client.on('packetreceive', (received) => received.cmd === 'suback' && answers.push(...(received.granted as number[])));
      await client.subscribeAsync(filters, { qos: 1 }).catch(() => undefined);
      return answers;
    };
    expect(await granted(first, ['a', 'b', 'c', 'd'])).toEqual([1, 1, 1, 128]);
    expect(await granted(await publisher(embedded.url), ['a', 'b', 'c'])).toEqual([1, 1, 128]);
    await first.unsubscribeAsync(['a', 'b']);
    expect(await granted(await publisher(embedded.url), ['a', 'b', 'c'])).toEqual([1, 1, 128]);
    const deep = await raw(port, 'deep');
    deep.write(subscribe(1, 'x'.repeat(300)));
    const answer = await new Promise<Buffer>((resolve) => void deep.once('data', resolve));
    expect([...answer]).toEqual([0x90, 3, 0, 1, 128]);
  });

  test('a SUBSCRIBE of thousands of filters ends the connection before it is looked at', async () => {
    const { port, events } = await start();
    const socket = await raw(port, 'many');
    const gone = closed(socket);
    socket.write(subscribe(1, ...numbered(2000).map((n) => `s/${n}/xxxxxxxx`)));
    await gone;
    expect(events).toEqual([{ level: 'warn', message: containing('"many"') }]);
  });

  test('when there are too many connections, those that never said who they are go first, then idle ones, publishers last', async () => {
    const { embedded, port, log } = await start({ bounds: { most: 10, mostUnknown: 5 } });
    const worker = await publisher(embedded.url);
    await worker.publishAsync(TOPIC, 'before', { qos: 1 });
    const silent = numbered(20).map(() => connectTcp(port, '127.0.0.1').on('error', () => undefined));
    onTestFinished(() => silent.forEach((socket) => void socket.destroy()));
    for (const id of numbered(20)) await raw(port, `idle-${id}`);
    await publish(embedded.url, ['newcomer']);
    await worker.publishAsync(TOPIC, 'after', { qos: 1 });
    expect(log.payloads).toEqual(['before', 'newcomer', 'after']);
  });

  test('a connection without a CONNECT is closed after a while', async () => {
    const { port } = await start({ bounds: { connectMs: 100 } });
    const socket = connectTcp(port, '127.0.0.1').on('error', () => undefined);
    await closed(socket);
  });

  test('publishers do not wait for a subscriber that reads nothing', async () => {
    const { embedded, port } = await start({ bounds: { stuckMs: 600_000, unreadBytes: 32 * 1024 * 1024, allUnreadBytes: 32 * 1024 * 1024 } });
    const asleep = await raw(port, 'asleep');
    asleep.write(subscribe(1, '#'));
    await new Promise<void>((resolve) => void asleep.once('data', () => resolve()));
    asleep.pause();
    await publish(embedded.url, Array.from({ length: 150 }, () => 'x'.repeat(100_000)));
    expect(embedded.status().connections).toBe(1);
  });

  test('a client that floods itself and reads nothing is read no further, and dropped', async () => {
    const { embedded, port, events } = await start({
      bounds: { stuckMs: 1000, unreadBytes: 512 * 1024 * 1024, allUnreadBytes: 512 * 1024 * 1024 },
    });
    const deaf = await raw(port, 'deaf');
    deaf.write(subscribe(1, '#'));
    await new Promise<void>((resolve) => void deaf.once('data', () => resolve()));
    deaf.pause();
    const remark = packet(0x30, Buffer.concat([text('remarks'), Buffer.alloc(50_000)]));
    const gone = closed(deaf);
    let sent = 0;
    const flooding = setInterval(() => {
      for (let i = 0; i < 10 && deaf.writableLength < 1_000_000; i++, sent++) deaf.write(remark);
    }, 1);
    await gone;
    clearInterval(flooding);
    // What the systems' buffers hold on both ways, and 256 KiB here.
    expect(sent * remark.length).toBeLessThan(64 * 1024 * 1024);
    expect(events.map(({ message: said }) => said)).toContainEqual(containing('"deaf"'));
    await publish(embedded.url, ['a row']);
  });

  test('a client that comes and goes with the same mistake fills no log', async () => {
    const { port, events } = await start();
    for (const id of numbered(50)) {
      const socket = await raw(port, id);
      const gone = closed(socket);
      socket.write(Buffer.from([0x32, 0xff, 0xff, 0xff, 0x7f]));
      await gone;
    }
    expect(events).toHaveLength(5);
  });

  test('what a client calls itself is shown quoted and short', async () => {
    const { port, events } = await start();
    const socket = await raw(port, `\u001b[31mred\n${'x'.repeat(100)}`);
    const gone = closed(socket);
    socket.write(Buffer.from([0x32, 0xff, 0xff, 0xff, 0x7f]));
    await gone;
    expect(events[0].message).toContain('"\\u001b[31mred\\nxxx');
    expect(events[0].message).not.toContain('x'.repeat(80));
  });

  test('messages of a client that ends its side at once are all taken', async () => {
    const { port, log } = await start();
    const socket = await raw(port, 'brief');
    const row = packet(0x30, Buffer.concat([text(TOPIC), Buffer.from('a row')]));
    socket.end(Buffer.concat(Array.from({ length: 3000 }, () => row)));
    await until(() => log.durable === 3000, 'all are on disk');
  });

  test('a site allows as many connections as leave its files to the job', () => {
    expect(siteBounds().most).toBeLessThanOrEqual(1000);
    expect(siteBounds().mostUnknown).toBeLessThan(siteBounds().most);
  });
});
