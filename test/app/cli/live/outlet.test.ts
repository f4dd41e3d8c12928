import { once } from 'node:events';
import { openSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { Writable } from 'node:stream';
import { expect, onTestFinished, test, vi } from 'vitest';
import { Outlet, type StandardStream } from '../../../../app/cli/live/outlet.ts';

/** A connection, and its other side, which reads nothing until it is resumed. */
async function connection(): Promise<{ stream: StandardStream; reader: Socket }> {
  const server = createServer({ pauseOnConnect: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const arrived = once(server, 'connection') as Promise<[Socket]>;
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const [reader] = await arrived;
  onTestFinished(() => {
    socket.destroy();
    reader.destroy();
    server.close();
  });
  return { stream: socket as unknown as StandardStream, reader };
}

test('what nobody reads is bounded, the rest is refused and counted, and it goes on when somebody reads', async () => {
  const { stream, reader } = await connection();
  const told: (string | number)[] = [];
  const outlet = new Outlet(stream, { mostUnread: 1000, onRefused: () => told.push('refused'), onAgain: (count) => told.push(count) });
  let refused = 0;
  for (let i = 0; i < 200; i++) if (!outlet.write('x'.repeat(100_000))) refused++;
  expect(refused).toBeGreaterThan(0);
  expect(stream.writableLength).toBeLessThan(110_000);
  expect(outlet.closed).toBe(true);
  reader.resume();
  await vi.waitFor(() => expect(told).toEqual(['refused', refused]), { timeout: 60_000 });
  expect(outlet.write('again')).toBe(true);
});

test('a full disk refuses, and a reader that is gone takes all', async () => {
  const full = Object.assign(new Writable(), { fd: openSync('/dev/full', 'w'), isTTY: false }) as unknown as StandardStream;
  expect(new Outlet(full).write('a line\n')).toBe(false);
  const { stream, reader } = await connection();
  const outlet = new Outlet(stream, { mostUnread: 1000 });
  reader.resetAndDestroy();
  await once(stream, 'error');
  for (let i = 0; i < 200; i++) expect(outlet.write('x'.repeat(100_000))).toBe(true);
});
