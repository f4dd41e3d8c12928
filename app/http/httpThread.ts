import { failedFilesOf } from '../run/failedFilesAnswer.ts';
import { parentPort, workerData } from 'node:worker_threads';
import { AppError, messageOf, systemCode } from '../../domain/errors.ts';
import { watchAsReader } from '../run/readersReference.ts';
import { SiteClock } from '../../domain/reading/siteClock.ts';
import type { LogEvent } from '../../domain/logEvent.ts';
import { TableQueries } from '../../query/tableQueries.ts';
import { openAlarmIndex } from '../store/alarmIndex.ts';
import { SqlDesk } from '../sql/sqlDesk.ts';
import { openTable } from '../store/openTable.ts';
import { stepBack } from '../run/stepBack.ts';
import { ActWatch } from './actWatch.ts';
import { alarmCounts } from './alarmCounts.ts';
import type { Api } from './api.ts';
import { EventStream } from './eventStream.ts';
import { liveEvents } from './liveEvents.ts';
import { LiveState } from './liveState.ts';
import type { FromHttp, HttpThreadData, ToHttpThread } from './messages.ts';
import { Metrics } from './metrics.ts';
import { openDesk } from './openDesk.ts';
import { diskRoutes } from './routes/disk.ts';
import { healthRoutes } from './routes/health.ts';
import { metricsRoutes } from './routes/metrics.ts';
import { streamRoutes } from './routes/stream.ts';
import { streamingRoutes } from './routes/streaming.ts';
import { unstoredRoutes } from './routes/unstored.ts';
import { windowsRoutes } from './routes/windows.ts';
import { siteFigures } from './siteFigures.ts';
import { buildServer } from './server.ts';

/*
 * The HTTP side's own thread: it answers questions from the table, which it reads, and from what the main thread tells of
 * the job, so that no question holds up an acknowledgement or a step.
 */
const port = parentPort!;
const { config, handled, snapshot, tokens } = workerData as HttpThreadData;
const post = (message: FromHttp) => port.postMessage(message);
const onLog = (event: LogEvent) => post({ kind: 'event', event });

/** Behind brokers and acknowledgements, before the job. */
const BEHIND_ACKNOWLEDGEMENTS = 5;
/** How often the index of alerts catches up, in ms: the first question after a quiet night need not wait for all that came meanwhile. */
const FOLLOW_MS = 5000;
/** Nobody who looks at a page waits longer for a store that is away. */
const PATIENCE_MS = 2000;

async function main(): Promise<void> {
  stepBack(BEHIND_ACKNOWLEDGEMENTS);
  const table = await openTable(config, { mode: 'reader', patienceMs: PATIENCE_MS });
  const reference = await watchAsReader(config, () => table.savedReference());
  const alarms = openAlarmIndex(config, table, { reference: () => reference.current });
  const clock = new SiteClock(config.site.timezone);
  const queries = new TableQueries({ table, alarms, reference: () => reference.current, ttl: config.store.ttl, clock });
  const live = new LiveState(snapshot, () => performance.now());
  const stream = new EventStream();
  const desk = await openDesk(config, { queries, alarms });
  const metrics = new Metrics({
    live, stream,
    figures: siteFigures({ config, table, queries, clock }),
    journalLimit: config.limits.journal,
    alarms: () => alarmCounts(alarms, desk.book),
    failedFiles: () => failedFilesOf(config).count,
    batchInterval: config.batchInterval, now: Date.now,
  });
  const watch = new ActWatch(desk.book, { onAct: (act) => stream.send({ event: 'act', data: act }), onLog });
  const server = buildServer({
    config, table, queries, alarms, desk, onLog,
    sql: new SqlDesk({ config }),
    reference: () => reference.current,
    tokens: { known: tokens, onTokens: (now) => post({ kind: 'tokens', tokens: now }) },
    live: {
      api(api) {
        streamingRoutes(api, { live, config });
        diskRoutes(api, { live });
        windowsRoutes(api, { live, config });
        unstoredRoutes(api, { live, config, reference: () => reference.current });
        streamRoutes(api, stream);
      },
      metrics: (api) => metricsRoutes(api, metrics),
      health: (api) => healthRoutes(api, { live, config }),
    },
  });
  timeRequests(server, metrics);
  server.addHook('preClose', async () => stream.close());
  post({ kind: 'listening', port: await listen(server) });
  stream.start();
  watch.start();
  let changed = true;
  const follow = setInterval(() => {
    if (!changed) return;
    changed = false;
    void queries.catchUp().catch(() => undefined); // who asks is told
  }, FOLLOW_MS);

  port.on('message', (message: ToHttpThread) => {
    Atomics.add(new Int32Array(handled), 0, 1);
    switch (message.kind) {
      case 'again':
        live.again(message.snapshot);
        changed = true;
        return stream.send({ event: 'reset', data: {} });
      case 'stop':
        clearInterval(follow);
        watch.stop();
        return void server
          .close()
          .then(() => reference.stop())
          .then(() => table.close())
          .then(() => process.exit(), fail); // ends this thread
      default:
        for (const event of liveEvents(message, live.status, config)) stream.send(event);
        live.hear(message);
        if (message.kind !== 'batch') return;
        metrics.observe(message.batch);
        changed = true;
    }
  });
}

/** Begins to listen; gives the port. Throws HTTP_UNAVAILABLE. */
async function listen(server: Api): Promise<number> {
  const { host, port: wanted } = config.http;
  try {
    await server.listen({ host, port: wanted });
  } catch (error) {
    if (error instanceof AppError) throw error;
    const why = systemCode(error) === 'EADDRINUSE' ? 'another program listens there' : messageOf(error);
    throw new AppError(
      'HTTP_UNAVAILABLE',
      `the web page and the API need port ${wanted} of ${host}, but ${why}. Set http.port to a free one (0 takes any), or http to false`,
      { cause: error },
    );
  }
  const [address] = server.addresses();
  return typeof address === 'object' ? address.port : wanted;
}

/** The live stream is left out: it is never answered whole. */
function timeRequests(server: Api, metrics: Metrics): void {
  server.addHook('onResponse', async ({ routeOptions }, { statusCode, elapsedTime }) => {
    metrics.answered({ route: routeOptions.url ?? 'none', status: statusCode, ms: elapsedTime });
  });
}

function fail(error: unknown): void {
  if (!(error instanceof AppError)) throw error; // the main thread hears of it, and begins anew
  post({ kind: 'failed', code: error.code, message: error.message });
}

main().catch(fail);
