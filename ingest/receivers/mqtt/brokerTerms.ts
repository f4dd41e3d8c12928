import type { LogEvent } from '../../../domain/logEvent.ts';
import type { Closing, PublishTerms } from './client.ts';

/** Reason codes of MQTT 5. */
const RETAIN_NOT_SUPPORTED = 154;
const QOS_NOT_SUPPORTED = 155;
/** MQTT 3.1.1 has no answer that says why: what a broker ends without a word so often in a row is not asked of it again. */
const OFTEN = 2;

type Subject = 'retain' | 'qos' | 'will' | 'subscription' | 'publish' | 'heartbeat';

/**
 * What a broker allows beside the subscription: retained messages, QoS 1, publishing at all. All connections to a broker share
 * one. Each thing is learnt once, told once, and kept in words for `status`; rows are taken whatever is missing.
 */
export class BrokerTerms {
  readonly #broker: string;
  readonly #protocol: 4 | 5;
  readonly #onLog: (event: LogEvent) => void;
  readonly #notes = new Map<Subject, string>();
  #publish: PublishTerms = { qos: 1, retain: true };
  #mayPublish = true;
  #mayBeat = true;
  #closedSilently = 0;
  #closedAfterPublishing = 0;

  /** `broker` is for a person to read, without credentials. */
  constructor(broker: string, protocol: 4 | 5, onLog: (event: LogEvent) => void) {
    this.#broker = broker;
    this.#protocol = protocol;
    this.#onLog = onLog;
  }

  /** How a status message and the last will may be published; undefined when nothing may be. */
  get publish(): PublishTerms | undefined {
    return this.#mayPublish ? this.#publish : undefined;
  }

  /** Whether a heartbeat is worth trying. */
  get heartbeat(): boolean {
    return this.#mayPublish && this.#mayBeat;
  }

  /** What is missing, in sentences. */
  get notes(): readonly string[] {
    return [...this.#notes.values()];
  }

  /** The broker let us in, and said what it can do (MQTT 5; otherwise it can do everything). */
  letIn({ retainAvailable, maximumQos }: { readonly retainAvailable: boolean; readonly maximumQos: number }): void {
    if (!retainAvailable) this.#weaken({ retain: false });
    if (maximumQos < 1) this.#weaken({ qos: 0 });
    const { qos, retain } = this.#publish;
    if (this.#closedSilently >= OFTEN)
      this.#note('will', 'warn', `lets us in only with a last will ${retain ? '' : 'that is not retained'}${qos === 0 ? ' and has QoS 0' : ''}: ` +
        'it seems to keep no retained messages or to know no QoS 1');
    this.#closedSilently = 0;
  }

  /** The QoS that a subscription was granted. */
  granted(filter: string, qos: number): void {
    if (qos >= 1) return;
    this.#publish = { ...this.#publish, qos: 0 };
    this.#note('subscription', 'error', `grants ${filter} with QoS 0 only: what comes while we are away is lost. Allow QoS 1 there`);
  }

  /** Learns from the end of a connection. True when there is something that is not asked again, so that the next attempt may do better. */
  learnFrom({ error, reasonCode, letIn }: Closing): boolean {
    if (reasonCode === RETAIN_NOT_SUPPORTED && this.#publish.retain) return this.#weaken({ retain: false });
    if (reasonCode === QOS_NOT_SUPPORTED && this.#publish.qos > 0) return this.#weaken({ qos: 0 });
    if (this.#protocol === 5 || letIn || error !== undefined || reasonCode !== undefined) return false;
    this.#closedSilently += 1;
    const { retain, qos } = this.#publish;
    if (this.#closedSilently % OFTEN !== 0 || (!retain && qos === 0)) return false;
    this.#publish = retain ? { qos, retain: false } : { qos: 0, retain: false };
    return true;
  }

  /** The connection ended after we had published, and before anything proved that we may: so do some brokers where we may not. */
  closedAfterPublishing(topic: string): void {
    if (this.#mayPublish && ++this.#closedAfterPublishing >= OFTEN) this.mayNotPublish(topic, 'it ends the connection');
  }

  /** The broker refused a message of ours. */
  mayNotPublish(topic: string, reason: string): void {
    this.#mayPublish = false;
    this.#note('publish', 'warn', `does not let us publish ${topic} (${reason}): rows are taken all the same, but nobody hears there whether ` +
      'wellwatch is there, and a subscription that brings nothing shows only by its silence');
  }

  /** Heartbeats can't be had. */
  noHeartbeat(topic: string, reason: string): void {
    this.#mayBeat = false;
    this.#note('heartbeat', 'warn', `does not bring back what we publish on ${topic} (${reason}): rows are taken all the same, but a ` +
      'subscription that brings nothing shows only by its silence. Let this user publish and subscribe there');
  }

  /** Heartbeats come back. */
  heartbeatCame(): void {
    this.#closedAfterPublishing = 0;
    this.#notes.delete('heartbeat');
  }

  #weaken(weaker: Partial<PublishTerms>): true {
    this.#publish = { ...this.#publish, ...weaker };
    if (weaker.retain === false)
      this.#note('retain', 'warn', 'keeps no retained messages: who asks for the status of wellwatch there hears only changes');
    if (weaker.qos === 0)
      this.#note('qos', 'error', 'knows no QoS 1: what is published while we are away, or lost on the way, does not come again. Allow QoS 1');
    return true;
  }

  #note(subject: Subject, level: LogEvent['level'], text: string): void {
    const sentence = `${this.#broker} ${text}`;
    if (this.#notes.get(subject) === sentence) return;
    this.#notes.set(subject, sentence);
    this.#onLog({ level, message: sentence });
  }
}
