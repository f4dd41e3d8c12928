import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { AppError } from '../../../domain/errors.ts';
import { neededText } from '../../../query/acts/names.ts';
import { outcomeOf } from '../../retract/carryOut.ts';
import { planRetraction, requireMeaning } from '../../retract/plan.ts';
import { openActLog } from '../../store/actBook.ts';
import { isElsewhere } from '../../store/openTable.ts';
import type { Api } from '../api.ts';
import { requireRole } from '../auth/identity.ts';
import { keyOf, whoDoes } from '../auth/whoDoes.ts';
import type { DataSources } from '../dataSources.ts';
import { HttpProblem } from '../problems.ts';
import { retracting, retraction, type Retraction } from '../schemas/retractions.ts';
import { wholeNumber } from '../schemas/values.ts';
import { wallRange } from './queryFields.ts';

const TAGS = ['data quality'];
/** So long an answer waits for the job to be done with it; whoever wants to know later asks again. */
const WAIT_MS = 3000;
const LOOK_MS = 100;
/** Each plan reads what it means. */
const MOST_A_MINUTE = 30;

const DESCRIPTION = 'Needs the role operate. All of `source`, or what `pump` reported from `from` to `to`, both needed. What the readings had replaced ' +
  'comes back; alerts, statistics and alarms follow. It is an act, on disk when the answer comes; the running job carries it out. A request that is ' +
  'repeated with the same header Idempotency-Key does it once';

/** `retractions`: takes readings out, as `wellwatch retract` does; and how far one is. */
export function retractionRoutes(api: Api, { config, table }: Pick<DataSources, 'config' | 'table'>): void {
  const opened = openActLog(config);
  const progress = async (act: number): Promise<Retraction | undefined> => {
    const outcome = await outcomeOf(table, act);
    return outcome && { act, retracted: outcome.retracted, pumpDays: outcome.pumpDays, done: outcome.done };
  };
  const schema = { tags: TAGS, summary: 'Takes readings out', description: DESCRIPTION, body: retracting, response: { 200: retraction } };
  void api.register(async (own: Api) => {
    const rate = own.rateLimit({ max: MOST_A_MINUTE, timeWindow: '1 minute' });
    own.post('/retractions', { schema, onRequest: [requireRole('operate'), rate] }, async (request): Promise<Retraction> => {
      const { source, pump = null, from, to, dryRun, reason, by } = request.body;
      const range = wallRange({ from, to });
      const asked = { source, pump, from: range.from ?? null, to: range.to ?? null, reason: dryRun ? '' : neededText('reason', reason) };
      requireMeaning(asked, String);
      if (isElsewhere(config))
        throw new AppError('CONFLICT', 'readings can only be taken back where "wellwatch run" runs, in its data directory: where they came from is kept there');
      const author = { at: Date.now(), by: whoDoes(request, by), verified: request.identity.name !== null, via: 'api', key: keyOf(request) } as const;
      const { deed, planned } = await planRetraction(table, asked, String);
      const log = await opened;
      const isRepeated = author.key !== null && log.read().some(({ key, by: who }) => key === author.key && who === author.by);
      if (dryRun || (planned.retracted === 0 && !isRepeated)) return { act: null, retracted: planned.retracted, pumpDays: planned.pumpDays, done: !dryRun };
      const [act] = await log.append(author, () => [deed]);
      const deadline = performance.now() + WAIT_MS;
      for (;;) {
        const soFar = await progress(act.number);
        if (soFar?.done || performance.now() > deadline) return soFar ?? { act: act.number, retracted: 0, pumpDays: 0, done: false };
        await sleep(LOOK_MS);
      }
    });
  });

  const one = { tags: TAGS, summary: 'How far one is', params: z.object({ act: wholeNumber() }), response: { 200: retraction } };
  api.get('/retractions/:act', { schema: one }, async ({ params: { act } }): Promise<Retraction> => {
    const isOne = (await opened).read().some(({ number, kind }) => number === act && kind === 'retract');
    if (!isOne) throw new HttpProblem('NOT_FOUND', `Act ${act} takes nothing back; "acts?kind=retract" lists those that do`);
    return (await progress(act)) ?? { act, retracted: 0, pumpDays: 0, done: false };
  });
}
