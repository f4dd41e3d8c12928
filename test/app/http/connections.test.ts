import { once } from 'node:events';
import { Agent, get } from 'node:http';
import { connect, type Socket } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import { connectionLimits } from '../../../app/http/connections.ts';
import { openSite, type Site } from './site.ts';

/** A connection that sends only what is given, and never ends by itself. */
async function connectTo({ url }: Site, sent = ''): Promise<Socket> {
  const socket = connect({ port: Number(new URL(url).port), host: '127.0.0.1', allowHalfOpen: true });
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  socket.on('error', () => undefined).write(sent);
  return socket;
}

const statusOf = (url: string, agent: Agent) =>
  new Promise((resolve, reject) => get(url, { agent }, (response) => response.resume().once('end', () => resolve(response.statusCode)))
    .once('error', reject));

test.each([
  ['nothing', ''],
  ['a part of its headers', 'GET / HTTP/1.1\r\nhost: localhost\r\n'],
])('a connection that sends %s is told so and ended, though the other side keeps it', async (_what, sent) => {
  const site = await openSite({ connections: { ...connectionLimits(), most: 10, headersMs: 100 } });
  const socket = await connectTo(site, sent);
  let text = '';
  socket.setEncoding('utf8').on('data', (piece: string) => {
    text += piece;
  });
  await once(socket, 'end');
  expect(text).toContain('Expected the whole request sooner');
  // What is written to a connection that is gone comes back as an error.
  const gone = new Promise((resolve) => socket.once('close', resolve));
  const writing = setInterval(() => socket.write('x'), 50);
  await gone;
  clearInterval(writing);
});

test('connections beyond the most are refused, the log says so once, and those that are there go on', async () => {
  const site = await openSite({ connections: { ...connectionLimits(), most: 2 } });
  const first = await connectTo(site);
  await connectTo(site);
  for (let i = 0; i < 3; i++) {
    const refused = await connectTo(site);
    await new Promise((resolve) => refused.resume().once('end', resolve).once('close', resolve));
  }
  expect(site.events).toEqual([{ level: 'warn', message: expect.stringContaining('have 2 connections') as string }]);
  first.write('GET /api/v1/me HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n');
  const [answer] = (await once(first.setEncoding('utf8'), 'data')) as [string];
  expect(answer).toMatch(/^HTTP\/1\.1 200 /);
  first.destroy();
  await vi.waitFor(async () => expect((await site.get('/api/v1/me')).status).toBe(200), { timeout: 60_000 });
});

test('a connection that has brought as many requests as it may is ended, and those behind are not looked at', async () => {
  const site = await openSite({ connections: { ...connectionLimits(), requests: 3 } });
  const socket = await connectTo(site, 'GET /api/v1/me HTTP/1.1\r\nhost: localhost\r\n\r\n'.repeat(20));
  let text = '';
  socket.setEncoding('utf8').on('data', (piece: string) => {
    text += piece;
  });
  await once(socket, 'end');
  expect((text.match(/^HTTP\/1\.1 /gm) ?? []).length).toBeLessThanOrEqual(4);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  onTestFinished(() => agent.destroy());
  for (let i = 0; i < 8; i++) expect(await statusOf(`${site.url}/api/v1/me`, agent)).toBe(200); // who waits for answers only connects again
});

test('connections never take more than half of the files that the process may open', () => {
  const { most } = connectionLimits();
  expect(most).toBeGreaterThan(0);
  expect(most).toBeLessThanOrEqual(2000);
});
