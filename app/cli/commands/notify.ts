import { randomUUID } from 'node:crypto';
import { counted } from '../../../domain/counted.ts';
import { AppError } from '../../../domain/errors.ts';
import type { Message, Outcome } from '../../../domain/notify/message.ts';
import { isRunning } from '../../../storage/files/instanceLock.ts';
import { readOutbox } from '../../../storage/outbox/outbox.ts';
import type { Config } from '../../config/types.ts';
import { openChannels } from '../../notify/channels/openChannels.ts';
import { commandsOutboxes, isSharedStore, type ReadOutbox } from '../../store/outboxes.ts';
import { askForRetries } from '../../notify/retries.ts';
import { testRendering } from '../../notify/testMessage.ts';
import type { Context } from '../context.ts';
import { siteTime } from '../siteTime.ts';
import { TextTable } from '../textTable.ts';

/** `wellwatch notify test`: 0 when the other side has taken the message. */
export async function testChannel({ config, json, output, notes }: Context, name: string): Promise<number> {
  const channel = (await openChannels(config.notify, 'test')).get(name);
  if (!channel) throw new AppError('USAGE', `expected one of notify.channels${namesOf(config)}, got "${name}"`);
  try {
    const id = `msg_test_${randomUUID()}`;
    const content = await channel.render(testRendering(id, config.site, config.notify.page));
    const attempt = await channel.send({ id, content }, new AbortController().signal);
    const problem = attempt.isTaken ? attempt.warning ?? null : attempt.problem;
    if (json) output.line(JSON.stringify({ channel: name, taken: attempt.isTaken, problem }));
    await output.flush();
    if (!attempt.isTaken) throw new AppError('OUTPUT_UNAVAILABLE', `notify.channels.${name}: the test message was not taken: ${attempt.problem}`);
    notes.say(`${name} has taken the test message${problem === null ? '' : `, but ${problem}`}. Whether somebody saw it, only they can tell.`);
    return 0;
  } finally {
    await channel.close();
  }
}

/** `wellwatch notify list`: the oldest first; with `--json` a line a message. */
export async function listNotifications({ config, json, output, notes }: Context, failed: boolean): Promise<number> {
  const outboxes = await commandsOutboxes(config);
  const lines = outboxes.flatMap((outbox) => linesOf(outbox, failed)).sort((one, other) => one.at.localeCompare(other.at) || one.number - other.number);
  if (json) for (const line of lines) output.line(JSON.stringify(line));
  else if (lines.length > 0) {
    const { timezone } = config.site;
    const table = new TextTable(
      [{ head: 'No' }, { head: `Made, ${timezone}` }, { head: 'Channel' }, { head: 'State' }, { head: 'Message' }, { head: 'Problem' }], output);
    table.add(lines.map(({ number, partition, at, channel, state: how, summary, problem }) =>
      [partition === undefined ? String(number) : `${partition}/${number}`, siteTime(at, timezone), channel, how, summary, problem ?? '']));
    table.end(counted(lines.length, 'message'));
  }
  await output.flush();
  if (lines.length === 0) notes.say(failed ? 'Nothing was given up.' : `Nobody was told anything yet${whyNobody(config)}.`);
  return 0;
}

/** `wellwatch notify retry`: the running job sends it within a second, or the next one when it starts. */
export async function retryNotification({ config, json, output, notes }: Context, given: string): Promise<number> {
  if (/\//.test(given) && isSharedStore(config))
    throw new AppError('NOT_SUPPORTED', 'notify retry: expected a number of this machine\'s own messages, got one of a partition\'s; with store.shared ' +
      'messages of alarms that were given up can\'t be sent again yet');
  const number = /^\d+$/.test(given) ? Number(given) : NaN;
  if (!readOutbox(config.dataDir)?.dead.has(number))
    throw new AppError('USAGE', `expected a number of "wellwatch notify list --failed", got "${given}"`);
  askForRetries(config.dataDir, [number]);
  if (json) output.line(JSON.stringify({ number }));
  await output.flush();
  notes.say(`${(await isRunning(config.dataDir)) ? 'The running job sends it again.' : 'No job is running: the next one sends it again.'}`);
  return 0;
}

/** What an outbox has, in any order. */
function linesOf({ partition, state }: ReadOutbox, failed: boolean): Line[] {
  const dead = [...state.dead.values()].map((message) => lineOf(message, 'failed', message.endedAt));
  const isDead = new Set(dead.map(({ number }) => number));
  const others = failed ? [] : [
    ...state.history.filter(({ number }) => !isDead.has(number)).map((outcome) => lineOf(outcome, outcome.result, outcome.endedAt)),
    ...[...state.waiting.values()].map((message) => lineOf(message, 'waiting', null)),
  ];
  return [...dead, ...others].map((line) => (partition === null ? line : { ...line, partition }));
}

interface Line {
  readonly number: number;
  /** With store.shared, where numbers count in each partition: which it is. */
  readonly partition?: number;
  readonly id: string;
  readonly at: string;
  readonly channel: string;
  readonly kind: string;
  readonly state: 'waiting' | 'sent' | 'failed';
  readonly summary: string;
  readonly attempts: number;
  readonly problem: string | null;
  readonly endedAt: string | null;
}

function lineOf(message: Message | Outcome, state: Line['state'], endedAt: number | null): Line {
  const { number, id, at, channel, kind, summary, attempts, problem } = message;
  return {
    number, id, at: new Date(at).toISOString(), channel, kind, state, summary, attempts, problem,
    endedAt: endedAt === null ? null : new Date(endedAt).toISOString(),
  };
}

function namesOf({ notify: { channels } }: Config): string {
  const names = Object.keys(channels);
  return names.length === 0 ? ', of which there are none' : `: ${names.join(', ')}`;
}

function whyNobody({ notify: { channels, routes } }: Config): string {
  if (Object.keys(channels).length === 0) return ', and nobody will be: notify.channels names nobody';
  return routes.length === 0 ? ', and nobody will be: notify.routes sends nothing to anybody' : '';
}
