import { messageOf, systemCode } from '../../../domain/errors.ts';
import type { Closing } from './client.ts';

/** What the end of a connection means to whoever runs the site. */
export interface Diagnosis {
  /** `refused`: trying again helps only when somebody changes something; `takenOver`: another client has our id. */
  readonly kind: 'gone' | 'refused' | 'takenOver';
  /** Why, to go on after a colon: `ECONNREFUSED`, `bad user name or password`. */
  readonly reason: string;
  /** What to do about it. */
  readonly advice?: string;
}

const CREDENTIALS = 'Check receivers.mqtt.username and WELLWATCH_RECEIVERS_MQTT_PASSWORD';
const PROTOCOL = 'Set receivers.mqtt.protocol to the version it speaks: 4 for MQTT 3.1.1, or 5';
const RIGHTS = 'Let this user subscribe to receivers.mqtt.topic at the broker';
export const CLIENT_ID = 'Is a second wellwatch running? Each needs a receivers.mqtt.clientId of its own';

/** Reason codes of CONNACK and DISCONNECT that stay until somebody changes something: 1–5 are MQTT 3.1.1's, 128 and up MQTT 5's. */
const REFUSALS: Readonly<Record<number, readonly [reason: string, advice: string]>> = {
  1: ['it does not speak this version of MQTT', PROTOCOL],
  2: ['it does not accept the client id', 'Change receivers.mqtt.clientId'],
  4: ['bad user name or password', CREDENTIALS],
  5: ['not authorized', CREDENTIALS],
  132: ['it does not speak this version of MQTT', PROTOCOL],
  133: ['it does not accept the client id', 'Change receivers.mqtt.clientId'],
  134: ['bad user name or password', CREDENTIALS],
  135: ['not authorized', CREDENTIALS],
  138: ['this client is banned', 'Ask whoever runs the broker'],
  140: ['it asks for another way of authentication', 'Ask whoever runs the broker'],
};
const SESSION_TAKEN_OVER = 142;
/** Codes of Node's TLS errors that a wrong certificate brings, on either side. */
const TLS_CODES = /^(ERR_TLS_|ERR_SSL_|CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE)/;

/** Tells from what the broker and the system said why a connection ended. */
export function diagnose({ error, reasonCode }: Closing): Diagnosis {
  if (reasonCode === SESSION_TAKEN_OVER) return takenOver('the broker gave the session to another client');
  const refusal = reasonCode === undefined ? undefined : REFUSALS[reasonCode];
  if (refusal) return { kind: 'refused', reason: refusal[0], advice: refusal[1] };
  if (error instanceof SubscriptionRefused) return { kind: 'refused', reason: error.message, advice: RIGHTS };
  const code = systemCode(error);
  if (code !== undefined && TLS_CODES.test(code)) {
    return {
      kind: 'refused',
      reason: `TLS: ${messageOf(error)} (${code})`,
      advice: "Check receivers.mqtt.tls: ca for the broker's certificate, cert and key for ours, and the host name in receivers.mqtt.url",
    };
  }
  // Node tries all addresses of a name; the error of all of them has a code but no text.
  const text = error ? error.message || code : undefined;
  return { kind: 'gone', reason: text ?? 'the connection was closed' };
}

/** A session that another client took. */
export function takenOver(reason: string): Diagnosis {
  return { kind: 'takenOver', reason, advice: CLIENT_ID };
}

/** The broker let us in but not subscribe. */
export class SubscriptionRefused extends Error {
  constructor(filter: string, cause: unknown) {
    super(`it refuses the subscription to ${filter} (${messageOf(cause)})`, { cause });
    this.name = 'SubscriptionRefused';
  }
}
