import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { expect, onTestFinished, test } from 'vitest';
import { alarm } from '../../domain/notify/world.ts';
import { tempDir } from '../../support/tempDir.ts';
import { until } from '../../support/waiting.ts';
import { notifying, toOne } from './notifying.ts';

interface Refusal {
  at: 'connect' | 'rcpt' | 'data' | undefined;
}

/** A real mail server that keeps what it takes. */
async function startServer(refusal: Refusal = { at: undefined }) {
  const mails: string[] = [];
  const no = (code: number, text: string) => Object.assign(new Error(text), { responseCode: code });
  const server = new SMTPServer({
    authOptional: true, disabledCommands: ['STARTTLS'],
    onConnect: (_, done) => done(refusal.at === 'connect' ? no(421, 'come back later') : undefined),
    onRcptTo: (_, __, done) => done(refusal.at === 'rcpt' ? no(550, 'nobody here') : undefined),
    onData(stream, _, done) {
      const pieces: Buffer[] = [];
      stream.on('data', (piece: Buffer) => pieces.push(piece)).on('end', () => {
        if (refusal.at === 'data') return done(no(451, 'not now'));
        mails.push(Buffer.concat(pieces).toString());
        done();
      });
    },
  });
  server.on('error', () => undefined);
  const listening = server.listen(0, '127.0.0.1');
  await once(listening, 'listening');
  onTestFinished(() => new Promise((resolve) => server.close(() => resolve())));
  return { mails, url: `smtp://127.0.0.1:${(listening.address() as AddressInfo).port}` };
}

const configOf = (url: string) => toOne({ kind: 'email', to: ['duty@example.org'] }, { smtp: { url, from: 'wellwatch@example.org' } });

test('a night is one thread of mails: text only, sent by a machine, the end answers to the beginning', async () => {
  const { mails, url } = await startServer();
  const site = await notifying(configOf(url), tempDir());
  const raised = { ...alarm({}, Date.now()), pump: 'TECHE\u0007' };
  site.setAll([raised]);
  await until(() => mails.length === 1);
  site.change([{ ...raised, state: 'normal', returned: raised.from, cleared: raised.from }]);
  await until(() => mails.length === 2);
  expect(mails[0]).toMatch(/^Subject: HIGH TECHE\\u0007 psi 0 < 5 since/m);
  expect(mails[0]).toMatch(/^Auto-Submitted: auto-generated/m);
  expect(mails[0]).toMatch(/^Content-Type: text\/plain/m);
  const id = /^Message-ID: (\S+)/m.exec(mails[0])?.[1];
  expect(/^In-Reply-To: (\S+)/m.exec(mails[1])?.[1]).toBe(id);
  expect(mails[1]).toMatch(/^Subject: OVER: HIGH TECHE/m);
});

test.each(['connect', 'rcpt', 'data'] as const)('a server that refuses at %s gets the same mail later', async (at) => {
  const refusal: Refusal = { at };
  const { mails, url } = await startServer(refusal);
  const site = await notifying(configOf(url), tempDir());
  site.setAll([alarm({}, Date.now())]);
  await until(() => site.status().channels[0].problem !== null);
  expect(site.status().channels[0].problem).toMatch(/^127\.0\.0\.1:\d+ answers (421|550|451)/);
  refusal.at = undefined;
  await until(() => mails.length === 1);
});
