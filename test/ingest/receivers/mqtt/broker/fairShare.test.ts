import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { BrokerConnection, type ConnectionOwner } from '../../../../../ingest/receivers/mqtt/broker/connection.ts';
import { FairShare, type Reader } from '../../../../../ingest/receivers/mqtt/broker/fairShare.ts';
import { message, packet, text } from '../rawClient.ts';
import { until } from '../../../../support/waiting.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** A reader that never runs out of work, unless it was told how much it has. */
function reader(order: string[], name: string, share: () => FairShare<Reader>, has = Infinity): Reader {
  return {
    used: 0,
    take(work) {
      order.push(name);
      const done = Math.min(work, has);
      has -= done;
      this.used += done;
      if (has > 0) share().ask(this);
      return done;
    },
  };
}

test('who sends a little goes before those who send much, and having been quiet saves nothing up', async () => {
  const order: string[] = [];
  const share = new FairShare<Reader>(() => true);
  for (const name of ['a', 'b', 'c']) share.ask(reader(order, name, () => share));
  for (let i = 0; i < 10; i++) await turn();
  order.length = 0;
  share.ask(reader(order, 'little', () => share, 1));
  share.ask(reader(order, 'late', () => share));
  for (let i = 0; i < 4; i++) await turn();
  // One that stands where they begin may go before them.
  expect(order.slice(0, 3)).toEqual(expect.arrayContaining(['little', 'late']));
  expect(order.slice(0, 8).filter((name) => name === 'late').length).toBeLessThanOrEqual(3);
});

test('nobody is read while there is too much under way, nor once it is gone', async () => {
  const order: string[] = [];
  let open = false;
  const share = new FairShare<Reader>(() => open);
  const gone = reader(order, 'gone', () => share);
  for (const each of [reader(order, 'here', () => share, 1), gone]) share.ask(each);
  share.forget(gone);
  await turn();
  expect(order).toEqual([]);
  open = true;
  share.goOn();
  await turn();
  expect(order).toEqual(['here']);
});

/** A connection whose other end is `client`, and what was read of it. */
async function connection(owner: Partial<ConnectionOwner>) {
  const server: Server = createServer({ highWaterMark: 16 * 1024 }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const client = connect(port, '127.0.0.1').on('error', () => undefined);
  const [socket] = (await once(server, 'connection')) as [Socket];
  const waiting: number[] = [];
  const made: BrokerConnection = new BrokerConnection(socket, {
    packetLimits: { publishBytes: 1 << 20, otherBytes: 1 << 14 },
    messageWork: () => 1,
    mayRead: () => true,
    onAsk: () => undefined,
    onWaiting: () => waiting.push(socket.readableLength),
    onHeld: () => undefined, onUnread: () => undefined, onRefused: () => undefined,
    ...owner,
  }, 0);
  onTestFinished(() => {
    socket.destroy();
    client.destroy();
    server.close();
  });
  return { made, socket, client, waiting };
}

test('of a flood only one read of the system waits here, however little of it is looked at in a turn', async () => {
  let asks = 0;
  const { made, socket, client, waiting } = await connection({ onAsk: () => void asks++ });
  let read = 0;
  socket.on('readable', () => {
    const piece = socket.read() as Buffer | null;
    read += piece?.length ?? 0;
  });
  const hello = packet(0x10, Buffer.concat([text('MQTT'), Buffer.from([4, 2, 0, 0]), text('id')]));
  const flood = Buffer.concat([hello, ...Array.from({ length: 3000 }, (_, i) => message(i + 1, 'x'.repeat(1000)))]);
  client.write(flood);
  for (; read < flood.length; await turn()) made.take(8);
  expect(asks).toBeGreaterThan(10);
  expect(Math.max(...waiting)).toBeLessThan(16 * 1024 + 64 * 1024 + 1);
});

test('what is sent to a client and not read costs what it takes, even when it is small parts of large buffers', async () => {
  const { made, socket, client } = await connection({});
  client.pause();
  const large = Buffer.alloc(64 * 1024, 'x');
  let sent = 0;
  for (; made.unreadBytes < 64 * 1024; sent += 10) socket.write(large.subarray(0, 10));
  expect(made.unreadBytes).toBeLessThan(2 * sent + 64 * 1024);
  let got = 0;
  client.on('data', (chunk: Buffer) => void (got += chunk.length)).resume();
  await until(() => got === sent && made.unreadBytes === 0, 'all has left');
  socket.end(large.subarray(0, 3));
  await until(() => got === sent + 3, 'what was written last comes before the end');
});
