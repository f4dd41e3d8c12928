import { visible } from '../../visible.ts';
import { comparePriorities } from '../../../../domain/alarm/rule.ts';
import { measureFacts } from '../../../../domain/reading/measures.ts';
import { activeByRule, activeRuns, type RuleRuns } from '../../activeRuns.ts';
import { count, counted, limitWords } from '../../format.ts';
import { Link } from '../../parts/Link.tsx';
import { Severity } from '../../parts/Severity.tsx';
import { Silence, Since } from '../../parts/When.tsx';
import { href } from '../../route.ts';
import { storeAway } from '../../store.ts';
import { isFresh } from '../../times.ts';

/** So many pumps are all named; of more only the first few. */
const ALL_NAMED = 6;
const FEW_NAMED = 3;

/** In a sentence, readable across the room: how many pumps are in trouble now, which, since when. */
export function Summary() {
  if (!activeRuns.value) return <h1>Alerts</h1>;
  if (activeByRule.value.length > 0)
    return (
      <h1 class="summary">
        {activeByRule.value.toSorted(worstFirst).map((those) => (
          <RuleLine key={those.runs[0].rule} {...those} />
        ))}
      </h1>
    );
  return (
    <h1 class="all-well">
      {storeAway.value ? 'Whether a pump is outside its limits can’t be told while the store is away.' : 'No pump is outside its limits.'}
    </h1>
  );
}

function RuleLine({ runs, total }: RuleRuns) {
  const { priority, measure } = runs[0];
  const named = runs.slice(0, total > ALL_NAMED ? FEW_NAMED : ALL_NAMED);
  return (
    <span class="rule-line">
      <Severity priority={priority} />{' '}
      <span>
        {counted(total, 'pump')} {total === 1 ? 'is' : 'are'} {limitWords(runs[0])}
        {measureFacts[measure].unit === '' && ` ${measureFacts[measure].label.toLowerCase()}`}:{' '}
        {named.map(({ pump, from, to }, i) => (
          <span key={pump}>
            {i > 0 && ', '}
            <Link to={href(['pumps', pump])}>{visible(pump)}</Link>{' '}
            <small>
              <Since at={from} />
              {!isFresh(to) && (
                <>
                  {' '}
                  (<Silence at={to} />)
                </>
              )}
            </small>
          </span>
        ))}
        {total > named.length && ` and ${count(total - named.length)} more`}
      </span>
    </span>
  );
}

function worstFirst(one: RuleRuns, other: RuleRuns): number {
  return comparePriorities(one.runs[0].priority ?? 'low', other.runs[0].priority ?? 'low');
}
