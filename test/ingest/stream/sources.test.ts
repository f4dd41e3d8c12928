import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import { fromIterable, generated, push, queue, socketText, type SocketTextOptions } from '../../../ingest/stream.ts';
import type { StreamSource } from '../../../ingest/stream/source.ts';

async function serve(port = 0): Promise<{ server: Server; sockets: Socket[]; port: number }> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => sockets.push(socket)).listen(port, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { server, sockets, port: (server.address() as AddressInfo).port };
}

async function received(source: StreamSource<string>, enough: (lines: readonly string[]) => boolean): Promise<string[]> {
  const lines: string[] = [];
  await vi.waitFor(async () => {
    lines.push(...await source.take(0));
    expect(enough(lines)).toBe(true);
  }, { timeout: 60_000, interval: 1 });
  return lines;
}

function connected(port: number, options: SocketTextOptions = {}) {
  const events: string[] = [];
  const source = socketText('127.0.0.1', port, { backoff: { minMs: 5, maxMs: 20 }, ...options });
  void source.start!(({ message }) => events.push(message), () => undefined);
  onTestFinished(() => source.stop!());
  return { source, events };
}

test('lines come from a socket whatever pieces they are sent in', async () => {
  const { sockets, server, port } = await serve();
  const { source } = connected(port);
  await once(server, 'connection');
  const bytes = Buffer.from('one\r\ntwo Öl\n\nthree\n');
  for (const byte of bytes) sockets[0].write(Buffer.from([byte]));
  expect(await received(source, (lines) => lines.length >= 4)).toEqual(['one', 'two Öl', '', 'three']);
  expect(source.pending!()).toBe(false);
});

test('a server that goes away is connected to again; its last line counts without an end', async () => {
  const { sockets, server, port } = await serve();
  const { source, events } = connected(port);
  await once(server, 'connection');
  sockets[0].end('before\nlast');
  expect(await received(source, (lines) => lines.length >= 2)).toEqual(['before', 'last']);
  await vi.waitFor(() => expect(sockets).toHaveLength(2), { timeout: 60_000 });
  sockets[1].write('after\n');
  expect(await received(source, (lines) => lines.length >= 1)).toEqual(['after']);
  expect(events).toEqual([`no connection to 127.0.0.1:${port}: it was closed. Trying again`]);
});

test('pauses grow while a server closes at once, and are short again when something came', async () => {
  const { sockets, server, port } = await serve();
  let greeting = '';
  server.on('connection', (socket) => { socket.end(greeting); });
  connected(port, { backoff: { minMs: 1, maxMs: 1e9 } });
  await new Promise((resolve) => setTimeout(resolve, 400));
  expect(sockets.length).toBeLessThan(15); // 1 + 2 + 4 … ms: the twentieth would come after minutes
  greeting = 'hello\n';
  await vi.waitFor(() => expect(sockets.length).toBeGreaterThan(25), { timeout: 60_000 });
});

test('a server that comes later is waited for', async () => {
  const { server, port } = await serve();
  server.close();
  await once(server, 'close');
  const { source, events } = connected(port);
  await vi.waitFor(() => expect(events.length).toBeGreaterThan(1), { timeout: 60_000 });
  expect(events[0]).toContain('ECONNREFUSED');
  const { sockets } = await serve(port);
  await vi.waitFor(() => expect(sockets).toHaveLength(1), { timeout: 60_000 });
  sockets[0].write('late\n');
  expect(await received(source, (lines) => lines.length >= 1)).toEqual(['late']);
});

test('memory is bounded: nothing more is read until a batch takes what waits', async () => {
  const { sockets, server, port } = await serve();
  const { source } = connected(port, { maxBuffered: 1000 });
  await once(server, 'connection');
  const line = `${'x'.repeat(99)}\n`;
  const lines = 150_000; // 15 MB: more than the buffers of both sockets take
  let sent = false;
  sockets[0].write(line.repeat(lines), () => { sent = true; });
  await vi.waitFor(() => expect(source.pending!()).toBe(true), { timeout: 60_000 });
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(sent).toBe(false);
  expect(await received(source, (all) => all.length >= lines)).toHaveLength(lines);
  await vi.waitFor(() => expect(sent).toBe(true), { timeout: 60_000 });
});

