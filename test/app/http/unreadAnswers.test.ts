import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { UnreadAnswers } from '../../../app/http/unreadAnswers.ts';

/** A server that answers with so many bytes as the path says, and somebody who asks and reads nothing. */
async function server(most: number, timeout: number) {
  const http = createServer(
    { keepAlive: true },
    ({ url }, response: ServerResponse) => void response.end('x'.repeat(Number(url!.slice(1)))),
  );
  http.setTimeout(timeout);
  const unread = new UnreadAnswers(http, most);
  await once(http.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => void http.close().closeAllConnections());
  return {
    unread,
    ask: async (bytes: number): Promise<{ socket: Socket; cut: Promise<unknown> }> => {
      const arrived = once(http, 'connection') as Promise<[Socket]>;
      const socket = connect((http.address() as AddressInfo).port, '127.0.0.1').pause();
      socket.on('error', () => undefined).write(`GET /${bytes} HTTP/1.1\r\nhost: localhost\r\n\r\n`);
      const [there] = await arrived;
      onTestFinished(() => void socket.destroy());
      while (there.bytesWritten < bytes) await new Promise((resolve) => setTimeout(resolve, 10));
      return { socket, cut: once(there, 'close') };
    },
  };
}

const MANY = 30_000_000;

test('an answer that is not read is cut', async () => {
  const { ask } = await server(Infinity, 200);
  await (await ask(MANY)).cut;
});

test('where too much waits to be read, whoever has the most of it is cut, and the others stay', async () => {
  const { unread, ask } = await server(1.5 * MANY, 0);
  const small = await ask(100);
  const [larger, largest] = [await ask(MANY), await ask(2 * MANY)];
  unread.makeRoom();
  await largest.cut;
  unread.makeRoom();
  expect(
    await Promise.race([larger.cut.then(() => 'cut'), small.cut.then(() => 'cut'), once(small.socket.resume(), 'data').then(() => 'read')]),
  ).toBe('read');
});
