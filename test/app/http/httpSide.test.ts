import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { loadConfig } from '../../../app/config/load.ts';
import type { HttpSide as Side, WatchedJob } from '../../../app/http/httpSide.ts';
import type { ServedConfig } from '../../../app/http/server.ts';
import { addToken } from '../../../app/access/tokens.ts';
import type { SiteListener } from '../../../app/run/siteListener.ts';
import type { JobBatch } from '../../../ingest/reports/batchLog.ts';
import type { LogEvent } from '../../../domain/logEvent.ts';
import { jsonLines } from '../../support/command.ts';
import { lineMatching, runProgram, startProgram } from '../../support/program.ts';
import { tempDir } from '../../support/tempDir.ts';
import { batchAt, runOf, STATUS } from './liveJob.ts';
import { readEvents, type SentEvent, type SseReader } from './sse.ts';
import { dropFile } from '../../support/inbox.ts';

/** As it was built: a thread begins with a file that Node can read. */
const { HttpSide } = (await import(new URL('../../../dist/app/http/httpSide.js', import.meta.url).href)) as { HttpSide: typeof Side };

/** A job that says what the test says. */
class ToldJob implements WatchedJob {
  readonly listeners = new Set<SiteListener>();
  batches: JobBatch[] = [];
  readonly history = { last: () => this.batches };
  readonly recovered = Promise.resolve();

  describe() {
    return STATUS;
  }

