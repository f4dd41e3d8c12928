import type { z } from 'zod';
import type { aside } from '../../../http/schemas/acts.ts';
import { bringBack, mayAct, mayManage, unshelve } from '../../acts.ts';
import { get } from '../../api.ts';
import { alertNews } from '../../news.ts';
import { Loaded } from '../../parts/Loaded.tsx';
import { PumpName } from '../../parts/PumpName.tsx';
import { Instant, InstantClock } from '../../parts/When.tsx';
import { useResource } from '../../resource.ts';

type Aside = z.output<typeof aside>;

/** What is on the shelf and out of service, since when, by whom and why: what is set aside is not forgotten. */
export function SetAside() {
  const found = useResource(`aside ${alertNews.value}`, (signal) => get<Aside>('/alarms/aside', {}, signal));
  return (
    <Loaded resource={found} lines={0}>
      {({ shelves, outOfService }) => (
        <>
          {shelves.length > 0 && (
            <section class="panel" aria-label="On the shelf">
              <h2>On the shelf</h2>
              <ul class="aside-list">
                {shelves.map(({ pump, rule, by, at, until, reason, once }) => (
                  <li key={`${pump} ${rule} ${at}`}>
                    <PumpName pump={pump} /> {rule ?? 'all rules'}, {reason}, {by} <Instant at={at} />, {once && 'until it is over, at most '}until <InstantClock at={until} />{' '}
                    {mayAct() && <button type="button" onClick={() => void unshelve(pump, rule)}>Take back</button>}
                  </li>
                ))}
              </ul>
            </section>
          )}
          {outOfService.length > 0 && (
            <section class="panel" aria-label="Out of service">
              <h2>Out of service</h2>
              <ul class="aside-list">
                {outOfService.map(({ pump, by, at, reason, review, overdue }) => (
                  <li key={`${pump} ${at}`}>
                    <PumpName pump={pump} /> {reason}, {by} <Instant at={at} />, {overdue ? <strong>review was due {review}</strong> : `review ${review}`}{' '}
                    {mayManage() && <button type="button" onClick={() => void bringBack(pump)}>Bring back</button>}
                  </li>
                ))}
              </ul>
            </section>
          )}
        </>
      )}
    </Loaded>
  );
}
