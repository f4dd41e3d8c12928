import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { isNeeded } from '../../../domain/alarm/acts/life.ts';
import type { Shelf } from '../../../domain/alarm/acts/pumpActs.ts';
import { dayOf, formatDay, parseDay, parseTime } from '../../../domain/reading/wallClock.ts';
import { alarmJson } from '../../../query/acts/alarmJson.ts';
import type { Standing } from '../../../query/acts/actBook.ts';
import type { Doer } from '../../../query/acts/desk.ts';
import type { SiteAlarm } from '../../../query/acts/siteAlarm.ts';
import { longestShelf } from '../../store/actBook.ts';
import type { Role } from '../../access/tokens.ts';
import type { Config } from '../../config/types.ts';
import type { Api } from '../api.ts';
import { requireRole } from '../auth/identity.ts';
import { keyOf, whoDoes } from '../auth/whoDoes.ts';
import type { DataSources } from '../dataSources.ts';
import { HttpProblem } from '../problems.ts';
import {
  acknowledged, acknowledging, alarms, aside, commenting, resetting, returning, shelving, takingOut, unshelving,
} from '../schemas/acts.ts';

const IDEMPOTENT = 'A request that is repeated with the same header Idempotency-Key does it once. It is on disk when the answer comes';

/** What people do about alarms, below `alarms`: each answers when it is on disk, with the alarms as they are then. */
export function alarmActRoutes(api: Api, { desk, config }: Pick<DataSources, 'desk' | 'config'>): void {
  const options = <Body extends z.ZodType, Answer extends z.ZodType>(summary: string, role: Role, body: Body, answer: Answer) => ({
    schema: { tags: ['alarms'], summary, description: `Needs the role ${role}. ${IDEMPOTENT}`, body, response: { 200: answer } },
    onRequest: requireRole(role),
  });
  const who = (request: FastifyRequest, by: string | undefined) => doerOf(request, by, config);

  api.post('/alarms/acknowledgements', options('Says that alarms were seen', 'operate', acknowledging, acknowledged), async (request) => {
    const { alarms: asked, comment, for: forMs, by } = request.body;
    const items = asked.map(({ seenTo, ...one }) => ({ ...one, seenTo: wallTimeOf(seenTo) }));
    const done = await desk.acknowledge(items, { comment, forMs }, who(request, by));
    return { items: done.map(({ standings, ...one }) => ({ ...one, alarms: standings.map(alarmJson) })) };
  });
  api.post('/alarms/comments', options('Notes something about an alarm', 'operate', commenting, alarms), async (request) => {
    const { by, ...comment } = request.body;
    return answerOf(await desk.comment(comment, who(request, by)));
  });
  api.post('/alarms/shelves', options('Sets alarms of a pump aside for a time', 'operate', shelving, alarms), async (request) => {
    const { by, for: forMs, ...shelf } = request.body;
    return answerOf(await desk.shelve({ ...shelf, forMs }, who(request, by)));
  });
  api.post('/alarms/unshelves', options('Takes alarms of a pump from the shelf', 'operate', unshelving, alarms), async (request) => {
    const { by, ...shelf } = request.body;
    return answerOf(await desk.unshelve(shelf, who(request, by)));
  });
  api.post('/alarms/out-of-service', options('Takes a pump out of service', 'manage', takingOut, alarms), async (request) => {
    const { by, review, ...out } = request.body;
    return answerOf(await desk.outOfService({ ...out, review: parseDay(review)! }, who(request, by)));
  });
  api.post('/alarms/returns', options('Brings a pump back', 'manage', returning, alarms), async (request) => {
    const { by, ...back } = request.body;
    return answerOf(await desk.return(back, who(request, by)));
  });
  api.post('/alarms/resets', options('Lets go of a latched alarm', 'manage', resetting, alarms), async (request) => {
    const { by, ...reset } = request.body;
    return answerOf(await desk.reset(reset, who(request, by)));
  });

  const asideSchema = { tags: ['alarms'], summary: 'What is on the shelf and out of service just now', response: { 200: aside } };
  api.get('/alarms/aside', { schema: asideSchema }, async () => asideAnswer(desk));
}

/** A token says who; where nobody needs one, the request does. */
function doerOf(request: FastifyRequest, by: string | undefined, config: Config): Doer {
  const { identity: { name, role }, headers } = request;
  const via = headers['requested-from'] === 'page' ? 'page' : 'api';
  return { by: whoDoes(request, by), verified: name !== null, via, key: keyOf(request), longestShelfMs: longestShelf(config, role ?? 'read') };
}

function answerOf(standings: readonly Standing<SiteAlarm>[]) {
  return { items: standings.map(alarmJson) };
}

function wallTimeOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const time = parseTime(text);
  if (time === undefined) throw new HttpProblem('INVALID_REQUEST', `seenTo: expected YYYY-MM-DDTHH:mm[:ss[.mmm]], got ${text}`);
  return time;
}

async function asideAnswer({ book, source }: DataSources['desk']) {
  const now = book.now();
  const today = dayOf(book.clock.wallTimeAt(now));
  const utc = (instant: number) => new Date(instant).toISOString();
  const pumps = [...book.byPump.pumps()].sort().map((pump) => book.of(pump));
  const shelves: Shelf[] = [];
  for (const shelf of pumps.flatMap((one) => one.shelves).filter(({ end }) => end > now))
    if (!shelf.once || isNeeded(shelf, await source.alarmsOf(shelf.pump))) shelves.push(shelf);
  return {
    shelves: shelves.map(({ pump, rule, by, at, until, reason, once }) =>
      ({ pump, rule, by, at: utc(at), until: utc(until), reason, once: once !== undefined })),
    outOfService: pumps.flatMap(({ outOfService }) => outOfService).filter(({ end }) => end > now)
      .map(({ pump, by, at, reason, review }) => ({ pump, by, at: utc(at), reason, review: formatDay(review), overdue: review < today })),
  };
}
