import type { z } from 'zod';
import type { act } from '../../../http/schemas/acts.ts';
import type { told } from '../../../http/schemas/told.ts';
import type { AlarmItem } from '../../../http/schemas/alarms.ts';
import { get } from '../../api.ts';
import { duration } from '../../format.ts';
import { alertNews } from '../../news.ts';
import { Loaded } from '../../parts/Loaded.tsx';
import { useResource } from '../../resource.ts';
import { me } from '../../session.ts';
import { siteTime, wallExact, wallMs, wallShort } from '../../times.ts';

type Act = z.output<typeof act>;
type Told = z.output<typeof told>;

interface Moment {
  /** Wall time, ms. */
  readonly at: number;
  readonly what: string;
  /** Somebody has to do something about it. */
  readonly bad?: boolean;
}

/** What happened to an alarm, the oldest first: it began, was raised, who was told and whether that arrived, what people did, it came back. */
export function Timeline({ alarm }: { readonly alarm: AlarmItem }) {
  const { pump, rule } = alarm;
  const known = useResource(`acts ${pump} ${rule} ${alertNews.value}`, async (signal) => {
    const [acts, sent] = await Promise.all([
      get<{ items: Act[] }>('/acts', { pump, limit: 100 }, signal),
      me.value.told ? get<{ items: Told[] }>('/alarms/told', { pump, rule }, signal) : { items: [] },
    ]);
    return { acts: acts.items, sent: sent.items };
  });
  return (
    <Loaded resource={known} lines={2}>
      {({ acts, sent }) => (
        <>
          <ol class="history timeline" aria-label="What happened">
            {momentsOf(alarm, acts, sent).map(({ at, what, bad = false }) => (
              <li key={`${at} ${what}`}>
                <time title={wallExact(at)}>{wallShort(Math.floor(at / 1000) * 1000)}</time> <span>{bad ? <strong>{what}</strong> : what}</span>
              </li>
            ))}
          </ol>
          {!me.value.told && <p class="small muted">Nobody is told of alarms: the setting notify names people.</p>}
        </>
      )}
    </Loaded>
  );
}

/** A message may be made a little before the alarm is known to be raised: clocks of pumps and site differ by so much. */
const SLACK_MS = 60_000;

function momentsOf({ rule, from, raised, returned, cleared }: AlarmItem, acts: readonly Act[], sent: readonly Told[]): Moment[] {
  const facts = ([[from, 'began'], [raised, 'raised'], [returned, 'came back inside its limit'], [cleared, 'over']] as const)
    .flatMap(([at, what]) => (at === null ? [] : [{ at: wallMs(at), what }]));
  const begun = wallMs(from);
  const done = acts
    .filter((one) => one.kind !== 'settings' && (one.rule === null || one.rule === rule))
    .map((one) => ({ at: siteTime(one.at), what: `${WORDS[one.kind] ?? one.kind} by ${one.by}${one.comment ? `: ${one.comment}` : ''}` }))
    .filter(({ at }) => at >= begun);
  const tellings = sent.map(momentOf).filter(({ at }) => at >= begun - SLACK_MS);
  return [...facts, ...done, ...tellings].sort((a, b) => a.at - b.at);
}

/** `told duty that it began, taken after 2 s`, or what hinders it. */
function momentOf({ at, channel, kind, state, attempts, problem, endedAt }: Told): Moment {
  const what = `told ${channel}${kind === 'raised' ? '' : ` (${kind})`}`;
  const why = problem === null ? '' : `: ${problem}`;
  if (state === 'failed') return { at: siteTime(at), what: `${what}: it did not arrive${why}`, bad: true };
  if (state === 'waiting') return { at: siteTime(at), what: `${what}: ${attempts === 0 ? 'on its way' : `not taken yet, tried ${attempts} times${why}`}`, bad: attempts > 0 };
  const tookMs = endedAt === null ? 0 : Date.parse(endedAt) - Date.parse(at);
  return { at: siteTime(at), what: `${what}: taken ${tookMs < 1000 ? 'at once' : `after ${duration(tookMs)}`}` };
}

const WORDS: Readonly<Record<string, string>> = {
  acknowledge: 'acknowledged', comment: 'noted', shelve: 'shelved', unshelve: 'taken from the shelf', reset: 'reset',
  'out-of-service': 'taken out of service', return: 'brought back',
};
