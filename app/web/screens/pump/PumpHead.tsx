import type { ComponentChildren } from 'preact';
import { measureFacts } from '../../../../domain/reading/measures.ts';
import type { PumpDetail, Reading } from '../../../http/schemas/pumps.ts';
import { counted, decimal, EXACT_DIGITS, limitWords, NO_VALUE, PSI_FIRST, withUnit } from '../../format.ts';
import { reportingOf } from '../../lastReadings.ts';
import { Severity, Silent } from '../../parts/Severity.tsx';
import { Silence, Since, WallTime } from '../../parts/When.tsx';
import { me } from '../../session.ts';
import { STORE_AWAY, storeAway } from '../../store.ts';
import { isFresh } from '../../times.ts';

/** What matters of a pump in two seconds: its state, its last reading; then who made it and whom to call. */
export function PumpHead({ detail }: { readonly detail: PumpDetail }) {
  const { last, vendor, known, alerts, lastMaintenance } = detail;
  return (
    <div class="pump-head">
      <Fact title="State" class={detail.active.length > 0 ? 'alarming' : undefined}>
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
  return active.map(({ rule, since, count, worst }) => {
    const known = me.value.rules.find(({ id }) => id === rule);
    const alarm = me.value.alarms.find(({ id }) => id === rule);
    const measure = PSI_FIRST.find((name) => name === known?.measure);
    return (
      <p class="pump-state" key={rule}>
        <Severity priority={alarm?.priority ?? null} />{' '}
        <b>{known ? `${measureFacts[known.measure].label} ${limitWords(known)}` : `${rule}${alarm ? `: ${alarm.condition}` : ''}`}</b>
        <br />
        <Since at={since} />, {counted(count, 'reading')}, worst {measure ? withUnit(worst, measure) : worst}
      </p>
    );
  });
}

/** Normal is only who reports. */
function Calm({ last }: Pick<PumpDetail, 'last'>) {
  switch (reportingOf(last?.at ?? null)) {
    case 'reports':
      return 'Normal: the last reading breaks no rule.';
    case 'silent':
      return <><Silent /> What is so now is not known; the last reading broke no rule.</>;
    case 'ahead':
      return <><Silent word="CLOCK" /> Its last reading is of the future: what is so now is not known.</>;
    case 'unheard':
      return 'Nothing is known yet.';
  }
}

function LastReading({ last, detail }: { readonly last: Reading; readonly detail: PumpDetail }) {
  const broken = new Set(me.value.rules.filter(({ id }) => detail.active.some(({ rule }) => rule === id)).map(({ measure }) => measure));
  return (
    <>
      <dl class={isFresh(last.at) ? 'last-reading' : 'last-reading old'}>
        {PSI_FIRST.map((measure) => (
          <div key={measure} class={broken.has(measure) ? 'broken' : undefined}>
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