  listen(listener: SiteListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  tell(call: (listener: SiteListener) => void): void {
    this.listeners.forEach(call);
  }
}

async function startSide({ port = 0, anyPort = false } = {}) {
  const config = loadConfig({ env: { WELLWATCH_DATA_DIR: tempDir(), WELLWATCH_HTTP_PORT: String(port) } }) as ServedConfig;
  const job = new ToldJob();
  const events: LogEvent[] = [];
  const side = new HttpSide({ config, anyPort, job, onLog: (event) => events.push(event) });
  onTestFinished(() => side.stop());
  await side.start();
  const ask = (path: string) => fetch(new URL(path, side.url));
  return { side, job, events, ask, config, stream: (headers = {}) => readEvents(`${side.url}api/v1/stream`, headers) };
}

/** A port that somebody else has until the test is finished. */
async function takenPort(): Promise<number> {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  onTestFinished(() => void other.close());
  return (other.address() as AddressInfo).port;
}

/** The first event of a name. */
async function eventOf(reader: SseReader, name: string): Promise<SentEvent> {
  for (;;) {
    const event = await reader.next();
    if (!event) throw new Error(`the stream ended without ${name}`);
    if (event.event === name) return event;
  }
}

describe('the HTTP side in its thread', () => {
  test('serves an empty data directory, and passes on what the job tells', async () => {
    const { job, ask, stream } = await startSide();
    expect(await (await ask('healthz')).json()).toEqual({ status: 'alive' });
    expect(await (await ask('api/v1/alarms')).json()).toMatchObject({ items: [] });
    const reader = await stream();
    await reader.next();
    job.tell((listener) => listener.onRuns?.([runOf('LAGNAPPE')]));
    job.tell((listener) => listener.onBatchCompleted?.(batchAt(2000)));
    expect((await eventOf(reader, 'alerts')).data).toMatchObject({ runs: [{ pump: 'LAGNAPPE', count: 2 }] });
    expect((await eventOf(reader, 'batch')).data).toMatchObject({ batchId: 2000 });
    expect(await (await ask('api/v1/streaming/batches')).json()).toMatchObject({ items: [{ batchId: 2000 }] });
    const metrics = await (await ask('metrics')).text();
    expect(metrics).toContain('wellwatch_batch_scheduling_delay_seconds_count 1');
    expect(metrics).toMatch(/wellwatch_http_request_duration_seconds_count\{route="\/healthz",status="2xx"\} 1/);
  });

  test('what happens while the thread begins is not missed', async () => {
    const config = loadConfig({ env: { WELLWATCH_DATA_DIR: tempDir(), WELLWATCH_HTTP_PORT: '0' } }) as ServedConfig;
    const job = new ToldJob();
    const side = new HttpSide({ config, anyPort: false, job, onLog: () => undefined });
    onTestFinished(() => side.stop());
    const started = side.start();
    job.tell((listener) => listener.onBatchCompleted?.(batchAt(4000)));
    await started;
    await vi.waitFor(async () => {
      const { items } = (await (await fetch(new URL('api/v1/streaming/batches', side.url))).json()) as { items: { batchId: number }[] };
      expect(items.map(({ batchId }) => batchId)).toEqual([4000]);
    }, { timeout: 60_000 });
  });

  test('a thread that dies is reported and started again at the same address; readers are told to load anew', async () => {
    const { side, job, events, ask, stream } = await startSide();
    const { url } = side;
    const before = await stream();
    const { id } = (await before.next())!;
    job.batches = [batchAt(4000)];
    job.tell((listener) => listener.onBatchCompleted?.(null as unknown as JobBatch)); // what nobody can read
    expect(await before.next()).toBeUndefined();
    await vi.waitFor(async () => expect((await ask('healthz')).status).toBe(200), { timeout: 60_000, interval: 100 });
    expect(side.url).toBe(url);
    expect(events).toContainEqual({
      level: 'error',
      message: expect.stringMatching(/started again, while the job goes on: .*thread died/) as string,
    });
    expect(await (await ask('api/v1/streaming/batches')).json()).toMatchObject({ items: [{ batchId: 4000 }] });
    const after = await stream({ 'last-event-id': id! });
    expect((await after.next())!.event).toBe('reset');
    job.tell((listener) => listener.onStoreChanged?.(undefined));
    expect((await after.next())!.event).toBe('store');
  });

  test('a thread that is started again lets in with the tokens that were known, though their file is gone', async () => {
    const { side, job, ask, config, events } = await startSide();
    const token = addToken(config.http.tokens, { name: 'a', role: 'read', now: new Date() });
    expect((await ask('api/v1/pumps')).status).toBe(401);
    rmSync(config.http.tokens);
    job.tell((listener) => listener.onBatchCompleted?.(null as unknown as JobBatch)); // what nobody can read
    await vi.waitFor(() => expect(events).toContainEqual({ level: 'error', message: expect.stringContaining('which is gone') as string }), {
      timeout: 60_000,
    });
    await vi.waitFor(async () => expect((await ask('healthz')).status).toBe(200), { timeout: 60_000, interval: 100 });
    expect((await ask('api/v1/pumps')).status).toBe(401);
    expect((await fetch(new URL('api/v1/pumps', side.url), { headers: { authorization: `Bearer ${token}` } })).status).toBe(200);
  });

  test('a thread that is far behind is told how things are, instead of all that happened', async () => {
    const { job, ask, stream } = await startSide();
    const reader = await stream();
    await reader.next();
    const batches = Array.from({ length: 10_000 }, (_, i) => batchAt(i * 2000));
    job.batches = batches.slice(-1000);
    // In one go: to be told is more work than to tell.
    for (const batch of batches) job.tell((listener) => listener.onBatchCompleted?.(batch));
    await vi.waitFor(async () => {
      job.tell((listener) => listener.onStoreChanged?.(undefined));
      expect(await (await ask('api/v1/streaming/batches?limit=1')).json()).toMatchObject({ items: [{ batchId: 19_998_000 }] });
    }, { timeout: 60_000 });
    let heard = 0;
    for (let event = await reader.next(); event?.event !== 'reset'; event = await reader.next()) if (event?.event === 'batch') heard++;
    expect(heard).toBeLessThan(batches.length);
  });

  test('a port that is taken is said so, with what to change; or any other will do', async () => {
    const port = await takenPort();
    await expect(startSide({ port })).rejects.toMatchObject({
      code: 'HTTP_UNAVAILABLE',
      message: expect.stringContaining('http.port') as string,
    });
    const { side, ask } = await startSide({ port, anyPort: true });
    expect(side.url).not.toContain(String(port));
    expect((await ask('healthz')).status).toBe(200);
  });

  test('stopping ends the streams and the port', async () => {
    const { side, ask, stream } = await startSide();
    const reader = await stream();
    await reader.next();
    await side.stop();
    expect(await reader.next()).toBeUndefined();
    await expect(ask('healthz')).rejects.toThrow();
  });
});

describe('wellwatch run', () => {
  const settings = {
    WELLWATCH_RECEIVERS_MQTT: 'false',
    WELLWATCH_SUMMARY: 'false',
    WELLWATCH_HTTP: 'true',
    WELLWATCH_HTTP_PORT: '0',
    WELLWATCH_BATCH_INTERVAL: '200ms',
  };

  test('says where the page is; an alert is on the stream and in the list; SIGTERM ends it though somebody reads', async () => {
    const dir = tempDir();
    const job = startProgram(['run', '--data-dir', dir], { env: settings });
    onTestFinished(() => void job.kill('SIGKILL'));
    const [, url] = await lineMatching(job, 'stdout', /the page is at +(http:\S+)/);
    const [status] = await jsonLines<{ http: { url: string } }>(['status', '--data-dir', dir]);
    expect(status.http).toEqual({ url });
    const reader = await readEvents(`${url}api/v1/stream`);
    await reader.next();
    dropFile(join(dir, 'inbox'), 'rows.csv', [
      'LAGNAPPE,3/14/14,12:00,9,1,800,1,3,1',
      'LAGNAPPE,3/14/14,12:01,9,1,800,1,0,1',
      'COHUTTA,3/14/14,12:00,9,1,800,1,80,1',
    ]);
    expect((await eventOf(reader, 'alerts')).data).toMatchObject({
      runs: [{ pump: 'LAGNAPPE', from: '2014-03-14T12:00:00', to: '2014-03-14T12:01:00', count: 2, worst: 0 }],
    });
    const batch = (await eventOf(reader, 'batch')).data as { batchId: number };
    const ask = async <T>(path: string) => (await fetch(url + path)).json() as Promise<T>;
    expect(await ask(`api/v1/streaming/batches/${batch.batchId}`)).toMatchObject({
      inputSize: 3,
      outcome: { stored: 3, alerts: 2 },
      operations: expect.arrayContaining([expect.objectContaining({ name: 'table', rows: 3 })]) as unknown,
    });
    await vi.waitFor(
      async () => expect(await ask('api/v1/alarms')).toMatchObject({ total: 1, items: [{ pump: 'LAGNAPPE', readings: 2, active: true }] }),
      { timeout: 60_000 },
    );
    expect(await ask('readyz')).toEqual({ status: 'ready' });
    expect(await (await fetch(`${url}metrics`)).text()).toContain('wellwatch_rows_total{receiver="directory",outcome="stored"} 3');
    const ended = once(job, 'exit');
    job.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
    while (await reader.next()); // whatever was told until then
  });

  test('ends with 1 when the port is taken, and says what to change; nothing is left running', async () => {
    const dir = tempDir();
    const port = await takenPort();
    const { code, stderr } = await runProgram(['run', '--data-dir', dir], { env: { ...settings, WELLWATCH_HTTP_PORT: String(port) } });
    expect(code).toBe(1);
    expect(stderr).toContain(`need port ${port} of 127.0.0.1, but another program listens there. Set http.port to a free one`);
    const [status] = await jsonLines<{ running: boolean }>(['status', '--data-dir', dir]);
    expect(status.running).toBe(false);
  });

  test('--demo takes another port when its own is taken, and says so', async () => {
    const port = await takenPort();
    const { WELLWATCH_RECEIVERS_MQTT: _, ...rest } = settings;
    const job = startProgram(['run', '--demo', '--data-dir', tempDir()], { env: { ...rest, WELLWATCH_HTTP_PORT: String(port) } });
    onTestFinished(() => void job.kill('SIGKILL'));
    const [, url, taken] = await lineMatching(job, 'stdout', /the page is at +(http:\S+) \(port (\d+) is taken\)/);
    expect(taken).toBe(String(port));
    expect((await fetch(`${url}healthz`)).status).toBe(200);
  });

  test('--once has no HTTP side', async () => {
    const { code } = await runProgram(['run', '--once', '--data-dir', tempDir()], {
      env: { ...settings, WELLWATCH_HTTP_PORT: String(await takenPort()) },
    });
    expect(code).toBe(0);
  });
});
