import { describe, expect, test } from 'vitest';
import { batchAt, DISK, liveJob, NOW } from './liveJob.ts';
import { openMetrics } from './openMetrics.ts';
import { openSite } from './site.ts';
import { readEvents } from './sse.ts';

const OPEN = { accept: 'application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.1' };

describe('/metrics', () => {
  test.each([
    ['Prometheus', OPEN.accept, 'application/openmetrics-text; version=1.0.0; charset=utf-8'],
    ['curl', '*/*', 'text/plain; version=0.0.4; charset=utf-8'],
    ['who wants neither', 'application/json', 'text/plain; version=0.0.4; charset=utf-8'],
  ])('%s gets its format', async (_who, accept, type) => {
    const { get } = await openSite(liveJob());
    const answer = await get('/metrics', { accept });
    expect([answer.status, answer.headers.get('content-type'), answer.headers.get('cache-control')]).toEqual([200, type, 'no-store']);
    const text = await answer.text();
    expect(text.endsWith('\n# EOF\n')).toBe(accept === OPEN.accept);
    expect(text).toContain('wellwatch_rows_total{receiver="directory",outcome="stored"} 300');
  });

  test('tells of alarms, and of who is told', async () => {
    const duty = {
      name: 'duty', waiting: 2, oldestAt: NOW - 30_000, lastSentAt: NOW - 60_000, sent: 7, failed: 1, problem: null, isStuck: false,
      waitedMs: 3500, longestWaitMs: 1200, dead: 3,
    };
    const { get } = await openSite(liveJob({ status: { notify: { channels: [duty], system: [] } } }));
    const text = await (await get('/metrics')).text();
    for (const line of [
      'wellwatch_alarms{priority="high",state="active-unacknowledged"} 3',
      'wellwatch_outbox_messages{channel="duty"} 2',
      'wellwatch_outbox_age_seconds{channel="duty"} 30',
      'wellwatch_notifications_total{channel="duty",result="sent"} 7',
      'wellwatch_notifications_total{channel="duty",result="failed"} 1',
      'wellwatch_notification_wait_seconds_total{channel="duty"} 3.5',
      'wellwatch_notification_longest_wait_seconds{channel="duty"} 1.2',
      'wellwatch_dead_notifications{channel="duty"} 3',
      `wellwatch_notify_last_success_timestamp_seconds{channel="duty"} ${(NOW - 60_000) / 1000}`,
      'wellwatch_system_alarms 0',
    ]) expect(text).toContain(`${line}\n`);
  });

  test('tells what lies on the disk, and when it is full once enough days are known', async () => {
    const told = async (disk: typeof DISK) => (await (await openSite(liveJob({ status: { disk } }))).get('/metrics')).text();
    const known = await told(DISK);
    for (const line of [
      'wellwatch_disk_bytes{part="table"} 4000000000', 'wellwatch_disk_free_bytes 9000000000', 'wellwatch_disk_forecast_known 1',
      'wellwatch_disk_growth_bytes_per_day 1000000000', `wellwatch_disk_full_timestamp_seconds ${Date.UTC(2026, 11, 2, 12) / 1000}`,
    ]) expect(known).toContain(`${line}\n`);
    const young = await told({ ...DISK, forecast: { state: 'unknown', knownDays: 1, neededDays: 4 } });
    expect(young).toContain('wellwatch_disk_forecast_known 0\n');
    expect(young).not.toContain('wellwatch_disk_full_timestamp_seconds');
  });

  test('is OpenMetrics: counts, delays, state, and who reads', async () => {
    const { live, stream, metrics } = liveJob({ batches: [batchAt(NOW - 4000, { schedulingDelay: 1500 })] });
    const { url, get } = await openSite({ live });
    await (await readEvents(`${url}/api/v1/stream`)).next();
    metrics.observe(batchAt(2000));
    metrics.observe(batchAt(4000, { schedulingDelay: 7000, writes: [] }));
    const text = await (await get('/metrics', OPEN)).text();
    const { samples, types } = openMetrics(text);
    expect(
      Object.fromEntries(
        [
          'rows',
          'alerts',
          'late_rows',
          'batches',
          'batch_scheduling_delay_seconds',
          'batch_processing_time_seconds',
          'batch_total_delay_seconds',
          'store_write_duration_seconds',
          'journal_bytes',
          'lag_seconds',
          'store_up',
          'receiver_up',
          'sse_clients',
        ].map((name) => [name, types.get(`wellwatch_${name}`)]),
      ),
    ).toEqual({
      rows: 'counter',
      alerts: 'counter',
      late_rows: 'counter',
      batches: 'counter',
      batch_scheduling_delay_seconds: 'histogram',
      batch_processing_time_seconds: 'histogram',
      batch_total_delay_seconds: 'histogram',
      store_write_duration_seconds: 'histogram',
      journal_bytes: 'gauge',
      lag_seconds: 'gauge',
      store_up: 'gauge',
      receiver_up: 'gauge',
      sse_clients: 'gauge',
    });
    const value = (sample: string) => samples.get(`wellwatch_${sample}`);
    expect(value('rows_total{receiver="directory",outcome="duplicate"}')).toBe(20);
    expect(value('replaced_rows_total{receiver="directory"}')).toBe(6);
    expect(value('retracted_rows_total{receiver="directory"}')).toBe(2);
    expect(value('rows_total{receiver="mqtt",outcome="stored"}')).toBe(70);
    expect(value('alerts_total{receiver="mqtt"}')).toBe(3);
    expect(value('late_rows_total')).toBe(6);
    expect(value('batches_total{result="completed"}')).toBe(2);
    expect(value('batches_total{result="failed"}')).toBe(1);
    expect(value('batch_scheduling_delay_seconds_bucket{le="0.025"}')).toBe(1);
    expect(value('batch_scheduling_delay_seconds_bucket{le="+Inf"}')).toBe(2);
    expect(value('batch_scheduling_delay_seconds_sum')).toBeCloseTo(7.02);
    expect(value('batch_processing_time_seconds_sum')).toBeCloseTo(0.06);
    expect(value('batch_total_delay_seconds_count')).toBe(2);
    expect(value('store_write_duration_seconds_count')).toBe(2);
    expect(value('store_write_duration_seconds_sum')).toBeCloseTo(0.02);
    expect(value('store_write_duration_seconds_bucket{le="0.005"}')).toBe(1);
    expect(value('rows_pending{receiver="mqtt"}')).toBe(9);
    expect(value('journal_limit_bytes')).toBe(10e9);
    expect(value('journal_bytes')).toBe(4096);
    expect(value('lag_seconds')).toBe(1.5);
    expect(value('store_up')).toBe(1);
    expect(value('receiver_up{receiver="directory"}')).toBe(1);
    expect(value('receiver_up{receiver="mqtt"}')).toBe(0);
    expect(value('sse_clients')).toBe(1);
    stream.close();
  });

  test('both formats say the same, whichever was asked for before', async () => {
    const { metrics } = liveJob();
    const text = () => metrics.text('text/plain; version=0.0.4; charset=utf-8');
    const before = await text();
    const { samples } = openMetrics(await metrics.text('application/openmetrics-text; version=1.0.0; charset=utf-8'));
    const after = await text();
    const counters = (all: string) => all.split('\n').filter((line) => line.includes('_total') && line.includes('wellwatch_'));
    expect(counters(after)).toEqual(counters(before));
    for (const line of counters(before).filter((each) => !each.startsWith('#')))
      expect(samples.get(line.slice(0, line.lastIndexOf(' ')))).toBe(Number(line.slice(line.lastIndexOf(' ') + 1)));
  });

  test('tells when rows last came, how pumps stand, and when the daily batch last succeeded; what is not known is not there', async () => {
    const names = (text: string) => new Set([...text.matchAll(/^(wellwatch_\w+)/gm)].map(([, name]) => name));
    const text = await (await (await openSite(liveJob())).get('/metrics')).text();
    for (const line of [
      `wellwatch_last_row_timestamp_seconds ${(NOW - 30_000) / 1000}`,
      `wellwatch_receiver_last_row_timestamp_seconds{receiver="mqtt"} ${Date.parse('2026-11-21T10:00:00.500Z') / 1000}`,
      'wellwatch_pumps{state="reporting"} 7', 'wellwatch_pumps{state="silent"} 2', 'wellwatch_unknown_pumps 3', 'wellwatch_daily_batch_pending 4',
      `wellwatch_daily_batch_last_success_timestamp_seconds ${(NOW - 3_600_000) / 1000}`, 'wellwatch_daily_batch_duration_seconds 1.5',
    ]) expect(text).toContain(`${line}\n`);
    expect(text).not.toContain('last_row_timestamp_seconds{receiver="directory"}');
    expect(text).toMatch(/^process_start_time_seconds \d+$/m);
    expect(text).toMatch(/^process_cpu_seconds_total [\d.]+$/m);
    const away = { pumps: undefined, pendingDays: undefined, summary: undefined, newestReceipt: 0, pending: undefined };
    const bare = names(await (await (await openSite(liveJob({ figures: away }))).get('/metrics')).text());
    for (const name of ['pumps', 'daily_batch_pending', 'daily_batch_last_success_timestamp_seconds', 'last_row_timestamp_seconds', 'rows_pending'])
      expect(bare).not.toContain(`wellwatch_${name}`);
  });

  test('tells of the workers that share the table, and of partitions that nobody who is heard has', async () => {
    const worker = { host: 'h', pid: 1, startedAt: NOW, at: NOW, state: 'connected', lastError: null, http: null, partitions: [{ partition: 0, lag: 7 }] };
    const partition = { topic: 't', epoch: 2, stored: 1, duplicate: 0, rejected: 0, last: NOW };
    const fleet = {
      workers: [{ ...worker, name: 'a', isHeard: true }, { ...worker, name: 'b', isHeard: false }],
      partitions: [{ ...partition, partition: 0, worker: 'a', lag: 7 }, { ...partition, partition: 1, worker: 'b', lag: null }],
    };
    const text = await (await (await openSite(liveJob({ figures: { fleet } }))).get('/metrics')).text();
    for (const line of [
      'wellwatch_fleet_workers 1', 'wellwatch_fleet_partition_taken{topic="t",partition="0"} 1', 'wellwatch_fleet_partition_taken{topic="t",partition="1"} 0',
      'wellwatch_fleet_partition_lag_records{topic="t",partition="0"} 7', 'wellwatch_fleet_partition_epoch{topic="t",partition="1"} 2',
    ]) expect(text).toContain(`${line}\n`);
    expect(text).not.toContain('lag_records{topic="t",partition="1"}');
    expect(await (await (await openSite(liveJob())).get('/metrics')).text()).not.toContain('fleet');
  });

  test('lag is how long a store has been away, and not there when nothing comes', async () => {
    const lag = async (job: ReturnType<typeof liveJob>) =>
      openMetrics(await job.metrics.text('application/openmetrics-text; version=1.0.0; charset=utf-8')).samples.get(
        'wellwatch_lag_seconds',
      );
    const store = {
      kind: 'hbase',
      url: 'http://127.0.0.1:8080',
      table: 'sensor',
      state: 'away',
      since: new Date(NOW - 42_000).toISOString(),
      reason: '',
    } as const;
    expect(await lag(liveJob({ status: { store } }))).toBe(42);
    expect(await lag(liveJob({ batches: [batchAt(NOW - 60_000, { schedulingDelay: 1500 })] }))).toBeUndefined();
    expect(await lag(liveJob())).toBeUndefined();
  });

  test('requests are timed by the route’s pattern and the class of the status', async () => {
    const { metrics } = liveJob();
    metrics.answered({ route: '/api/v1/pumps/:pump', status: 404, ms: 3 });
    const { samples } = openMetrics(await metrics.text('application/openmetrics-text; version=1.0.0; charset=utf-8'));
    expect(samples.get('wellwatch_http_request_duration_seconds_bucket{le="0.005",route="/api/v1/pumps/:pump",status="4xx"}')).toBe(1);
  });
});
