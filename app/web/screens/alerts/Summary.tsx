import { comparePriorities, SITE } from '../../../../domain/alarm/rule.ts';
import { activeByRule, activeAlarms, type RuleAlarms } from '../../activeAlarms.ts';
import { count, counted, withUnit } from '../../format.ts';
import { PumpName } from '../../parts/PumpName.tsx';
import { Severity } from '../../parts/Severity.tsx';
import { useWaiting } from '../../parts/Together.tsx';
import { Lasting, Since } from '../../parts/When.tsx';
import { heardOf, lastByPump, lastReadings, pumpsThat } from '../../lastReadings.ts';
import { type ShownAlarm, shownOf } from '../../shownAlarm.ts';
import { storeAway } from '../../store.ts';
import { unstored } from '../../unstored.ts';
import { instantShort } from '../../times.ts';
import { NothingKnown, ReportingLines } from './ReportingLines.tsx';

/** So many pumps are all named; of more only those that began first. */
const ALL_NAMED = 6;
const FEW_NAMED = 3;

/** In a sentence, readable across the room: how many pumps are in trouble now, which, since when. */
export function Summary() {
  useWaiting(!storeAway.value && unstored.value.total === 0 && (!activeAlarms.value || !lastReadings.value));
  if (storeAway.value || unstored.value.total > 0) return <Uncertain />;
  if (!activeAlarms.value || !lastReadings.value) return <h1>Alerts</h1>;
  if (lastReadings.value.every(({ at }) => at === null)) return <NothingKnown />;
  if (activeByRule.value.length > 0)
    return (
      <h1 class="summary">
        {activeByRule.value.toSorted(worstFirst).map((those) => (
          <RuleLine key={those.alarms[0].rule} {...those} />
        ))}
        <ReportingLines />
      </h1>
    );
  const allReport = pumpsThat('reports').length === lastReadings.value.length;
  return (
    <h1 class="summary all-well">
      <span>{allReport ? 'No pump is outside its limits.' : 'No pump that reports is outside its limits.'}</span>
      <ReportingLines />
    </h1>
  );
}

/** What was told comes first, as it is newer than all that is stored; what is stored may be old. */
function Uncertain() {
  const told = [...Map.groupBy(unstored.value.items.map(shownOf), ({ rule, condition }) => `${rule} ${condition}`).values()];
  return (
    <h1 class="summary">
      {told.map((alarms) => <RuleLine key={alarms[0].rule} alarms={alarms} total={alarms.length} stored={false} />)}
      {storeAway.value && (
        <span>
          Store away since {instantShort(storeAway.value.since)}: whether {told.length > 0 ? 'another' : 'a'} pump is outside its limits
          {' '}can’t be told while the store is away.
        </span>
      )}
      {activeByRule.value.toSorted(worstFirst).map((those) => <RuleLine key={`stored ${those.alarms[0].rule}`} {...those} />)}
    </h1>
  );
}

interface RuleLineProps {
  readonly alarms: readonly ShownAlarm[];
  readonly total: number;
  /** False for what was told and is not stored yet: whether it goes on is not known. */
  readonly stored?: boolean;
}

function RuleLine({ alarms, total, stored = true }: RuleLineProps) {
  const { priority, rule, condition } = alarms[0];
  const site = alarms.find(({ pump }) => pump === SITE);
  if (site) return <SiteLine {...site} />;
  // Of many the first ones: the cause may be among them, and they change seldom.
  const named = total > ALL_NAMED ? alarms.toSorted((one, other) => (one.from < other.from ? -1 : 1)).slice(0, FEW_NAMED) : alarms;
  return (
    <span class={`rule-line ${priority ?? ''}`}>
      <Severity priority={priority} />{' '}
      <span>
        {counted(total, 'pump')} {stored ? (total === 1 ? 'is' : 'are') : 'went'} {condition ?? `beyond ${rule}`}{!stored && ' (not stored yet)'}<span class="names">:</span>
      </span>{' '}
      <span class="names named">
        {named.map(({ pump, from, to, measure }, i) => (
          <span key={pump}>
            {i > 0 && ', '}
            <PumpName pump={pump} /> {measure === 'psi' && <b class="headline-value">{withUnit(lastByPump.value.get(pump)?.psi, 'psi')}</b>}{' '}
            <small>
              <Lasting from={from} heard={heardOf({ pump, to })} />
            </small>
          </span>
        ))}
      </span>{' '}
      {total > named.length && <span class="names">and {count(total - named.length)} more</span>}
    </span>
  );
}

/** When all pumps are silent that is one thing, and not one for each of them. */
function SiteLine({ priority, condition, from }: ShownAlarm) {
  return (
    <span class={`rule-line ${priority ?? ''}`}>
      <Severity priority={priority} /> <span>All pumps are {condition ?? 'silent'} <small><Since at={from} /></small></span>
    </span>
  );
}

function worstFirst(one: RuleAlarms, other: RuleAlarms): number {
  return comparePriorities(one.alarms[0].priority ?? 'low', other.alarms[0].priority ?? 'low');
}
