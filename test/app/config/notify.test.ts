import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadConfig } from '../../../app/config/load.ts';
import { tempDir } from '../../support/tempDir.ts';

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

function load(yaml: string, env: Record<string, string> = {}) {
  const file = join(tempDir(), 'site.yaml');
  writeFileSync(file, yaml);
  return loadConfig({ file, env }).notify;
}

describe('docs/notifications.md', () => {
  const examples = [...readFileSync('docs/notifications.md', 'utf8').matchAll(/```yaml\n([^]*?)```/g)].map(([, yaml]) => yaml)
    .filter((yaml) => yaml.includes('channels:'));
  const env = {
    WELLWATCH_NOTIFY_SMTP_PASSWORD: 'secret', WELLWATCH_NOTIFY_CHANNELS_PAGER_SECRET: 'key',
    WELLWATCH_NOTIFY_CHANNELS_OFFICE_SECRET: SECRET, WELLWATCH_NOTIFY_CHANNELS_PLANT_SECRET: 'password',
  };

  test.each(examples.map((yaml) => [/channels:\s*(.*)/.exec(yaml)![1] || yaml.split('\n')[2].trim(), yaml]))('the example %s can be used', (_, yaml) => {
    const own = Object.fromEntries(Object.entries(env).filter(([name]) => {
      const [, channel] = /CHANNELS_(.+)_SECRET/.exec(name) ?? [];
      return channel === undefined ? yaml.includes('username: wellwatch }\n  heartbeat') : yaml.includes(`${channel.toLowerCase()}:`);
    }));
    expect(Object.keys(load(yaml, own).channels).length).toBeGreaterThan(0);
  });

  test('there is one for each kind of channel', () => {
    const all = examples.join('\n');
    for (const word of ['email:', 'mqtt:', 'standard', 'slack', 'teams', 'pagerduty', 'cloudevents']) expect(all).toContain(word);
  });
});

test('a route says who is told when; times of day, durations and the page are as written', () => {
  const { routes, page } = load(`
http: { port: 9000 }
notify:
  channels: { duty: { webhook: "https://a.example/x" }, office: { webhook: "https://b.example/x" } }
  routes: [ { priority: high, steps: [ { after: 10m, to: [office] }, { to: [duty] } ], repeat: 30m, group: 30s, hours: { from: "22:00", to: "06:30" } } ]
`);
  expect(routes).toMatchObject([{
    priority: 'high', pumps: '*', repeatMs: 1_800_000, groupMs: 30_000, hours: { from: 79_200_000, to: 23_400_000 },
    steps: [{ afterMs: 0, to: ['duty'] }, { afterMs: 600_000, to: ['office'] }],
  }]);
  expect(page).toBe('http://127.0.0.1:9000');
});

test('secrets come from the environment or from files that it names; a URL may be one', () => {
  const file = join(tempDir(), 'secret');
  writeFileSync(file, `${SECRET}\n`);
  const { channels } = load('notify: { channels: { night-shift: { format: standard }, team: { format: slack } } }', {
    WELLWATCH_NOTIFY_CHANNELS_NIGHT_SHIFT_WEBHOOK: 'https://a.example/x', WELLWATCH_NOTIFY_CHANNELS_NIGHT_SHIFT_SECRET_FILE: file,
    WELLWATCH_NOTIFY_CHANNELS_TEAM_WEBHOOK: 'https://hooks.slack.com/services/x',
  });
  expect(channels).toMatchObject({ 'night-shift': { secret: SECRET, url: 'https://a.example/x' }, team: { url: 'https://hooks.slack.com/services/x' } });
});

test.each([
  ['channels: { duty: {} }', 'notify.channels.duty: expected one of email, webhook and mqtt, got none'],
  ['channels: { duty: { email: [a@b.c] } }', 'notify.channels.duty.email: expected notify.smtp.url and notify.smtp.from'],
  ['channels: { duty: { email: [nobody] } }', 'notify.channels.duty.email[0]: expected a mail address'],
  ['channels: { duty: { webhook: ftp://x } }', 'notify.channels.duty.webhook: expected a URL such as https://example.org/hook'],
  ['channels: { duty: { webhook: "https://u:p@x.example" } }', 'notify.channels.duty.webhook: expected no user or password in the URL'],
  ['channels: { duty: { webhook: "https://x.example", secret: abc } }', 'notify.channels.duty.secret: expected secrets in the environment'],
  ['channels: { duty: { webhook: "https://x.example", colour: red } }', 'notify.channels.duty.colour: unknown key'],
  ['channels: { duty: { format: pagerduty } }', 'notify.channels.duty.secret: expected the routing key in WELLWATCH_NOTIFY_CHANNELS_DUTY_SECRET'],
  ['channels: { plant: { mqtt: a/b } }', 'notify.channels.plant.broker: expected mqtt://host:1883'],
  ['channels: { plant: { mqtt: "a/#", broker: "mqtt://h:1" } }', 'notify.channels.plant.mqtt: expected a topic such as wellwatch/alarms'],
  ['channels: { a-b: { webhook: "https://x.example" }, A_B: { webhook: "https://x.example" } }', 'notify.channels.A_B: expected a name that differs'],
  ['routes: [ { to: [duty] } ]', 'notify.routes[0].to: expected one of notify.channels, of which there are none, got "duty"'],
  ['routes: [ { priority: urgent, to: [] } ]', 'notify.routes[0].priority: expected one of low, medium, high, got "urgent"'],
  ['routes: [ {} ]', 'notify.routes[0]: expected either to or steps, got neither'],
  ['routes: [ { to: [x], hours: { from: "25:00", to: "06:00" } } ]', 'notify.routes[0].hours.from: expected a time of day such as "06:00", got "25:00"'],
  ['smtp: { url: "smtp://u:p@h" }', 'notify.smtp.url: expected no user or password in the URL'],
  ['smtp: { url: "smtp://h", from: a@b.c, username: u }', 'notify.smtp.username: expected WELLWATCH_NOTIFY_SMTP_PASSWORD'],
])('%s is refused by the name of its key', (yaml, problem) => {
  expect(() => load(`notify: { ${yaml} }`)).toThrow(problem);
});

test('a secret that is none is refused without being shown', () => {
  const wrong = () => load('notify: { channels: { duty: { webhook: "https://x.example" } } }', { WELLWATCH_NOTIFY_CHANNELS_DUTY_SECRET: 'CANARY' });
  expect(wrong).toThrow('notify.channels.duty.secret: expected whsec_ and 24 to 64 bytes in base64');
  expect(wrong).not.toThrow('CANARY');
});
