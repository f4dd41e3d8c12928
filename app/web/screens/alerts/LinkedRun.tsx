import type { AlertRunItem } from '../../../http/schemas/alerts.ts';
import { runKey } from '../../activeRuns.ts';
import { ApiError, get } from '../../api.ts';
import { alertNews } from '../../news.ts';
import { Loaded } from '../../parts/Loaded.tsx';
import { Table } from '../../parts/Table.tsx';
import { setQuery } from '../../route.ts';
import { useResource } from '../../resource.ts';
import { wallMs, wallText } from '../../times.ts';
import { RunDetail } from './RunDetail.tsx';
import { RUN_COLUMNS } from './runColumns.tsx';

/** The run that a link opens and the list does not have: it ended, or other filters are chosen. One that is nowhere is missed in words. */
export function LinkedRun({ name }: { readonly name: string }) {
  const run = useResource(`${name} ${alertNews.value}`, (signal) => runNamed(name, signal));
  return (
    <Loaded resource={run} lines={2}>
      {(found) =>
        found === null ? (
          <p role="status">
            <strong>The run that this link opens is not there:</strong> a correction took it back, or the link is not whole.{' '}
            <button type="button" onClick={() => setQuery({ open: null })}>
              Close
            </button>
          </p>
        ) : (
          <div class="run-table stack linked">
            <p class="showing" role="status">
              The run that this link opens{found.active ? '' : ' has ended: it'} is not among those below.
            </p>
            <Table
              caption="The run that this link opens"
              columns={RUN_COLUMNS}
              rows={[found]}
              rowKey={runKey}
              rowClass={({ active }) => (active ? undefined : 'ended')}
              phone="cards"
              openRow={runKey(found)}
              onOpen={() => setQuery({ open: null })}
              detail={(opened) => <RunDetail run={opened} />}
            />
          </div>
        )
      }
    </Loaded>
  );
}

/** A run as it is now; null when there is none of that beginning. */
export async function findRun(
  { pump, rule, from }: Pick<AlertRunItem, 'pump' | 'rule' | 'from'>,
  signal: AbortSignal,
): Promise<AlertRunItem | null> {
  const { items } = await get<{ items: AlertRunItem[] }>(
    '/alert-runs',
    { pump, rule, from, to: wallText(wallMs(from) + 1), limit: 10 },
    signal,
  );
  return items.find((other) => runKey(other) === runKey({ pump, rule, from })) ?? null;
}

/** By what {@link runKey} made of it. */
async function runNamed(name: string, signal: AbortSignal): Promise<AlertRunItem | null> {
  const [, from, rule, pump] = /^(\S+) (\S+) (.+)$/.exec(name) ?? [];
  if (from === undefined || Number.isNaN(wallMs(from))) return null;
  try {
    return await findRun({ pump, rule, from }, signal);
  } catch (cause) {
    // What the API does not take for a run's name is none.
    if (cause instanceof ApiError && cause.status === 400) return null;
    throw cause;
  }
}
