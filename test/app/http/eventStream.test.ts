import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { describe, expect, test, vi } from 'vitest';
import { liveEvents } from '../../../app/http/liveEvents.ts';
import type { LiveEvent } from '../../../app/http/schemas/live.ts';
import { events } from '../../../app/http/schemas/live.ts';
import { addToken, removeToken } from '../../../app/access/tokens.ts';
import { loadConfig } from '../../../app/config/load.ts';
import { batchAt, liveJob, runOf, STATUS } from './liveJob.ts';
import { openSite } from './site.ts';
import { readEvents } from './sse.ts';

const STREAM = '/api/v1/stream';
const PATIENT = { timeout: 60_000 };
const AWAY: LiveEvent = { event: 'store', data: { away: null } };
const named = (n: number): LiveEvent => ({ event: 'store', data: { away: { since: '2026-11-21T10:00:00.000Z', reason: String(n) } } });

describe('the live stream', () => {
  test('begins with an id and how long to wait before coming again, then tells what happens', async () => {
    const { live, stream } = liveJob();
    const { url } = await openSite({ live });
    const reader = await readEvents(url + STREAM);
    expect(reader.headers.get('content-type')).toBe('text/event-stream');
    expect(reader.headers.get('cache-control')).toBe('no-store');
    const hello = await reader.next();
    expect(hello).toMatchObject({ retry: '2000', event: undefined, id: expect.stringMatching(/^[\da-f]+-0$/) as string });
    stream.send(AWAY);
    expect(await reader.next()).toEqual({ id: hello!.id!.replace(/0$/, '1'), ...AWAY, retry: undefined });
  });

  test.each(['header', 'query'])('goes on after the last event that a reader had (%s)', async (how) => {
    const { live, stream } = liveJob();
    const { url } = await openSite({ live });
    const first = await readEvents(url + STREAM);
    const { id } = (await first.next())!;
    first.close();
    for (let n = 1; n <= 5; n++) stream.send(named(n));
    const after2 = id!.replace(/0$/, '2');
    const again =
      how === 'header'
        ? await readEvents(url + STREAM, { 'last-event-id': after2 })
        : await readEvents(`${url}${STREAM}?lastEventId=${after2}`);
    expect((await again.next())!.id).toBe(after2);
    for (const n of [3, 4, 5]) expect((await again.next())!.data).toEqual(named(n).data);
    stream.send(named(6));
    expect((await again.next())!.data).toEqual(named(6).data);
  });

  test.each([
    ['of an earlier process', () => '0123456789ab-3'],
    ['of an event that is not remembered any more', (id: string) => id.replace(/\d+$/, '1')],
    ['that never was', (id: string) => id.replace(/\d+$/, '99')],
    ['that is none', () => 'nonsense'],
  ])('with an id %s a reader hears "reset", and then what comes next', async (_what, idFrom) => {
    const { live, stream } = liveJob({ remembered: { events: 3, bytes: 1_000_000 } });
    const { url } = await openSite({ live });
    for (let n = 1; n <= 10; n++) stream.send(named(n));
    const { id } = (await (await readEvents(url + STREAM)).next())!;
    const reader = await readEvents(url + STREAM, { 'last-event-id': idFrom(id!) });
    expect(await reader.next()).toMatchObject({ event: 'reset', id, data: {} });
    stream.send(named(11));
    expect((await reader.next())!.data).toEqual(named(11).data);
  });

  test('what is remembered is bounded in bytes too', async () => {
    const { live, stream } = liveJob({ remembered: { events: 1000, bytes: 1000 } });
    const { url } = await openSite({ live });
    const { id } = (await (await readEvents(url + STREAM)).next())!;
    for (let n = 1; n <= 100; n++) stream.send(named(n));
    expect((await (await readEvents(url + STREAM, { 'last-event-id': id! })).next())!.event).toBe('reset');
  });

  test('two hundred readers all hear everything in order, and a backlog larger than their sockets', async () => {
    const { live, stream } = liveJob();
    const { url } = await openSite({ live });
    const readers = await Promise.all(Array.from({ length: 200 }, () => readEvents(url + STREAM)));
    await Promise.all(readers.map((reader) => reader.next()));
    expect(stream.readers).toBe(200);
    const wide = 'x'.repeat(20_000);
    for (let n = 1; n <= 20; n++) stream.send({ event: 'store', data: { away: { since: wide, reason: String(n) } } });
    const heard = await Promise.all(readers.map(async (reader) => {
      const reasons: string[] = [];
      for (let n = 1; n <= 20; n++) reasons.push(((await reader.next())!.data as { away: { reason: string } }).away.reason);
      return reasons.join();
    }));
    expect(new Set(heard)).toEqual(new Set([Array.from({ length: 20 }, (_, i) => i + 1).join()]));
    readers.forEach((reader) => reader.close());
    await vi.waitFor(() => expect(stream.readers).toBe(0), PATIENT);
  });

  test('a reader that does not read is cut when it has missed what is remembered; the others read on', async () => {
    const { live, stream } = liveJob({ remembered: { events: 50, bytes: 100_000_000 } });
    const { url } = await openSite({ live });
    const slow = await silentReader(url);
    const cut = once(slow, 'error');
    const quick = await readEvents(url + STREAM);
    await quick.next();
    await vi.waitFor(() => expect(stream.readers).toBe(2), PATIENT);
    const wide = 'x'.repeat(200_000);
    for (let n = 1; n <= 200; n++) {
      stream.send({ event: 'store', data: { away: { since: wide, reason: String(n) } } });
      expect(((await quick.next())!.data as { away: { reason: string } }).away.reason).toBe(String(n));
    }
    await vi.waitFor(() => expect(stream.readers).toBe(1), PATIENT);
    slow.resume();
    expect(await cut).toMatchObject([{ message: 'aborted' }]);
  });

  test('a reader whose connection takes nothing for ten heartbeats is cut', async () => {
    const { live, stream } = liveJob({ heartbeatMs: 20 });
    const { url } = await openSite({ live });
    const slow = await silentReader(url);
    await vi.waitFor(() => expect(stream.readers).toBe(1), PATIENT);
    const wide = 'x'.repeat(500_000);
    for (let n = 1; n <= 30; n++) stream.send({ event: 'store', data: { away: { since: wide, reason: '' } } });
    stream.start();
    await vi.waitFor(() => expect(stream.readers).toBe(0), PATIENT);
    slow.on('error', () => undefined).destroy();
  });

  test('is refused behind another answer on its connection, whose end would not be heard', async () => {
    const { live, stream } = liveJob();
    const { url } = await openSite({ live });
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.write(`GET ${STREAM} HTTP/1.1\r\nhost: localhost\r\n\r\n`.repeat(20));
    await vi.waitFor(() => expect(stream.readers).toBe(1), PATIENT);
    socket.destroy();
    await vi.waitFor(() => expect(stream.readers).toBe(0), PATIENT);
  });

  test('heartbeats are events without an id, and after its time a reader has to come again', async () => {
    const { live, stream } = liveJob({ heartbeatMs: 10, sessionMs: 50 });
    const { url } = await openSite({ live });
    stream.start();
    const text = await (await fetch(url + STREAM)).text();
    expect(text).toMatch(/^retry: 2000\nid: [\da-f]+-0\n\n(event: heartbeat\ndata: \{\}\n\n){5}$/);
  });

  test('a token that is removed ends the streams that it opened, at the next heartbeat; the others go on', async () => {
    const { live, stream } = liveJob({ heartbeatMs: 20 });
    const { url, tokens } = await openSite({ live });
    const [removed, kept] = ['removed', 'kept'].map((name) => ({
      authorization: `Bearer ${addToken(tokens, { name, role: 'read', now: new Date() })}`,
    }));
    const reader = await readEvents(url + STREAM, removed);
    const other = await readEvents(url + STREAM, kept);
    for (const each of [reader, other]) await each.next();
    stream.start();
    removeToken(tokens, 'removed');
    expect(await reader.next()).toBeUndefined();
    stream.send(AWAY);
    expect(await other.next()).toMatchObject(AWAY);
  });

  test('beyond the most readers one more is refused with a problem', async () => {
    const { live, stream } = liveJob({ readers: 1 });
    const { url, get: ask } = await openSite({ live });
    const reader = await readEvents(url + STREAM);
    await vi.waitFor(() => expect(stream.readers).toBe(1), PATIENT);
    const refused = await ask(STREAM);
    expect([refused.status, refused.headers.get('content-type'), refused.headers.get('retry-after')]).toEqual([
      503,
      'application/problem+json; charset=utf-8',
      '30',
    ]);
    expect(await refused.json()).toMatchObject({ code: 'NOT_READY' });
    reader.close();
    await vi.waitFor(() => expect(stream.readers).toBe(0), PATIENT);
    expect((await readEvents(url + STREAM)).status).toBe(200);
  });

  test('ends for all when it is closed', async () => {
    const { live, stream } = liveJob();
    const { url } = await openSite({ live });
    const reader = await readEvents(url + STREAM);
    await reader.next();
    stream.close();
    expect(await reader.next()).toBeUndefined();
  });

  test('an unknown parameter is refused', async () => {
    const { live } = liveJob();
    const { get: ask } = await openSite({ live });
    expect((await ask(`${STREAM}?from=2014-03-14`)).status).toBe(400);
  });
});

