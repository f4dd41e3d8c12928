import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Webhook as Verifier } from 'standardwebhooks';
import { checkNotify } from '../../../app/doctor/notify.ts';
import { loadConfig } from '../../../app/config/load.ts';
import { freePort } from '../../support/freePort.ts';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readOutbox } from '../../../storage/outbox/outbox.ts';
import type { WebhookConfig, WebhookFormat } from '../../../app/config/notifyTypes.ts';
import { alarm, route } from '../../domain/notify/world.ts';
import { type Hook, startHook, status } from '../../support/hook.ts';
import { tempDir } from '../../support/tempDir.ts';
import { until } from '../../support/waiting.ts';
import { notifying, toOne } from './notifying.ts';

const SECRET = `whsec_${Buffer.from('a secret of thirty-two bytes ...').toString('base64')}`;
let hook: Hook;
beforeEach(async () => {
  hook = await startHook();
});
afterEach(() => hook.down());

const webhook = (format: WebhookFormat = 'standard', secret: string | undefined = SECRET): WebhookConfig =>
  ({ kind: 'webhook', url: hook.url, format, ...(secret === undefined ? {} : { secret }) });
const now = () => alarm({}, Date.now());
const over = { state: 'normal' as const, returned: '2099-01-01T00:00:00', cleared: '2099-01-01T00:00:30' };

