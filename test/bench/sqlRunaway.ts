import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../support/freePort.ts';
import { configured, quantile, run, script, start, wellwatch, whileRunning, type Workspace } from './harness.ts';
import { listening } from './publisher.ts';
import type { Figure } from './report.ts';
import type { Sizes } from './sizes.ts';

/** Never ends by itself, keeps as many processors busy as it may, and needs little memory, so that its time ends it. */
const RUNAWAY = 'SELECT count(*) FROM range(100000) a, range(100000) b, range(100000) c WHERE a.range * b.range * c.range % 7 = 3';
const TIMEOUT_S = 3;
const GOAL_MS = 10;
const SLOW_MS = 5;

/** Acknowledgements while questions run away until their time is over and they are killed, beside calm in the same run. */
export async function measureRunaway(workspace: Workspace, { liveSeconds }: Sizes): Promise<Figure[]> {
  const [port, mqttPort] = [await freePort(), await freePort()];
  const options = configured(workspace.dataDir([]), { mqtt: { port: mqttPort } }, {
    http: { host: '127.0.0.1', port }, sql: { timeout: `${TIMEOUT_S}s` },
  });
  const site = start(wellwatch('run', '--quiet', ...options));
  await whileRunning(site, Promise.all([listening(port), listening(mqttPort)]));
  const publish = async () => (await run<number[]>([script('load/publish'), String(mqttPort), String(liveSeconds)])).result;
  const calm = await whileRunning(site, publish());
  const asking = new AbortController();
  const asked = Promise.all([askAway(port, asking.signal), askAway(port, asking.signal)]);
  const loaded = await whileRunning(site, publish());
  asking.abort();
  const killed = (await asked).reduce((sum, each) => sum + each, 0);
  site.stop();
  const { peakMb } = await site.ended;
  return [0.5, 0.99].map((share) => {
    const [measured, limit] = [loaded, calm].map((each) => quantile(each, share));
    return {
      goal: 'SQL', what: `PUBACK while ${killed} questions ran away and were ended, p${share * 100}`, unit: 'ms',
      measured: { median: measured, min: measured, max: measured }, limit: { name: 'calm', measured: { median: limit, min: limit, max: limit } },
      ...(share === 0.99 ? { asks: { of: 'figure', atMost: Math.max(GOAL_MS, limit + SLOW_MS) } as const, peakMb } : {}),
    };
  });
}

/** Asks one runaway question after the other; gives how many were ended because of their time. */
async function askAway(port: number, signal: AbortSignal): Promise<number> {
  let ended = 0;
  while (!signal.aborted) {
    const answer = await fetch(`http://127.0.0.1:${port}/api/v1/sql`, { method: 'POST', headers: { 'content-type': 'application/sql' }, body: RUNAWAY });
    const said = await answer.text();
    if (answer.status === 200 || !said.includes('sql.timeout')) throw new Error(`expected a question that is ended for its time, got ${answer.status} ${said}`);
    ended++;
    await sleep(10);
  }
  return ended;
}
