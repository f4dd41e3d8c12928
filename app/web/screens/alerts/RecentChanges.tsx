import { visible } from '../../visible.ts';
import type { AlertRunItem } from '../../../http/schemas/alerts.ts';
import { runKey } from '../../activeRuns.ts';
import { get } from '../../api.ts';
import { alertNews } from '../../news.ts';
import { Link } from '../../parts/Link.tsx';
import { Loaded } from '../../parts/Loaded.tsx';
import { WallTime } from '../../parts/When.tsx';
import { useResource } from '../../resource.ts';
import { href } from '../../route.ts';
import { STORE_AWAY, storeAway } from '../../store.ts';

const SHOWN = 12;

interface Change {
  readonly run: AlertRunItem;
  readonly what: 'began' | 'ended';
  readonly at: string;
}

/** What began and what ended lately, the newest first. */
export function RecentChanges() {
  const runs = useResource(`recent ${alertNews.value}`, (signal) => get<{ items: AlertRunItem[] }>('/alert-runs', { limit: 100 }, signal));
  return (
    <section class="panel recent" aria-labelledby="recent">
      <h2 id="recent">Recent changes</h2>
      <Loaded resource={runs}>
        {({ items }) =>
          items.length === 0 ? (
            <p class="muted">{storeAway.value ? STORE_AWAY : 'Nothing has begun or ended yet.'}</p>
          ) : (
            <ol>
              {changes(items).map(({ run, what, at }) => (
                <li key={`${what} ${runKey(run)}`}>
                  <span>
                    <Link to={href([], { show: 'all', q: run.pump, open: runKey(run) })}>{visible(run.pump)}</Link> {run.rule}{' '}
                    <strong>{what}</strong>
                  </span>
                  <span class="muted">
                    <WallTime at={at} />
                  </span>
                </li>
              ))}
            </ol>
          )
        }
      </Loaded>
    </section>
  );
}

function changes(runs: readonly AlertRunItem[]): Change[] {
  const all = runs.flatMap((run): Change[] => [
    ...(run.active ? [] : [{ run, what: 'ended', at: run.to } as const]),
    { run, what: 'began', at: run.from },
  ]);
  return all.sort((a, b) => (a.at === b.at ? 0 : a.at < b.at ? 1 : -1)).slice(0, SHOWN);
}
