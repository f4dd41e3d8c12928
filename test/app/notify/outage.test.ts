import { once } from 'node:events';
import { rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { SMTPServer } from 'smtp-server';
import { expect, onTestFinished, test } from 'vitest';
import type { LogEvent } from '../../../domain/logEvent.ts';
import { alarm } from '../../domain/notify/world.ts';
import { startHook, status } from '../../support/hook.ts';
import { tempDir } from '../../support/tempDir.ts';
import { until } from '../../support/waiting.ts';
import { notifying, toOne } from './notifying.ts';

const HOUR = 3_600_000;

test('a webhook that is down for hours, over a restart and a storm, gets all in order, each once, with the first bytes', async () => {
  const dir = tempDir();
  const hook = await startHook();
  onTestFinished(() => hook.down());
  await hook.down();
  const config = toOne({ kind: 'webhook', url: hook.url, format: 'standard' });
  const begun = Date.now();
  const first = await notifying(config, dir);
  const raised = alarm({}, begun);
  first.setAll([raised]);
  await until(() => first.status().channels[0].problem !== null);
  const storm = Array.from({ length: 300 }, (_, i) => alarm({ pump: `P${i}` }, begun));
  first.change(storm);
  await until(() => first.status().channels[0].waiting === 2);
  expect(first.status().channels[0].problem).toContain('nobody listens there');
  await first.stop();

  const now = () => Date.now() + 5 * HOUR;
  const second = await notifying(config, dir, { now });
  second.setAll([{ ...raised, state: 'normal', returned: raised.from, cleared: raised.from }, ...storm]);
  await until(() => second.status().channels[0].waiting === 3);
  await hook.up();
  await until(() => second.status().channels[0].waiting === 0, 'all is taken');
  const events = hook.taken.map(({ headers, body }) => ({ id: headers['webhook-id'], ...(JSON.parse(body) as { type: string; timestamp: string }) }));
  expect(events.map(({ type }) => type)).toEqual(['alarm.raised', 'alarm.flood', 'alarm.cleared']);
  expect(new Set(events.map(({ id }) => id)).size).toBe(3);
  expect(Math.abs(Date.parse(events[0].timestamp) - begun)).toBeLessThan(HOUR); // it was made before the restart, and is sent as it was
});

test('a clock that was ahead and is set right holds up no message that waits to be tried again', async () => {
  const hook = await startHook();
  onTestFinished(() => hook.down());
  hook.answer = status(503, { 'retry-after': '3600' });
  let ahead = 5 * HOUR;
  const notifier = await notifying(toOne({ kind: 'webhook', url: hook.url, format: 'standard' }), tempDir(), { now: () => Date.now() + ahead });
  notifier.setAll([alarm({}, Date.now())]);
  await until(() => notifier.status().channels[0].problem !== null);
  hook.answer = status(204);
  ahead = 0;
  notifier.change([alarm({ pump: 'OTHER' }, Date.now())]);
  await until(() => hook.taken.length === 2, 'both are taken');
});

test('an outbox that the disk refuses is an alarm of the site itself, and what is due goes out', async () => {
  const hook = await startHook();
  onTestFinished(() => hook.down());
  const dir = tempDir();
  let now = Date.now();
  const notifier = await notifying(toOne({ kind: 'webhook', url: hook.url, format: 'standard' }), dir, { now: () => now });
  notifier.setAll([alarm({ pump: 'P'.repeat(2e6) }, now)]); // so large that the outbox is to be written anew
  await until(() => hook.taken.length === 1, 'it is told');
  rmSync(join(dir, 'notify'), { recursive: true });
  notifier.change([alarm({ pump: 'OTHER' }, now)]);
  await until(() => hook.taken.length === 2, 'the other is told too');
  await until(() => {
    now += 60_000;
    return notifier.status().system.some(({ id }) => id === 'outbox');
  }, 'the outbox is an alarm');
});

test('wrong credentials of mail are said without the password, wait, and are no loss when somebody mends them', async () => {
  const mails: string[] = [];
  const server = new SMTPServer({
    allowInsecureAuth: true, disabledCommands: ['STARTTLS'],
    onAuth: ({ password }, _, done) => (password === 'right' ? done(null, { user: 'wellwatch' }) : done(new Error('authentication failed'))),
    onData: (stream, _, done) => {
      stream.on('data', (piece: Buffer) => mails.push(piece.toString())).on('end', () => done());
    },
  });
  server.on('error', () => undefined);
  const listening = server.listen(0, '127.0.0.1');
  await once(listening, 'listening');
  onTestFinished(() => new Promise((resolve) => server.close(() => resolve())));
  const url = `smtp://127.0.0.1:${(listening.address() as AddressInfo).port}`;
  const dir = tempDir();
  const log: LogEvent[] = [];
  const withPassword = (password: string) => notifying(
    toOne({ kind: 'email', to: ['duty@example.org'] }, { smtp: { url, from: 'wellwatch@example.org', username: 'wellwatch', password } }), dir,
    { onLog: (event) => log.push(event) },
  );
  const wrong = await withPassword('sesame');
  const raised = alarm({}, Date.now());
  wrong.setAll([raised]);
  await until(() => wrong.status().channels[0].problem !== null);
  expect(wrong.status().channels[0]).toMatchObject({ waiting: 1, problem: expect.stringMatching(/answers 535/) as string });
  expect(JSON.stringify([log, wrong.status()])).not.toContain('sesame');
  await wrong.stop();
  const right = await withPassword('right');
  right.setAll([raised]);
  await until(() => mails.length === 1);
  expect(mails[0]).toContain('Subject: HIGH TECHE');
});
