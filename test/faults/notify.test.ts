import { type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectAsync } from 'mqtt';
import { expect, onTestFinished, test } from 'vitest';
import { loadConfig } from '../../app/config/load.ts';
import { openAlarmIndex } from '../../app/store/alarmIndex.ts';
import { openTable } from '../../app/store/openTable.ts';
import { NO_REFERENCE } from '../../domain/pump/reference.ts';
import { randomNumbers } from '../support/feed.ts';
import { freePort } from '../support/freePort.ts';
import { type Hook, startHook, status } from '../support/hook.ts';
import { startProgram } from '../support/program.ts';
import { tempDir } from '../support/tempDir.ts';
import { until } from '../support/waiting.ts';

// `WELLWATCH_KILLS=100 npx vitest run test/faults/notify.test.ts` is the long version.
const KILLS = Number(process.env.WELLWATCH_KILLS ?? 4);

const SECRET = { WELLWATCH_NOTIFY_CHANNELS_OFFICE_SECRET: 'key' };

interface Told {
  readonly event_action: 'trigger' | 'resolve';
  readonly dedup_key: string;
  readonly payload: { readonly source: string };
}

/** What is the matter with the hook before a kill, by turns. Each gives whether it took the request. */
const TROUBLES: readonly Hook['answer'][] = [
  () => false, // it takes a request, and never answers
  status(503),
  (response) => { // it dies, after it has seen the message
    response.destroy();
    return false;
  },
];

test(`${KILLS} kills at random moments, with a hook that hangs, refuses and dies: each alarm is told, then its end, once, always with the same bytes`,
  { timeout: 90_000 + KILLS * 15_000 }, async () => {
  const random = randomNumbers(KILLS);
  const hook = await startHook();
  onTestFinished(() => hook.down());
  let trouble: number | undefined;
  const met = TROUBLES.map(() => 0);
  hook.answer = (response, request) => {
    if (trouble === undefined || (met[trouble] > 0 && random() < 0.4)) return status(random() < 0.2 ? 503 : 202)(response, request);
    met[trouble]++;
    return TROUBLES[trouble](response, request);
  };
  const site = await makeSite(hook);
  await site.start();
  for (let kill = 0; kill < KILLS; kill++) {
    if (kill > 0) await site.told(`P${kill - 1}`);
    trouble = kill % TROUBLES.length;
    await site.publish(`P${kill}`, 0);
    if (kill > 0) await site.publish(`P${kill - 1}`, 80);
    const isAway = random() < 0.3;
    if (kill < TROUBLES.length) await until(() => met[kill] > 0, 'the hook is in trouble');
    else await sleep(random() * 900);
    if (isAway) await hook.down();
    site.job.kill('SIGKILL');
    await once(site.job, 'exit');
    trouble = undefined;
    await site.start();
    if (isAway) await hook.up();
  }
  await site.told(`P${KILLS - 1}`);
  await site.publish(`P${KILLS - 1}`, 80);
  for (let kill = 0; kill < KILLS; kill++) {
    await until(() => told(hook, `P${kill}`).at(-1)?.event_action === 'resolve', `P${kill} is told to be over`);
    const all = told(hook, `P${kill}`);
    // One that a withdrawal took back is told anew as another; each is told, then over.
    expect(all.map(({ event_action }) => event_action)).toEqual(all.map((_, i) => (i % 2 === 0 ? 'trigger' : 'resolve')));
    all.forEach(({ dedup_key }, i) => { if (i % 2 === 1) expect(dedup_key).toBe(all[i - 1].dedup_key); });
  }
  const bytes = new Map<string, string>();
  for (const { headers, body } of hook.got) {
    const id = headers['webhook-id'] as string;
    expect(bytes.get(id) ?? body).toBe(body);
    bytes.set(id, body);
  }
  site.job.kill('SIGKILL');
  await once(site.job, 'exit');
  await expectKeptIsRight(site.dir);
});

/** What is known of alarms, by what was kept between the kills, and as if nothing had been. */
async function expectKeptIsRight(dir: string): Promise<void> {
  const config = loadConfig({ cwd: dir, file: join(dir, 'site.yaml'), env: SECRET });
  const table = await openTable(config, { mode: 'reader' });
  const now = Date.now();
  const answerOf = async (kept: (pump: string) => Promise<ReadonlyMap<number, Uint8Array>>) => {
    const asked = new Proxy(table, {
      get: (target, name) => {
        const value: unknown = name === 'alarmDays' ? kept : Reflect.get(target, name, target);
        return typeof value === 'function' ? (value as () => unknown).bind(target) : value;
      },
    });
    const index = openAlarmIndex(config, asked, { reference: () => NO_REFERENCE, now: () => now });
    await index.catchUp();
    return index.pumps.flatMap((pump) => index.alarmsOf(pump));
  };
  try {
    expect((await table.alarmDays('P0')).size).toBeGreaterThan(0);
    expect(await answerOf((pump) => table.alarmDays(pump))).toEqual(await answerOf(() => Promise.resolve(new Map())));
  } finally {
    await table.close();
  }
}

/** What was taken of a pump, each message once: a crash may send one again. */
function told(hook: Hook, pump: string): Told[] {
  const taken = new Map(hook.taken.map(({ headers, body }) => [headers['webhook-id'], JSON.parse(body) as Told]));
  return [...taken.values()].filter(({ payload: { source } }) => source === pump);
}

async function makeSite(hook: Hook) {
  const dir = tempDir();
  mkdirSync(join(dir, 'reference'));
  const port = await freePort();
  writeFileSync(join(dir, 'site.yaml'), `
site: { timezone: UTC }
receivers: { mqtt: { port: ${port} } }
rules: [ { id: low-psi, measure: psi, below: 5, priority: high } ]
summary: false
notify:
  channels: { office: { webhook: "${hook.url}", format: pagerduty } }
  routes: [ { to: [office] } ]
`);
  let seconds = 0;
  const begin = Date.now() - 600_000;
  const site = {
    dir,
    job: undefined as unknown as ChildProcess,
    async start() {
      site.job = startProgram(['run', '--quiet', '--config', 'site.yaml'], { cwd: dir, env: SECRET });
      await until(async () => {
        const client = await connectAsync(`mqtt://127.0.0.1:${port}`, { reconnectPeriod: 0 }).catch(() => undefined);
        await client?.endAsync(true);
        return client !== undefined;
      });
    },
    /** Somebody was told that a pump is not well: of what is over before that, nobody has to hear. */
    async told(pump: string) {
      await until(() => told(hook, pump).length > 0, `${pump} is told`);
    },
    /** A reading, a second after the one before; resolves when it is acknowledged. */
    async publish(pump: string, psi: number) {
      const [date, time] = new Date(begin + ++seconds * 1000).toISOString().slice(0, 19).split('T');
      const client = await connectAsync(`mqtt://127.0.0.1:${port}`, { reconnectPeriod: 0 });
      client.on('error', () => undefined);
      await client.publishAsync(`pumps/${pump}/readings`, `${pump},${date},${time},10.27,1.73,881,1.56,${psi},1.94`, { qos: 1 });
      await client.endAsync(true);
    },
  };
  onTestFinished(() => { site.job.kill('SIGKILL'); });
  return site;
}
