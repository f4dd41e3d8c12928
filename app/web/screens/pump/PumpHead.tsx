import type { ComponentChildren } from 'preact';
import { type Measure, measureFacts } from '../../../../domain/reading/measures.ts';
import type { PumpDetail, Reading } from '../../../http/schemas/pumps.ts';
import { counted, decimal, EXACT_DIGITS, limitWords, NO_VALUE, PSI_FIRST, worstText } from '../../format.ts';
import { reportingOf } from '../../lastReadings.ts';
import { Severity, Silent } from '../../parts/Severity.tsx';
import { Silence, Since, WallTime } from '../../parts/When.tsx';
import { me } from '../../session.ts';
import { alarmClass, bySeverity, priorityOf } from '../../rules.ts';
import { STORE_AWAY, storeAway } from '../../store.ts';
import { isFresh } from '../../times.ts';

/** What matters of a pump in two seconds: its state, its last reading; then who made it and whom to call. */
export function PumpHead({ detail }: { readonly detail: PumpDetail }) {
  const { last, vendor, known, alerts, lastMaintenance } = detail;
  return (
    <div class="pump-head">
      <Fact title="State" class={`fact-state ${alarmClass(detail.active)}`}>
        <State detail={detail} />
        {last && !isFresh(last.at) && (
          <p class="muted">
            <Silence at={last.at} />
          </p>
        )}
        <p class="muted">
          {counted(alerts.day, 'alarm')} in 24 h, {counted(alerts.week, 'alarm')} in 7 d
        </p>
      </Fact>
      <Fact title="Last reading">{last ? <LastReading last={last} detail={detail} /> : <p class="muted">None.</p>}</Fact>
      <Fact title="Whom to call">
        {lastMaintenance ? (
          <p>
            <b>{lastMaintenance.technician}</b>
            <br />
            {lastMaintenance.description}
            <br />
            <span class="muted">{lastMaintenance.date}, the last maintenance</span>
          </p>
        ) : (
          <p class="muted">No maintenance is recorded.</p>
        )}
      </Fact>
      <Fact title="Pump">
        {vendor ? (
          <p>
            <b>{vendor.vendor}</b> {vendor.type}
            <br />
            in service since {vendor.inService}
            <br />
            <span class="muted">
              bought {vendor.purchased}
              <br />
              at {vendor.latitude}, {vendor.longitude}
            </span>
          </p>
        ) : (
          <p>
            {known ? (
              'No facts are recorded.'
            ) : (
              <>
                <b>Unknown pump.</b> The vendor file does not list it; its facts appear here once it does.
              </>
            )}
          </p>
        )}
      </Fact>
    </div>
  );
}

function Fact({
  title,
  children,
  class: name = '',
}: {
  readonly title: string;
  readonly children: ComponentChildren;
  readonly class?: string | undefined;
}) {
  return (
    <section class={`panel ${name}`}>
      <h2>{title}</h2>
      {children}
    </section>
  );
}

function State({ detail: { active, last } }: { readonly detail: PumpDetail }) {
  if (active.length === 0)
    return (
      <p class="pump-state">{storeAway.value ? STORE_AWAY : <Calm last={last} />}</p>
    );
  return bySeverity(active).map(({ rule, since, count, worst }) => {
    const known = me.value.rules.find(({ id }) => id === rule);
    const alarm = me.value.alarms.find(({ id }) => id === rule);
    const measure = known?.measure ?? alarm?.measure ?? null;
    return (
      <p class="pump-state" key={rule}>
        <Severity priority={alarm?.priority ?? null} />{' '}
        <b>{known ? `${measureFacts[known.measure].label} ${limitWords(known)}` : `${rule}${alarm ? `: ${alarm.condition}` : ''}`}</b>
        <br />
        <Since at={since} />, {counted(count, 'reading')}, worst {worstText(worst, measure)}
      </p>
    );
  });
}

/** Normal is only who reports. */
function Calm({ last }: Pick<PumpDetail, 'last'>) {
  switch (reportingOf(last?.at ?? null)) {
    case 'reports':
      return 'Normal: no alarm is active.';
    case 'silent':
      return <><Silent /> What is so now is not known; with the last reading no alarm was active.</>;
    case 'ahead':
      return <><Silent word="CLOCK" /> Its last reading is of the future: what is so now is not known.</>;
    case 'unheard':
      return 'Nothing is known yet.';
  }
}

/** How a measure looks of which a limit is broken: as the most severe of these. */
function brokenClass({ active }: PumpDetail, measure: Measure): string | undefined {
  const worst = bySeverity(active).find(({ rule }) => me.value.rules.some((limit) => limit.id === rule && limit.measure === measure));
  return worst && `broken ${priorityOf(worst.rule) ?? 'low'}`;
}

function LastReading({ last, detail }: { readonly last: Reading; readonly detail: PumpDetail }) {
  return (
    <>
      <dl class={isFresh(last.at) ? 'last-reading' : 'last-reading old'}>
        {PSI_FIRST.map((measure) => (
          <div key={measure} class={brokenClass(detail, measure)}>
            <dt>{measureFacts[measure].label}</dt>
            {last[measure] === null
              ? <dd class="muted">{NO_VALUE}</dd>
              : <dd><b>{decimal(last[measure], EXACT_DIGITS)}</b> <span class="unit">{measureFacts[measure].unit}</span></dd>}
          </div>
        ))}
      </dl>
      <p class="muted"><WallTime at={last.at} /></p>
    </>
  );
}
