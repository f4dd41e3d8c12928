import { expect, test } from 'vitest';
import { loadConfig } from '../../../app/config/load.ts';
import { liveEvents } from '../../../app/http/liveEvents.ts';
import type { WindowStatus } from '../../../app/run/windowStatus.ts';
import type { JobBatch } from '../../../ingest/reports/batchLog.ts';
import { batchAt, DISK, liveJob, runOf, STATUS } from './liveJob.ts';
import { openSite } from './site.ts';

const API = '/api/v1';
const FAILED: Partial<JobBatch> = { error: 'the disk is full', rows: { directory: 0, mqtt: 6, kafka: 0 } };

test('statistics: what the job has done, after Spark', async () => {
  const { json } = await openSite(liveJob({ batches: [batchAt(10_000), batchAt(16_000, FAILED)] }));
  expect(await json(`${API}/streaming/statistics`)).toEqual({
    site: 'Demo field', timezone: 'America/Chicago', startTime: STATUS.startedAt, state: 'running', recovered: true, batchInterval: 2000,
    numActiveReceivers: 1, numTotalCompletedBatches: 2, numFailedBatches: 1, numProcessedRecords: 42, numReceivedRecords: 42,
    avgInputRate: 1.25, // 10 rows in 8 s
    avgSchedulingDelay: 10, avgProcessingTime: 20, avgTotalDelay: 30,
    store: { kind: 'embedded', away: null }, journal: { bytes: 4096, full: false }, forward: null,
  });
});

test('disk: what lies there, what each day added, when it is full; before the first look nobody knows', async () => {
  const { state, live } = liveJob();
  const { get, json } = await openSite({ live });
  expect((await get(`${API}/disk`)).status).toBe(404);
  state.hear({ kind: 'status', status: { ...STATUS, disk: DISK } });
  expect(await json(`${API}/disk`)).toMatchObject({
    bytes: 4_000_000_500, parts: { table: 4e9, inbox: 500 }, free: 9e9, limit: null,
    days: [{ date: '2026-11-20', added: null }, { date: '2026-11-21', added: 1e9 }, { added: 1e9 }, { date: '2026-11-23', added: 1e9 }],
    forecast: { state: 'full', of: 'disk', perDay: 1e9, days: 9, at: '2026-12-02T12:00:00.000Z' },
    sentences: ['4.0 GB on disk (table 4.0 GB, inbox 500 bytes), 9.0 GB free', 'the disk is full in about 9 days, on 2026-12-02, at 1.0 GB a day'],
  });
});

test('before the first batch there are no averages', async () => {
  const averages = { batches: 0, schedulingDelay: null, processingTime: null, totalDelay: null, write: null };
  const { json } = await openSite(liveJob({ status: { averages } }));
  expect(await json(`${API}/streaming/statistics`)).toMatchObject({
    avgInputRate: null,
    avgSchedulingDelay: null,
    avgProcessingTime: null,
    avgTotalDelay: null,
  });
});

test('statistics say since when a store is away', async () => {
  const store = {
    kind: 'hbase',
    url: 'http://127.0.0.1:8080',
    table: 'sensor',
    state: 'away',
    since: '2026-11-21T10:00:00.000Z',
    reason: 'no route',
  } as const;
  const { json } = await openSite(liveJob({ status: { store } }));
  expect(await json(`${API}/streaming/statistics`)).toMatchObject({
    store: { kind: 'hbase', away: { since: store.since, reason: store.reason } },
  });
});

test('statistics say whether the job is ready: until then nothing tells whether all is well', async () => {
  const { state, live } = liveJob({ status: { recovered: false } });
  const { json } = await openSite({ live });
  expect(await json(`${API}/streaming/statistics`)).toMatchObject({ recovered: false, store: { away: null } });
  state.hear({ kind: 'status', status: STATUS });
  expect(await json(`${API}/streaming/statistics`)).toMatchObject({ recovered: true });
});

test('what was told and is not stored yet is listed with the reason, and the stream tells when that changes', async () => {
  const { known: _, vendor: __, maintenance: ___, ...run } = { ...runOf('LAGNAPPE'), receivedAt: 1000 };
  const store = { kind: 'hbase', url: 'http://h:1', table: 'sensor', state: 'away', since: '2026-11-21T10:00:00.000Z', reason: 'x' } as const;
  const { state, live } = liveJob();
  const { json } = await openSite({ live });
  expect(await json(`${API}/alerts/unstored`)).toEqual({ items: [], total: 0, note: null });
  const status = { ...STATUS, store, unstored: { runs: [run], total: 3 } };
  const config = loadConfig({ env: {} });
  expect(liveEvents({ kind: 'status', status }, state.status, config)).toEqual([{ event: 'unstored', data: { total: 3 } }]);
  state.hear({ kind: 'status', status });
  expect(liveEvents({ kind: 'status', status }, state.status, config)).toEqual([]);
  expect(await json(`${API}/alerts/unstored`)).toEqual({
    items: [{
      pump: 'LAGNAPPE', rule: 'low-psi', measure: 'psi', priority: 'high', comparison: 'below', threshold: 5, count: 2, worst: 0,
      from: '2014-03-14T12:00:00', to: '2014-03-14T12:01:00', receivedAt: '1970-01-01T00:00:01.000Z',
      known: false, vendor: null, lastMaintenance: null, stored: false,
    }],
    total: 3, note: 'not stored yet: the store is away since 2026-11-21T10:00:00.000Z',
  });
});

