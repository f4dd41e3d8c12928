import { z } from 'zod';
import { alarmKey } from '../../../domain/notify/alarmNow.ts';
import type { Message, Outcome, OutboxState } from '../../../domain/notify/message.ts';
import { type ReadOutbox, readOutboxes } from '../../store/outboxes.ts';
import type { Api } from '../api.ts';
import type { DataSources } from '../dataSources.ts';
import { type told, toldAnswer } from '../schemas/told.ts';
import { pumpIdAsked } from '../schemas/values.ts';
import { strictQuery } from './queryFields.ts';

/** The outbox is read from disk, or those of a fleet from HBase: no more often than this for all who ask. */
const FRESH_MS = 1000;

/** `alarms/told`: whom an alarm was told to, and whether it arrived; as far as the outbox remembers, the oldest first. */
export function alarmToldRoutes(api: Api, { config, table }: Pick<DataSources, 'config' | 'table'>): void {
  let read: { readonly at: number; readonly outboxes: Promise<readonly ReadOutbox[]> } | undefined;
  const schema = {
    tags: ['alarms'], summary: 'Whom alarms of a pump and rule were told to, and whether it arrived',
    querystring: strictQuery({ pump: pumpIdAsked, rule: z.string().min(1).max(64) }),
    response: { 200: toldAnswer },
  };
  api.get('/alarms/told', { schema }, async ({ query }) => {
    const now = performance.now();
    if (!read || now - read.at > FRESH_MS) {
      const looking = read = { at: now, outboxes: readOutboxes(config, table) };
      looking.outboxes.catch(() => { if (read === looking) read = undefined; });
    }
    const items = (await read.outboxes).flatMap(({ state }) => toldOf(state, alarmKey(query)));
    return { items: items.sort((one, other) => one.at.localeCompare(other.at)) };
  });
}

function toldOf({ history, waiting, dead }: OutboxState, key: string): z.output<typeof told>[] {
  const ended = history.filter(({ number }) => !dead.has(number) && !waiting.has(number));
  const all: readonly (Message | Outcome)[] = [...ended, ...dead.values(), ...waiting.values()];
  return all.filter(({ keys }) => keys.includes(key)).sort((one, other) => one.number - other.number).map((message) => {
    const { number, at, channel, kind, attempts, problem } = message;
    const state = waiting.has(number) ? 'waiting' : dead.has(number) ? 'failed' : 'sent';
    return { at: utc(at), channel, kind, state, attempts, problem, endedAt: 'endedAt' in message ? utc(message.endedAt) : null };
  });
}

function utc(instantMs: number): string {
  return new Date(instantMs).toISOString();
}
