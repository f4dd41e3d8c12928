import type { AlertRunItem } from '../../../http/schemas/alerts.ts';
import { activeRuns } from '../../activeRuns.ts';
import { counted, MEASURE_TEXT, withUnit } from '../../format.ts';
import { Link } from '../../parts/Link.tsx';
import { Severity } from '../../parts/Severity.tsx';
import { WallTime } from '../../parts/When.tsx';
import { href } from '../../route.ts';

const RANK = { high: 0, medium: 1, low: 2 } as const;
const NAMED = 6;

/** In a sentence, readable across the room: how many pumps are in trouble now, which, since when. */
export function Summary() {
  const runs = activeRuns.value;
  if (!runs) return <h1>Alerts</h1>;
  if (runs.length === 0) return <h1 class="all-well">No pump is outside its limits.</h1>;
  return <h1 class="summary">{byRule(runs).map((group) => <RuleLine key={group[0].rule} runs={group} />)}</h1>;
}

function RuleLine({ runs }: { readonly runs: readonly AlertRunItem[] }) {
  const { priority, comparison, threshold, measure } = runs[0];
  return (
    <span class="rule-line">
      <Severity priority={priority} />{' '}
      <span>
        {counted(runs.length, 'pump')} {runs.length === 1 ? 'is' : 'are'} {comparison} {withUnit(threshold, measure)}
        {MEASURE_TEXT[measure].unit === '' && ` ${MEASURE_TEXT[measure].label.toLowerCase()}`}:{' '}
        {runs.slice(0, NAMED).map(({ pump, from }, i) => (
          <span key={pump}>{i > 0 && ', '}<Link to={href(['pumps', pump])}>{pump}</Link> <small>since <WallTime at={from} /></small></span>
        ))}
        {runs.length > NAMED && ` and ${runs.length - NAMED} more`}
      </span>
    </span>
  );
}

/** Runs by rule, the worst rules first. */
function byRule(runs: readonly AlertRunItem[]): AlertRunItem[][] {
  const groups = Map.groupBy(runs, ({ rule, threshold }) => `${rule} ${threshold}`);
  return [...groups.values()].sort((a, b) => RANK[a[0].priority ?? 'low'] - RANK[b[0].priority ?? 'low']);
}
