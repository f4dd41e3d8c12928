import { counted, count } from '../../format.ts';
import { type LastReading, lastReadings, pumpsThat } from '../../lastReadings.ts';
import { Link } from '../../parts/Link.tsx';
import { Silent } from '../../parts/Severity.tsx';
import { href } from '../../route.ts';
import { me } from '../../session.ts';
import { duration } from '../../format.ts';
import { wallAge, wallShort } from '../../times.ts';
import { visible } from '../../visible.ts';

const NAMED = 3;

/** A site of which nothing was heard yet is not well: it is not known. */
export function NothingKnown() {
  return <h1>Nothing is known yet: no reading has come.</h1>;
}

/** Of which pumps nothing is known just now, in the headline: silence is no health. */
export function ReportingLines() {
  const silent = pumpsThat('silent');
  const ahead = pumpsThat('ahead');
  const all = lastReadings.value?.filter(({ at }) => at !== null).length ?? 0;
  return (
    <>
      {silent.length > 0 && (
        <span class="rule-line">
          <Silent />{' '}
          <span>
            {silent.length === all ? 'No pump reports' : `${counted(silent.length, 'pump')} silent`} for {duration(me.value.holdMs)} or more<span class="names">:</span>
          </span>{' '}
          <Pumps pumps={silent} />
        </span>
      )}
      {ahead.length > 0 && (
        <span class="rule-line">
          <Silent word="CLOCK" />{' '}
          <span>
            {counted(ahead.length, 'pump reports', 'pumps report')} times that are still to come, which say nothing of now<span class="names">:</span>
          </span>{' '}
          <Pumps pumps={ahead} />
        </span>
      )}
    </>
  );
}

function Pumps({ pumps }: { readonly pumps: readonly LastReading[] }) {
  return (
    <>
      <span class="names named">
        {pumps.slice(0, NAMED).map(({ pump, at }, i) => (
          <span key={pump}>
            {i > 0 && ', '}
            <Link to={href(['pumps', pump])}>{visible(pump)}</Link> <small>{lastText(at!)}</small>
          </span>
        ))}
      </span>{' '}
      {pumps.length > NAMED && <span class="names">and {count(pumps.length - NAMED)} more</span>}
    </>
  );
}

function lastText(at: string): string {
  const age = wallAge(at);
  return age === undefined ? `last ${wallShort(at)}` : `for ${age}`;
}
