import { visible } from '../../visible.ts';
import type { BalanceAnswer } from '../../../http/schemas/rejects.ts';
import { get } from '../../api.ts';
import { count, counted } from '../../format.ts';
import { readingNews } from '../../news.ts';
import { Lazy } from '../../parts/Lazy.tsx';
import { Link } from '../../parts/Link.tsx';
import { Loaded } from '../../parts/Loaded.tsx';
import { Together } from '../../parts/Together.tsx';
import { useResource } from '../../resource.ts';
import { href } from '../../route.ts';
import { STORE_AWAY, storeAway } from '../../store.ts';
import { BalanceTable } from './BalanceTable.tsx';
import { LeftOut } from './LeftOut.tsx';
import { Receipts } from './Receipts.tsx';
import { ReplacedAlerts } from './ReplacedAlerts.tsx';
import { Rejects } from './Rejects.tsx';

/** Its script is for those who come here. */
const filePreview = async () => (await import('./FilePreview.tsx')).FilePreview;

/** What became of every row: the balance, what could not be taken and why, and who sends without being known. */
export function Quality() {
  const balance = useResource(`balance ${readingNews.value}`, (signal) => get<BalanceAnswer>('/balance', {}, signal));
  return (
    <Together>
      <h1>Data quality</h1>
      <Loaded resource={balance}>
        {(value) => (
          <>
            <BalanceTable balance={value} />
            <ReplacedAlerts alerts={value.replacedAlerts} />
            <div class="two">
              <FailedFiles files={value.failedFiles} />
              <UnknownPumps pumps={value.unknownPumps} />
              <section class="panel" aria-labelledby="late">
                <h2 id="late">Late rows</h2>
                <p>
                  {value.late === 0
                    ? storeAway.value
                      ? STORE_AWAY
                      : 'No stored row came late.'
                    : `${counted(value.late, 'stored row')} came later than the lateness that is allowed.`}
                </p>
                <p class="muted small">
                  A late row is stored like any other and marks its pump-day, which the next daily summary computes again.
                </p>
              </section>
            </div>
          </>
        )}
      </Loaded>
      <LeftOut />
      <Rejects />
      <Receipts />
      <Lazy load={filePreview} props={{}} />
    </Together>
  );
}

function FailedFiles({ files: { count: number, newest } }: { readonly files: BalanceAnswer['failedFiles'] }) {
  return (
    <section class="panel" aria-labelledby="failed-files">
      <h2 id="failed-files">Files that could not be read</h2>
      {number === 0 ? (
        <p>None lies in failed/ of the inbox.</p>
      ) : (
        <>
          <p>
            {counted(number, 'file')} in failed/ of the inbox. Correct them and drop them again; what is stored already counts as duplicate.
          </p>
          <ul>
            {newest.map(({ name, reason }) => (
              <li key={name}>
                <strong>{name}</strong>: {reason ?? 'no note beside it says why'}
              </li>
            ))}
          </ul>
          {number > newest.length && <p class="muted small">and {count(number - newest.length)} more</p>}
        </>
      )}
    </section>
  );
}

function UnknownPumps({ pumps }: { readonly pumps: readonly string[] }) {
  return (
    <section class="panel" aria-labelledby="unknown">
      <h2 id="unknown">Unknown pumps</h2>
      {pumps.length === 0
        ? <p>{storeAway.value ? STORE_AWAY : 'Every pump that has readings is in the vendor file.'}</p>
        : (
          <>
            <p>{count(pumps.length)} with readings that the vendor file does not list. Add them there; the file is read again by itself.</p>
            <ul class="ids">{pumps.map((pump) => <li key={pump}><Link to={href(['pumps', pump])}>{visible(pump)}</Link></li>)}</ul>
          </>
        )}
    </section>
  );
}
