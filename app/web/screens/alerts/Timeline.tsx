import type { z } from 'zod';
import type { act } from '../../../http/schemas/acts.ts';
import type { AlarmItem } from '../../../http/schemas/alarms.ts';
import { get } from '../../api.ts';
import { alertNews } from '../../news.ts';
import { Loaded } from '../../parts/Loaded.tsx';
import { useResource } from '../../resource.ts';
import { siteTime, wallExact, wallMs, wallShort, wallText } from '../../times.ts';

type Act = z.output<typeof act>;

interface Moment {
  /** Wall time, ms. */
  readonly at: number;
  readonly what: string;
}

/** What happened to an alarm, the oldest first: it began, was raised, what people did, it came back. */
export function Timeline({ alarm }: { readonly alarm: AlarmItem }) {
  const { pump, rule } = alarm;
  const acts = useResource(`acts ${pump} ${rule} ${alertNews.value}`, (signal) => get<{ items: Act[] }>('/acts', { pump, limit: 100 }, signal));
  return (
    <Loaded resource={acts} lines={2}>
      {({ items }) => (
        <ol class="history timeline" aria-label="What happened">
          {momentsOf(alarm, items).map(({ at, what }) => (
            <li key={`${at} ${what}`}><time title={wallExact(at)}>{wallShort(Math.floor(at / 1000) * 1000)}</time> <span>{what}</span></li>
          ))}
        </ol>
      )}
    </Loaded>
  );
}

function momentsOf({ rule, from, raised, returned, cleared }: AlarmItem, acts: readonly Act[]): Moment[] {
  const facts = ([[from, 'began'], [raised, 'raised'], [returned, 'came back inside its limit'], [cleared, 'over']] as const)
    .flatMap(([at, what]) => (at === null ? [] : [{ at: wallMs(at), what }]));
  const begun = wallMs(from);
  const done = acts
    .filter((one) => one.kind !== 'settings' && (one.rule === null || one.rule === rule))
    .map((one) => ({ at: siteTime(one.at), what: `${WORDS[one.kind] ?? one.kind} by ${one.by}${one.comment ? `: ${one.comment}` : ''}` }))
    .filter(({ at }) => at >= begun && wallText(at) !== '');
  return [...facts, ...done].sort((a, b) => a.at - b.at);
}

const WORDS: Readonly<Record<string, string>> = {
  acknowledge: 'acknowledged', comment: 'noted', shelve: 'shelved', unshelve: 'taken from the shelf', reset: 'reset',
  'out-of-service': 'taken out of service', return: 'brought back',
};
