import type { Alarm } from '../../../domain/alarm/fold/alarm.ts';
import { AppError } from '../../../domain/errors.ts';
import { formatTime } from '../../../domain/reading/wallClock.ts';
import { type RuleTrial, tryRules } from '../../../query/alarms/trial.ts';
import { Turns } from '../../../query/turns.ts';
import { changedRules } from '../../store/changedRules.ts';
import { ruleVersions } from '../../store/alarmIndex.ts';
import type { Api } from '../api.ts';
import { bounded } from '../bounded.ts';
import type { DataSources } from '../dataSources.ts';
import { HttpProblem } from '../problems.ts';
import { trialAsked, trials, type Trials } from '../schemas/alarmTrials.ts';
import { noSuchPump } from './pumps.ts';
import { wallRange } from './queryFields.ts';

/** Each folds all readings that it is about: of more at a time each would only take longer. */
const MOST = 3;
/** So many alarms of a rule are told themselves. */
const SHOWN = 200;

/** `alarms/trials`: what other rules would make of what is stored, as `wellwatch alarms try` does. */
export function alarmTrialRoutes(api: Api, { table, queries, config }: Pick<DataSources, 'table' | 'queries' | 'config'>): void {
  const tried = bounded((question: Parameters<typeof tryRules>[1]) => tryRules(table, question), { most: MOST, what: 'trials' });
  const schema = {
    tags: ['alarms'],
    summary: 'Tries other rules on stored readings',
    description: `How many alarms they would make beside those in force, which are gained and lost, and how late. Stores and tells nothing. At
      most ${MOST} at a time; 10 million readings take seconds.`.replace(/\s+/g, ' '),
    body: trialAsked,
    response: { 200: trials },
  };
  api.post('/alarms/trials', { schema }, async (request): Promise<Trials> => {
    const { rules = [], limits = [], pump, from, to } = request.body;
    if (pump !== undefined && !(await queries.pump(pump))) throw noSuchPump(pump);
    const gone = new AbortController();
    request.raw.socket.once('close', () => gone.abort());
    const found = await tried({
      ...wallRange({ from, to }), pump, before: ruleVersions(config), after: asked(() => changedRules(config, { rules, limits })),
      turns: new Turns({ patient: true, signal: gone.signal }), ...(pump !== undefined && { shown: SHOWN }),
    });
    return { items: found.map(answerOf) };
  });
}

/** What is wrong with rules is wrong with the question. */
function asked<T>(rules: () => T): T {
  try {
    return rules();
  } catch (error) {
    if (error instanceof AppError && error.code === 'CONFIG') throw new HttpProblem('INVALID_REQUEST', error.message);
    throw error;
  }
}

function answerOf({ shown: { before, after }, ...trial }: RuleTrial): Trials['items'][number] {
  return { ...trial, alarms: { before: before.map(alarmAnswer), after: after.map(alarmAnswer) } };
}

function alarmAnswer({ pump, from, raised, cleared }: Alarm): Trials['items'][number]['alarms']['after'][number] {
  return { pump, from: formatTime(from), raised: formatTime(raised), cleared: cleared === null ? null : formatTime(cleared) };
}
