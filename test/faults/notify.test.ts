import { type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectAsync } from 'mqtt';
import { expect, onTestFinished, test } from 'vitest';
import { randomNumbers } from '../support/feed.ts';
import { freePort } from '../support/freePort.ts';
import { type Hook, startHook, status } from '../support/hook.ts';
import { startProgram } from '../support/program.ts';
import { tempDir } from '../support/tempDir.ts';
import { until } from '../support/waiting.ts';

// `WELLWATCH_KILLS=100 npx vitest run test/faults/notify.test.ts` is the long version.
const KILLS = Number(process.env.WELLWATCH_KILLS ?? 4);

interface Told {
  readonly type: string;
  readonly data: { readonly alarm: { readonly pump: string; readonly from: string } };
}

test(`${KILLS} kills at random moments: each alarm is told, and its end, in order, always with the same bytes`, { timeout: 60_000 + KILLS * 10_000 }, async () => {
  const random = randomNumbers(KILLS);
  const hook = await startHook();
  onTestFinished(() => hook.down());
  // Now and then it hangs up, or is in trouble.
  hook.answer = (response, request) => status(random() < 0.2 ? 503 : 200)(response, request);
  const site = await makeSite(hook);
  await site.start();
  const pumps = ['A', 'B', 'C'];
  for (let kill = 0; kill < KILLS; kill++) {
    for (const pump of pumps) await site.publish(pump, random() < 0.5 ? 0 : 80);
    await sleep(random() * 900);
    site.job.kill('SIGKILL');
    await once(site.job, 'exit');
    await site.start();
  }
  for (const pump of pumps) await site.publish(pump, 0);
  await until(() => pumps.every((pump) => sayings(hook, pump).at(-1) === 'alarm.raised'), 'all are told to be low');
  for (const pump of pumps) await site.publish(pump, 80);
  await until(() => pumps.every((pump) => isOver(sayings(hook, pump).at(-1))), 'all are told to be over');
  for (const pump of pumps) expectPairs(sayings(hook, pump));
  const bytes = new Map<string, string>();
  for (const { headers, body } of hook.got) {
    const id = headers['webhook-id'] as string;
    expect(bytes.get(id) ?? body).toBe(body);
    bytes.set(id, body);
  }
});

const isOver = (type: string | undefined) => type === 'alarm.cleared' || type === 'alarm.withdrawn';

/** What was taken of a pump, each message once: a crash may send one again. */
function sayings(hook: Hook, pump: string): string[] {
  const taken = new Map(hook.taken.map(({ headers, body }) => [headers['webhook-id'], JSON.parse(body) as Told]));
  return [...taken.values()].filter(({ type, data }) => type.startsWith('alarm.') && data.alarm.pump === pump).map(({ type }) => type);
}

function expectPairs(types: readonly string[]): void {
  let isOpen = false;
  for (const type of types) {
    if (type === 'alarm.raised') expect(isOpen).toBe(false);
    else expect(isOpen).toBe(true);
    isOpen = !isOver(type);
  }
  expect(isOpen).toBe(false);
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
  channels: { office: { webhook: "${hook.url}" } }
  routes: [ { to: [office] } ]
`);
  let seconds = 0;
  const begin = Date.now() - 600_000;
  const site = {
    job: undefined as unknown as ChildProcess,
    async start() {
      site.job = startProgram(['run', '--quiet', '--config', 'site.yaml'], { cwd: dir });
      await until(async () => {
        const client = await connectAsync(`mqtt://127.0.0.1:${port}`, { reconnectPeriod: 0 }).catch(() => undefined);
        await client?.endAsync(true);
        return client !== undefined;
      });
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
