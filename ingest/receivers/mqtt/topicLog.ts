import type { MessageLog } from './messageLog.ts';
import { topicMatcher } from './topicFilter.ts';

/** So many topics are remembered; then it begins anew. */
const MOST_KEPT = 10_000;

/** The log of the messages whose topic fits a filter. */
export interface FilteredLog {
  readonly filter: string;
  readonly log: MessageLog;
}

/** One journal whose messages have the format of their topic: of several filters that fit, the first decides. */
export class TopicLog implements MessageLog {
  readonly #logs: readonly { readonly matches: (topic: string) => boolean; readonly log: MessageLog }[];
  readonly #rest: MessageLog;
  readonly #known = new Map<string, MessageLog>();

  /** `rest` is for topics that no filter fits: those of an earlier configuration, whose sessions are emptied. */
  constructor(logs: readonly FilteredLog[], rest: MessageLog) {
    this.#logs = logs.map(({ filter, log }) => ({ matches: topicMatcher(filter), log }));
    this.#rest = rest;
  }

  append(topic: string, payload: Buffer, retained?: boolean): number {
    return this.#logOf(topic).append(topic, payload, retained);
  }

  get queuedBytes(): number {
    return this.#rest.queuedBytes;
  }

  onDurable(listener: (upTo: number) => void): () => void {
    return this.#rest.onDurable(listener);
  }

  flush(): Promise<void> {
    return this.#rest.flush();
  }

  #logOf(topic: string): MessageLog {
    const known = this.#known.get(topic);
    if (known) return known;
    const log = this.#logs.find(({ matches }) => matches(topic))?.log ?? this.#rest;
    if (this.#known.size >= MOST_KEPT) this.#known.clear();
    this.#known.set(topic, log);
    return log;
  }
}
