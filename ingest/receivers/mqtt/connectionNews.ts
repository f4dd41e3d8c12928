import type { LogEvent } from '../../../domain/logEvent.ts';
import type { Closing } from './client.ts';
import { diagnose, type Diagnosis, takenOver } from './closing.ts';

/** Short lives in a row after which MQTT 3.1.1, which gives no reason, is taken to mean a second client with our id. */
const SHORT_LIVES = 3;

export interface ConnectionNewsOptions {
  /** The broker for a person to read, without credentials. */
  readonly broker: string;
  readonly clientId: string;
  /** A connection that lived at least so long was a good one, ms. */
  readonly stableMs: number;
  /** ms since 1970-01-01T00:00Z. */
  readonly now: () => number;
  readonly onLog: (event: LogEvent) => void;
}

/** Tells what happens to a connection in sentences for the log: each thing once, not at each attempt. */
export class ConnectionNews {
  readonly #options: ConnectionNewsOptions;
  #everConnected = false;
  #connectedAt: number | undefined;
  #shortLives = 0;
  #outage: { readonly since: number; readonly said: Diagnosis['kind'] } | undefined;
  #saidTakenOver = false;

  constructor(options: ConnectionNewsOptions) {
    this.#options = options;
  }

  connected(): void {
    const { broker, now } = this.#options;
    this.#everConnected = true;
    this.#connectedAt = now();
    if (this.#outage) this.say('info', `reconnected to ${broker} after ${Math.round((now() - this.#outage.since) / 1000)} s`);
    this.#outage = undefined;
  }

  /** Says why the connection was lost or could not be made. `stable` tells whether it had been a good one. */
  lost(closing: Closing): { readonly diagnosis: Diagnosis; readonly stable: boolean } {
    const life = this.#connectedAt === undefined ? undefined : this.#options.now() - this.#connectedAt;
    this.#connectedAt = undefined;
    const stable = life !== undefined && life >= this.#options.stableMs;
    if (stable) {
      this.#shortLives = 0;
      this.#saidTakenOver = false;
    } else if (life !== undefined) {
      this.#shortLives += 1;
    }
    const said = diagnose(closing);
    const diagnosis =
      said.kind === 'gone' && life !== undefined && this.#shortLives >= SHORT_LIVES
        ? takenOver(
            `the broker closed the connection ${this.#shortLives} times soon after it stood, as it does when another client comes with ` +
              'the same id',
          )
        : said;
    this.#sayOnce(diagnosis);
    return { diagnosis, stable };
  }

  /** The broker lost the session that we rely on. */
  sessionForgotten(): void {
    const { broker, clientId } = this.#options;
    this.say(
      'error',
      `${broker} has kept no session for ${clientId}: what was published while it was away has not come. Turn on persistence at the broker`,
    );
  }

  /** The connection stands, and nothing comes over it. */
  deaf(reason: string): void {
    const { broker } = this.#options;
    this.say('error', `${broker}: ${reason}. Subscribing again until something comes; what was published meanwhile may be missing`);
  }

  /** Something comes again. */
  hearsAgain(): void {
    const { broker, clientId } = this.#options;
    this.say('info', `messages of ${broker} come to ${clientId} again`);
  }

  say(level: LogEvent['level'], message: string): void {
    this.#options.onLog({ level, message });
  }

  #sayOnce({ kind, reason, advice }: Diagnosis): void {
    const { broker, clientId, now } = this.#options;
    if (kind === 'takenOver') {
      if (!this.#saidTakenOver) this.say('error', `${clientId} at ${broker}: ${reason}. ${advice ?? ''}`);
      this.#saidTakenOver = true;
      return;
    }
    if (this.#outage?.said === kind) return;
    if (kind === 'refused') this.say('error', `${broker} refuses us: ${reason}. ${advice ?? ''}. Trying again until it lets us in`);
    else if (this.#everConnected) this.say('warn', `${broker} is gone (${reason}): reconnecting`);
    else this.say('warn', `${broker} can't be reached (${reason}): trying again until it can. Is receivers.mqtt.url right?`);
    this.#outage = { since: this.#outage?.since ?? now(), said: kind };
  }
}