test('a line that is too long costs itself only', async () => {
  const { sockets, server, port } = await serve();
  const { source, events } = connected(port, { maxLine: 10 });
  await once(server, 'connection');
  sockets[0].write(`good\n${'x'.repeat(11)}\nbetter\n${'y'.repeat(20)}`);
  await received(source, (lines) => lines.length >= 2);
  await vi.waitFor(() => expect(events).toHaveLength(2), { timeout: 60_000 });
  sockets[0].write(`${'y'.repeat(500)}\nbest\n`);
  expect(await received(source, (lines) => lines.length >= 1)).toEqual(['best']);
  expect(events[0]).toBe(`a line of more than 10 characters from 127.0.0.1:${port} was left out`);
});

test('generated lines are the same for the same seed and time, and the share of corrupt ones is what was asked', async () => {
  const lines = await generated({ seed: 7, sensors: 3, rowsPerBatch: 2000, corrupt: 0.1 }).take(1_394_413_260_000);
  expect(await generated({ seed: 7, sensors: 3, rowsPerBatch: 2000, corrupt: 0.1 }).take(1_394_413_260_000)).toEqual(lines);
  expect(await generated({ seed: 8, sensors: 3, rowsPerBatch: 2000, corrupt: 0.1 }).take(1_394_413_260_000)).not.toEqual(lines);
  const good = lines.filter((line) => /^SENSOR-[123],3\/10\/14,1:01:00,(\d+(\.\d+)?,){5}\d\.\d\d$/.test(line));
  expect(lines.length - good.length).toBeGreaterThan(150);
  expect(lines.length - good.length).toBeLessThan(250);
  expect(await generated().take(0)).toHaveLength(100);
});

test('a queue that was empty once goes on, one that is open does not end, and a default fills in', async () => {
  const batches = [[1]];
  const source = queue(batches, { open: true });
  expect([await source.take(0), await source.take(0), source.ended!()]).toEqual([[1], [], false]);
  batches.push([2], [3]);
  expect([await source.take(0), await source.take(0), source.ended!()]).toEqual([[2], [3], false]);
  const closed = queue([[1]]);
  expect([closed.ended!(), await closed.take(0), closed.ended!()]).toEqual([false, [1], true]);
  const filled = queue(batches.slice(0, 1), { default: [0] });
  expect([await filled.take(0), await filled.take(0), filled.ended!()]).toEqual([[1], [0], false]);
});

test('a queue gives all that waits at once, when it is asked to', async () => {
  const batches = [[1], [2, 3]];
  const source = queue(batches, { oneAtATime: false, open: true });
  expect([await source.take(0), await source.take(0)]).toEqual([[1, 2, 3], []]);
  batches.push([4], [], [5]);
  expect(await source.take(0)).toEqual([4, 5]);
});

test('an iterable is taken in batches and ends', async () => {
  const source = fromIterable(new Set(['a', 'b', 'c']), { rowsPerBatch: 2 });
  expect([await source.take(0), source.ended!()]).toEqual([['a', 'b'], false]);
  expect([await source.take(0), source.ended!()]).toEqual([['c'], true]);
});

test('a producer that pushes waits while there is no room', async () => {
  const source = push<number>({ capacity: 2 });
  const pushed: number[] = [];
  const producer = (async () => {
    for (let i = 0; i < 5; i++) if (await source.push(i)) pushed.push(i);
    source.end();
  })();
  await new Promise(setImmediate);
  expect(pushed).toEqual([0, 1]);
  expect(await source.take(0)).toEqual([0, 1]);
  await new Promise(setImmediate);
  expect(await source.take(0)).toEqual([2, 3]);
  await producer;
  expect([source.ended!(), await source.take(0), source.ended!(), await source.push(9)]).toEqual([false, [4], true, false]);
});