describe('a webhook', () => {
  test('gets an event that a verifier of Standard Webhooks takes, and the end', async () => {
    const site = await notifying(toOne(webhook(), { page: 'http://wellwatch.example' }), tempDir());
    const raised = now();
    site.setAll([raised]);
    await until(() => hook.taken.length === 1);
    site.change([{ ...raised, ...over }]);
    await until(() => hook.taken.length === 2);
    const verifier = new Verifier(SECRET);
    const [first, second] = hook.taken.map(({ body, headers }) => verifier.verify(body, headers as Record<string, string>) as Event);
    expect([first.type, second.type]).toEqual(['alarm.raised', 'alarm.cleared']);
    expect(first.data.alarm).toEqual(raised);
    expect(first.data.url).toMatch(/^http:\/\/wellwatch\.example\/pumps\/TECHE\?from=[\dT:.-]+&to=[\dT:.-]+$/);
    expect(first.data.text).toMatch(/^HIGH TECHE psi 0 < 5 since \d\d:\d\d \(\d s\)\nDo: Check the suction valve; stop the pump at 0\. Within 15 min\.\n/);
  });

  test.each([
    ['refuses the connection', () => hook.down(), () => hook.up()],
    ['answers 500', () => { hook.answer = status(500, {}, 'no'); }, () => undefined],
    ['answers 404 for a moment', () => { hook.answer = status(404); }, () => undefined],
    ['cuts the connection', () => { hook.answer = (response) => { response.socket?.destroy(); return false; }; }, () => undefined],
    ['answers what is no HTTP', () => { hook.answer = (response) => { response.socket?.end('garbage\r\n\r\n'); return false; }; }, () => undefined],
    ['wants to be asked elsewhere', () => { hook.answer = status(302, { location: 'http://127.0.0.1:1/' }); }, () => undefined],
  ])('that %s gets the same bytes with the same id when it is well again', async (_, breakIt, mend) => {
    await breakIt();
    const site = await notifying(toOne(webhook()), tempDir());
    site.setAll([now()]);
    await until(() => site.status().channels[0].problem !== null);
    await mend();
    hook.answer = status(200, {}, 'thanks');
    await until(() => hook.taken.length === 1);
    for (const { headers, body } of hook.got) expect([headers['webhook-id'], body]).toEqual([hook.taken[0].headers['webhook-id'], hook.taken[0].body]);
  });

  test('that hangs holds up no other channel, nor the end', async () => {
    hook.answer = () => false;
    const other = await startHook();
    const channels = { duty: webhook(), other: { ...webhook(), url: other.url } };
    const site = await notifying(toOne(webhook(), { channels, routes: [route({ steps: [{ afterMs: 0, to: ['duty', 'other'] }] })] }), tempDir());
    site.setAll([now()]);
    await until(() => other.taken.length === 1 && hook.got.length === 1);
    await site.stop();
    await other.down();
  });

  test('that says 410 gets no more of this message: it is kept, told in another way, and sent again when somebody asks', async () => {
    hook.answer = status(410);
    const dataDir = tempDir();
    const other = await startHook();
    const config = toOne(webhook(), {
      channels: { duty: webhook(), other: { ...webhook(), url: other.url } }, routes: [route({ priority: 'medium' }), route({ priority: 'high',
        steps: [{ afterMs: 0, to: ['other'] }] })],
    });
    const site = await notifying(config, dataDir);
    site.setAll([{ ...now(), priority: 'medium' }]);
    await until(() => other.taken.length === 1);
    expect(JSON.parse(other.taken[0].body)).toMatchObject({ type: 'system.raised', data: { condition: 'channel-duty' } });
    const [dead] = readOutbox(dataDir)!.dead.values();
    expect(dead.problem).toContain('410');
    hook.answer = status(200);
    const { askForRetries } = await import('../../../app/notify/retries.ts');
    askForRetries(dataDir, [dead.number]);
    await until(() => hook.taken.length === 1);
    expect(hook.taken[0].headers['webhook-id']).toBe(dead.id);
    await other.down();
  });

  test('keeps its secret out of what lies on disk', async () => {
    const dataDir = tempDir();
    hook.answer = status(500);
    const site = await notifying(toOne(webhook('pagerduty', 'THE-ROUTING-KEY')), dataDir);
    site.setAll([now()]);
    await until(() => hook.got.length > 0);
    expect(JSON.parse(hook.got[0].body)).toMatchObject({ routing_key: 'THE-ROUTING-KEY', event_action: 'trigger', payload: { severity: 'critical' } });
    expect(JSON.stringify([...readOutbox(dataDir)!.waiting.values()])).not.toContain('THE-ROUTING-KEY');
  });

  test.each<[WebhookFormat, object]>([
    ['cloudevents', { specversion: '1.0', type: 'wellwatch.alarm.raised', subject: 'TECHE/low-psi', data: { alarm: { pump: 'TECHE' } } }],
    ['slack', { text: expect.stringMatching(/^\*HIGH TECHE psi 0 &lt; 5 since/) as string }],
    ['teams', { type: 'message', attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive' }] }],
  ])('of format %s gets the body that is expected there', async (format, body) => {
    const site = await notifying(toOne(webhook(format)), tempDir());
    site.setAll([now()]);
    await until(() => hook.taken.length === 1);
    expect(JSON.parse(hook.taken[0].body)).toMatchObject(body);
  });
});

test('doctor looks whether a webhook, a mail server and a heartbeat are there, and asks for nothing that would pass for a message', async () => {
  const asked: string[] = [];
  hook.answer = (response) => {
    asked.push(`${response.req.method} ${response.req.url}`);
    response.writeHead(404).end();
    return false;
  };
  const nowhere = `smtp://127.0.0.1:${await freePort()}`;
  const file = join(tempDir(), 'site.yaml');
  writeFileSync(file, `notify: { channels: { office: { webhook: "${hook.url}" }, duty: { email: [a@example.org] } }, routes: [ { to: [office, duty] } ], ` +
    `smtp: { url: "${nowhere}", from: w@example.org }, heartbeat: { url: "${hook.url}", every: 1m } }\n`);
  const found = async () => Object.fromEntries((await checkNotify(loadConfig({ file, env: {} }))).map(({ check, state, message }) => [check, [state, message]]));
  const { origin } = new URL(hook.url);
  expect(await found()).toMatchObject({
    'channel office': ['ok', expect.stringContaining(`${origin} answers`)],
    'channel duty': ['failed', expect.stringContaining('nobody listens there')],
    heartbeat: ['ok', `${origin} answers`],
  });
  expect(asked).toEqual(['HEAD /', 'HEAD /']);
  hook.answer = status(503);
  expect(await found()).toMatchObject({ 'channel office': ['failed', `${origin} answers 503: nobody is behind it just now`] });
  await hook.down();
  expect(await found()).toMatchObject({
    'channel office': ['failed', `${origin}: nobody listens there`], heartbeat: ['failed', `${origin}: nobody listens there`],
  });
});

interface Event {
  readonly type: string;
  readonly data: { readonly alarm: unknown; readonly url: string; readonly text: string };
}
