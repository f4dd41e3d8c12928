import { comparePriorities } from '../../domain/alarm/rule.ts';
import { isStoreUnavailable } from '../../domain/errors.ts';
import { commandsOutboxes } from '../store/outboxes.ts';
import type { ChannelConfig } from '../config/notifyTypes.ts';
import type { Config } from '../config/types.ts';
import { Email } from '../notify/channels/email.ts';
import { MqttChannel } from '../notify/channels/mqtt.ts';
import { webServerAnswers } from '../notify/channels/webServer.ts';
import { whereOf } from '../notify/channels/webhook.ts';
import { failed, type Finding, ok, warning } from './finding.ts';

const CONNECT_MS = 3000;
const CHECK = 'notifications';

/** Whether somebody is told of alarms, and whether each channel can be reached. Nothing is sent. */
export async function checkNotify(config: Config): Promise<Finding[]> {
  const { channels, routes } = config.notify;
  if (Object.keys(channels).length === 0 || routes.length === 0)
    return [warning(CHECK, 'nobody will be told of alarms: notify names no channels and routes', 'set notify.channels and notify.routes, see ' +
      'docs/notifications.md; until then alarms are seen only by who looks at the page')];
  return [
    ...(await Promise.all(Object.entries(channels).map(([name, channel]) => checkChannel(name, channel, config)))),
    ...(await checkHeartbeat(config)),
    ...unreached(config),
    ...unguided(config),
    ...(await givenUp(config)),
  ];
}

async function checkChannel(name: string, channel: ChannelConfig, { notify: { smtp } }: Config): Promise<Finding> {
  const check = `channel ${name}`;
  const fix = `correct notify.channels.${name}; then try "wellwatch notify test ${name}"`;
  switch (channel.kind) {
    case 'webhook': {
      const attempt = await webServerAnswers(channel.url, AbortSignal.timeout(CONNECT_MS));
      if (!attempt.isTaken) return failed(check, attempt.problem, fix);
      return ok(check, `${whereOf(channel.url)} answers; "wellwatch notify test ${name}" shows whether its ${channel.format} webhook takes messages`);
    }
    case 'email': {
      const attempt = await new Email(name, channel, smtp!, 'doctor').check(AbortSignal.timeout(CONNECT_MS));
      return attempt.isTaken ? ok(check, `mail to ${channel.to.join(', ')}: the server lets us in`) : failed(check, attempt.problem, 'correct notify.smtp');
    }
    case 'mqtt': {
      const attempt = await new MqttChannel(`${name}-doctor`, channel).check(AbortSignal.timeout(CONNECT_MS));
      return attempt.isTaken ? ok(check, `${channel.url} lets us in`) : failed(check, attempt.problem, fix);
    }
  }
}

/** Who is to notice that this site says nothing any more. */
async function checkHeartbeat({ notify: { heartbeat } }: Config): Promise<Finding[]> {
  if (!heartbeat) return [];
  const attempt = await webServerAnswers(heartbeat.url, AbortSignal.timeout(CONNECT_MS));
  const check = 'heartbeat';
  return [attempt.isTaken ? ok(check, `${whereOf(heartbeat.url)} answers`) : failed(check, attempt.problem, 'correct notify.heartbeat.url, or start what answers there')];
}

/** Rules whose alarms no route takes. */
function unreached({ alarms: { rules }, notify: { routes } }: Config): Finding[] {
  const silent = rules.filter(({ priority, condition }) => {
    const priorities = condition.kind === 'limit' ? condition.levels.map((level) => level.priority) : [priority];
    return !routes.some((route) => route.priority === undefined || priorities.includes(route.priority));
  });
  if (silent.length === 0) return [];
  const names = silent.sort((one, other) => comparePriorities(one.priority, other.priority)).map(({ id, priority }) => `${id} (${priority})`);
  return [ok(CHECK, `no route is for the alarms of ${names.join(', ')}: they are seen on the page only`)];
}

/** Rules of high priority that say nothing of what to do. */
function unguided({ alarms: { rules } }: Config): Finding[] {
  const names = rules.filter(({ priority, guidance }) => priority === 'high' && guidance === null).map(({ id }) => id);
  if (names.length === 0) return [];
  return [warning(CHECK, `nobody is told what to do about ${names.join(', ')}`, 'say it in the rule: guidance, and respondWithin')];
}

/** With a shared table those of all partitions; that a store is away is another check's matter. */
async function givenUp(config: Config): Promise<Finding[]> {
  const outboxes = await commandsOutboxes(config).catch((error: unknown) => {
    if (isStoreUnavailable(error)) return [];
    throw error;
  });
  const dead = outboxes.reduce((sum, { state }) => sum + state.dead.size, 0);
  if (dead === 0) return [];
  return [warning(CHECK, `${dead} message${dead === 1 ? ' was' : 's were'} given up`, 'see "wellwatch notify list --failed", and send them again with ' +
    '"wellwatch notify retry"')];
}
