import { countDelivery, type Delivery } from '../../domain/notify/deliveries.ts';
import type { DeadLetter, Message, Outcome, OutboxState } from '../../domain/notify/message.ts';
import { type Case, type ChannelLog, NOTHING_TOLD } from '../../domain/notify/told.ts';

/** What the log of the outbox says, one after the other. */
export type OutboxRecord =
  /** All that is known: a log begins with it. */
  | { readonly kind: 'all'; readonly site: string; readonly number: number; readonly threads: number; readonly cases: readonly Case[];
    readonly channels: readonly (readonly [string, ChannelLog])[]; readonly waiting: readonly Message[]; readonly dead: readonly DeadLetter[];
    readonly history: readonly Outcome[]; readonly deliveries?: readonly Delivery[] }
  /** A decision, with the messages that were made of it. */
  | { readonly kind: 'told'; readonly threads: number; readonly cases: readonly Case[]; readonly gone: readonly string[];
    readonly channels: readonly (readonly [string, ChannelLog])[]; readonly messages: readonly Message[] }
  /** An attempt that failed and is followed by others. */
  | { readonly kind: 'tried'; readonly number: number; readonly attempts: number; readonly notBefore: number; readonly problem: string }
  | { readonly kind: 'ended'; readonly number: number; readonly at: number; readonly result: 'sent' | 'failed'; readonly problem: string | null }
  /** A message that was given up is sent again. */
  | { readonly kind: 'again'; readonly number: number };

const MOST_HISTORY = 200;
/** Letters that nobody could deliver are kept so long, and so many. */
const MOST_DEAD = 500;
const DEAD_MS = 30 * 86_400_000;

/** Nothing was told yet. */
export function emptyState(site: string): OutboxState {
  return { site, number: 0, told: NOTHING_TOLD, waiting: new Map(), dead: new Map(), history: [], deliveries: [] };
}

/** The state as one record. */
export function recordOfAll({ site, number, told, waiting, dead, history, deliveries }: OutboxState): OutboxRecord {
  return {
    kind: 'all', site, number, threads: told.threads, history, deliveries,
    cases: [...told.cases.values()], channels: [...told.channels], waiting: [...waiting.values()], dead: [...dead.values()],
  };
}

/** The state after a record. It is changed in place, but for what was told. */
export function apply(state: OutboxState, record: OutboxRecord): OutboxState {
  switch (record.kind) {
    case 'all': {
      const { site, number, threads, cases, channels, waiting, dead, history, deliveries = [] } = record;
      return {
        site, number, history: history.map((one) => ({ ...one, keys: (one.keys as readonly string[] | undefined) ?? [] })), deliveries: deliveries.map((one) => ({ ...one, waits: { ...one.waits } })),
        told: { threads, cases: new Map(cases.map((one) => [one.key, one])), channels: new Map(channels) },
        waiting: byNumber(waiting), dead: byNumber(dead),
      };
    }
    case 'told': {
      const cases = new Map(state.told.cases);
      for (const one of record.cases) cases.set(one.key, one);
      for (const key of record.gone) cases.delete(key);
      state.told = { threads: record.threads, cases, channels: new Map(record.channels) };
      for (const message of record.messages) {
        state.waiting.set(message.number, message);
        state.number = Math.max(state.number, message.number);
      }
      return state;
    }
    case 'tried': {
      const message = state.waiting.get(record.number);
      if (message) Object.assign(message, { attempts: record.attempts, notBefore: record.notBefore, problem: record.problem });
      return state;
    }
    case 'ended': return ended(state, record);
    case 'again': {
      const letter = state.dead.get(record.number);
      if (!letter) return state;
      const { endedAt: _, ...message } = letter;
      state.dead.delete(record.number);
      state.waiting.set(record.number, { ...message, attempts: 0, notBefore: 0, problem: null });
      return state;
    }
  }
}

function ended(state: OutboxState, { number, at, result, problem }: Extract<OutboxRecord, { kind: 'ended' }>): OutboxState {
  const message = state.waiting.get(number);
  if (!message) return state;
  state.waiting.delete(number);
  const { content: _, notBefore: __, ...rest } = message;
  state.history = [...state.history, { ...rest, problem, result, endedAt: at }].slice(-MOST_HISTORY);
  countDelivery(state.deliveries, { channel: message.channel, at: message.at, endedAt: at, result, attempts: message.attempts });
  if (result === 'sent') return state;
  state.dead.set(number, { ...message, problem, endedAt: at });
  for (const [old, { endedAt }] of state.dead) if (state.dead.size > MOST_DEAD || endedAt < at - DEAD_MS) state.dead.delete(old);
  return state;
}

function byNumber<T extends Message>(messages: readonly T[]): Map<number, T> {
  return new Map(messages.map((message) => [message.number, message]));
}
