import { describe, expect, test } from 'vitest';
import { Backoff } from '../../../../domain/backoff.ts';
import { diagnose, SubscriptionRefused } from '../../../../ingest/receivers/mqtt/closing.ts';

const closing = { error: undefined, reasonCode: undefined, journalFailed: false, letIn: true };
const coded = (code: string, message = code) => Object.assign(new Error(message), { code });

describe('why a connection ended', () => {
  test.each([
    [{ reasonCode: 4 }, 'refused', 'bad user name or password'],
    [{ reasonCode: 134 }, 'refused', 'bad user name or password'],
    [{ reasonCode: 1 }, 'refused', 'it does not speak this version of MQTT'],
    [{ reasonCode: 142 }, 'takenOver', 'the broker gave the session to another client'],
    [{ reasonCode: 3, error: new Error('Connection refused: Server unavailable') }, 'gone', 'Connection refused: Server unavailable'],
    [{ reasonCode: 137, error: new Error('Connection refused: Server busy') }, 'gone', 'Connection refused: Server busy'],
    [{ error: coded('CERT_HAS_EXPIRED', 'certificate has expired') }, 'refused', 'TLS: certificate has expired (CERT_HAS_EXPIRED)'],
    [
      { error: new SubscriptionRefused('a/+', new Error('Not authorized')) },
      'refused',
      'it refuses the subscription to a/+ (Not authorized)',
    ],
    [{ error: coded('ECONNREFUSED', '') }, 'gone', 'ECONNREFUSED'],
    [{}, 'gone', 'the connection was closed'],
  ] as const)('%o is "%s": %s', (given, kind, reason) => {
    expect(diagnose({ ...closing, ...given })).toMatchObject({ kind, reason });
  });
});

describe('the wait before an attempt', () => {
  test('doubles up to a limit, is between half and all of that, and begins anew after a reset', () => {
    const waits = (random: number) => {
      const backoff = new Backoff({ minMs: 100, maxMs: 500 }, () => random);
      const first = [backoff.next(), backoff.next(), backoff.next(), backoff.next(), backoff.next()];
      backoff.reset();
      return [...first, backoff.next()];
    };
    expect(waits(0)).toEqual([50, 100, 200, 250, 250, 50]);
    expect(waits(1)).toEqual([100, 200, 400, 500, 500, 100]);
  });
});