test('receivers: state, place, last message, last error and rows of each that there is', async () => {
  const directory = { state: 'running', path: '/site/inbox', file: null, lastMessageAt: null, lastError: null };
  const mqtt = {
    state: 'refused',
    url: 'mqtt://broker:1883',
    topic: 'pumps/+/readings',
    connections: 0,
    lastMessageAt: '2026-11-21T10:00:00.500Z',
    lastError: 'not authorised',
  };
  const partitions = [{ partition: 0, offset: 88, lag: 12 }];
  const kafka = { state: 'connected', url: 'kafka://k1:9092', topic: 'readings', lag: 12, partitions, lastMessageAt: null, lastError: null };
  const both = await openSite(liveJob({ status: { receivers: { directory, mqtt, kafka } } }));
  expect(await both.json(`${API}/streaming/receivers`)).toEqual({
    items: [
      { name: 'directory', state: 'running', detail: '/site/inbox', lastMessageAt: null, lastError: null, rows: 40, lag: null },
      {
        name: 'mqtt',
        state: 'refused',
        detail: 'mqtt://broker:1883',
        lastMessageAt: '2026-11-21T10:00:00.500Z',
        lastError: 'not authorised',
        rows: 2,
        lag: null,
      },
      { name: 'kafka', state: 'connected', detail: 'kafka://k1:9092', lastMessageAt: null, lastError: null, rows: 0, lag: 12 },
    ],
  });
  const one = await openSite(liveJob({ status: { receivers: { directory } } }));
  expect((await one.json<{ items: unknown[] }>(`${API}/streaming/receivers`)).items).toHaveLength(1);
});

test('batches: newest first, as many as are wanted, and what comes later', async () => {
  const { state, live } = liveJob({ batches: [batchAt(10_000), batchAt(12_000), batchAt(14_000)] });
  const { json } = await openSite({ live });
  const ids = async (query = '') =>
    (await json<{ items: { batchId: number }[] }>(`${API}/streaming/batches${query}`)).items.map(({ batchId }) => batchId);
  expect(await ids()).toEqual([14_000, 12_000, 10_000]);
  expect(await ids('?limit=2')).toEqual([14_000, 12_000]);
  state.hear({ kind: 'batch', batch: batchAt(20_000, FAILED) });
  expect((await json<{ items: unknown[] }>(`${API}/streaming/batches?limit=1`)).items).toEqual([
    {
      batchId: 20_000,
      batchTime: '1970-01-01T00:00:20.000Z',
      status: 'FAILED',
      inputSize: 6,
      rows: { directory: 0, mqtt: 6, kafka: 0 },
      outcome: { stored: 3, replaced: 0, duplicate: 0, replayed: 0, rejected: 1, alerts: 2 },
      schedulingDelay: 20,
      processingTime: 30,
      totalDelay: 50,
      numSteps: 1,
    },
  ]);
});

test('a batch with what its steps did; one that is not remembered is not found', async () => {
  const { json, get } = await openSite(liveJob({ batches: [batchAt(10_000), batchAt(12_000, FAILED)] }));
  expect(await json(`${API}/streaming/batches/10000`)).toMatchObject({
    batchId: 10_000, status: 'COMPLETED', failureReason: null,
    operations: [{ name: 'take', duration: 10, times: 1, rows: 4 }, { name: 'table', duration: 20, times: 2, rows: 4 }],
  });
  expect(await json(`${API}/streaming/batches/12000`)).toMatchObject({ status: 'FAILED', failureReason: 'the disk is full' });
  const missing = await get(`${API}/streaming/batches/11000`);
  expect([missing.status, await missing.json()]).toMatchObject([404, { code: 'NOT_FOUND', instance: `${API}/streaming/batches/11000` }]);
  expect((await get(`${API}/streaming/batches/last`)).status).toBe(400);
});

test.each(['?limit=0', '?limit=1001', '?limit=x', '?from=1'])('batches%s is refused', async (query) => {
  const { get } = await openSite(liveJob());
  expect((await get(`${API}/streaming/batches${query}`)).status).toBe(400);
});

test('windows: none at first, then the last; what JSON has no number for is null', async () => {
  const { state, live } = liveJob();
  const { json } = await openSite({ live });
  expect(await json(`${API}/windows`)).toEqual({ to: null, lengthMs: 6000, slideMs: 2000, pumpDays: 0, rows: [] });
  const window: WindowStatus = {
    to: '2026-11-21T10:00:06.000Z',
    lengthMs: 6000,
    slideMs: 2000,
    pumpDays: 2,
    rows: [
      {
        pump: 'A',
        date: '2014-03-14',
        count: 2,
        min: 1,
        max: 1e308,
        mean: NaN,
        alerts: 1,
        last: { at: '2014-03-14T12:00:00', psi: 1 },
        total: { rows: 5, alerts: 1, late: 0 },
      },
    ],
  };
  state.hear({ kind: 'window', window });
  expect(await json(`${API}/windows`)).toEqual({ ...window, rows: [{ ...window.rows[0], mean: null }] });
});

test('what was missed is made good by all there is to know', async () => {
  const { state, live } = liveJob({ batches: [batchAt(10_000)] });
  const { json } = await openSite({ live });
  state.again({ status: { ...STATUS, state: 'stopping' }, batches: [batchAt(30_000)] });
  expect(await json(`${API}/streaming/statistics`)).toMatchObject({ state: 'stopping' });
  expect((await json<{ items: { batchId: number }[] }>(`${API}/streaming/batches`)).items.map(({ batchId }) => batchId)).toEqual([30_000]);
});
