import { describe, expect, test } from 'vitest';
import type { JobStatus } from '../../../app/run/statusFile.ts';
import { batchAt, liveJob, STATUS } from './liveJob.ts';
import { openSite } from './site.ts';

const INTERVAL_MS = 2000;

describe('/readyz', () => {
  test('says that it is ready', async () => {
    const { get } = await openSite(liveJob());
    const answer = await get('/readyz');
    expect([answer.status, await answer.json()]).toEqual([200, { status: 'ready' }]);
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  const hbase = {
    kind: 'hbase',
    url: 'http://127.0.0.1:8080',
    table: 'sensor',
    state: 'away',
    since: '2026-11-21T10:00:00.000Z',
    reason: 'the gateway answered 503',
  } as const;
  test.each<[string, Partial<JobStatus>, RegExp]>([
    ['the table is not in order yet', { recovered: false }, /it still brings the table in order/],
    ['the store is away', { store: hbase }, /away since 2026-11-21T10:00:00.000Z: the gateway answered 503/],
    ['the journal is full', { journal: { bytes: 10, full: true } }, /limits\.journal/],
    [
      'the connection to the broker is deaf',
      { receivers: { mqtt: { state: 'deaf', lastMessageAt: null, lastError: 'not even a heartbeat' } } },
      /brings nothing: not even a heartbeat/,
    ],
    ['the job stops', { state: 'stopping' }, /the job is stopping/i],
  ])('is not while %s, and is when that is over', async (_what, status, reason) => {
    const { state, live } = liveJob({ status });
    const { get } = await openSite({ live });
    const refused = await get('/readyz');
    expect([refused.status, refused.headers.get('content-type')]).toEqual([503, 'application/problem+json; charset=utf-8']);
    expect(await refused.json()).toMatchObject({ code: 'NOT_READY', detail: expect.stringMatching(reason) as string });
    state.hear({ kind: 'status', status: STATUS });
    expect((await get('/readyz')).status).toBe(200);
  });

  test('says all that is in the way', async () => {
    const { json } = await openSite(liveJob({ status: { recovered: false, store: hbase, journal: { bytes: 1, full: true } } }));
    const { detail } = await json('/readyz');
    expect(String(detail).split('; ')).toHaveLength(3);
  });

  test('is not when the job has said nothing for more than ten seconds', async () => {
    let now = 0;
    const { state, live } = liveJob({ now: () => now });
    const { get } = await openSite({ live });
    now = 10_000;
    expect((await get('/readyz')).status).toBe(200);
    now = 11_000;
    expect(await (await get('/readyz')).json()).toMatchObject({
      status: 503,
      detail: expect.stringContaining('nothing for 11s') as string,
    });
    state.hear({ kind: 'status', status: STATUS });
    expect((await get('/readyz')).status).toBe(200);
  });

  const delays = (...values: number[]) => {
    const last = Math.floor(Date.now() / INTERVAL_MS) * INTERVAL_MS;
    return values.map((schedulingDelay, i) => batchAt(last - (values.length - i) * INTERVAL_MS, { schedulingDelay }));
  };
  test.each([
    ['large and grows', delays(20_000, 22_000, 24_000), 503],
    ['large and shrinks', delays(30_000, 28_000, 26_000), 200],
    ['large and stays', delays(30_000, 30_000), 200],
    ['small and grows', delays(10, 1000, 19_000), 200],
    ['large, and its batches are long ago', [batchAt(0, { schedulingDelay: 20_000 }), batchAt(2000, { schedulingDelay: 24_000 })], 200],
  ])('with a backlog that is %s', async (_what, batches, status) => {
    const { get } = await openSite(liveJob({ batches }));
    const answer = await get('/readyz');
    expect(answer.status).toBe(status);
    if (status === 503)
      expect(await answer.json()).toMatchObject({ detail: expect.stringMatching(/rows wait 24s .*, 20s half a minute ago/) as string });
  });
});

describe('/healthz', () => {
  test('is well though the job is not ready', async () => {
    const { get } = await openSite(liveJob({ status: { recovered: false } }));
    const answer = await get('/healthz');
    expect([answer.status, await answer.json()]).toEqual([200, { status: 'alive' }]);
  });

  test('is not when nothing was heard of the job for a minute', async () => {
    let now = 0;
    const { live } = liveJob({ now: () => now });
    const { get } = await openSite({ live });
    now = 60_000;
    expect((await get('/healthz')).status).toBe(200);
    now = 61_000;
    expect(await (await get('/healthz')).json()).toMatchObject({
      status: 503,
      code: 'NOT_READY',
      detail: expect.stringContaining('Start wellwatch again') as string,
    });
  });
});