describe('what the job tells becomes events as the schema has them', () => {
  const config = loadConfig({ env: {} });
  const window = {
    to: '2026-11-21T10:00:06.000Z',
    lengthMs: 6000,
    slideMs: 2000,
    pumpDays: 1,
    rows: [
      {
        pump: 'A',
        date: '2014-03-14',
        count: 1,
        min: 1,
        max: 1,
        mean: NaN,
        alerts: 1,
        last: { at: '2014-03-14T12:00:00', psi: 1 },
        total: { rows: 1, alerts: 1, late: 0 },
      },
    ],
  };

  test.each([
    ['a status', { kind: 'status', status: STATUS } as const, []],
    ['a status of a job that is not ready', { kind: 'status', status: { ...STATUS, recovered: false } } as const, []],
    ['a batch', { kind: 'batch', batch: batchAt(2000) } as const, ['batch']],
    ['120 runs', { kind: 'runs', runs: Array.from({ length: 120 }, (_, i) => runOf(`P${i}`)) } as const, ['alerts', 'alerts', 'alerts']],
    ['a withdrawal', { kind: 'withdrawn', alerts: [{ ...runOf('A'), time: 0, value: 0 }] } as const, ['withdrawn']],
    ['a window', { kind: 'window', window } as const, ['window']],
    ['a receiver', { kind: 'receiver', name: 'mqtt', status: STATUS.receivers.mqtt! } as const, ['receiver']],
    ['a store that is away', { kind: 'store', away: { since: 0, reason: 'no route' } } as const, ['store']],
    ['a store that is back', { kind: 'store', away: undefined } as const, ['store']],
  ])('%s', (_what, message, names) => {
    const told = liveEvents(message, STATUS, config);
    expect(told.map(({ event }) => event)).toEqual(names);
    for (const { event, data } of told) expect(events[event].parse(data)).toEqual(data);
  });

  test('a job that has become ready makes a store that is there', () => {
    const told = liveEvents({ kind: 'status', status: STATUS }, { ...STATUS, recovered: false }, config);
    expect(told).toEqual([{ event: 'store', data: { away: null } }]);
  });

  test('a run of alerts says from when to when, how many, the worst and the last value', () => {
    const [{ data }] = liveEvents({ kind: 'runs', runs: [runOf('LAGNAPPE')] }, STATUS, config);
    expect(data).toEqual({
      runs: [
        {
          pump: 'LAGNAPPE',
          rule: 'low-psi',
          measure: 'psi',
          comparison: 'below',
          threshold: 5,
          from: '2014-03-14T12:00:00',
          to: '2014-03-14T12:01:00',
          count: 2,
          worst: 0,
          value: 0,
          known: false,
          vendor: null,
          lastMaintenance: null,
        },
      ],
    });
  });
});

/** Somebody who asks for the stream and reads nothing of it. */
async function silentReader(url: string): Promise<IncomingMessage> {
  const { hostname, port } = new URL(url);
  const request = get(url + STREAM, { createConnection: () => connect({ host: hostname, port: Number(port) }) });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  return response.pause();
}
