import { SITE } from '../../../../domain/alarm/rule.ts';
import type { AlarmItem } from '../../../http/schemas/alarms.ts';
import { withUnit, worstText } from '../../format.ts';
import { lastByPump, reportingOf } from '../../lastReadings.ts';
import { PumpName } from '../../parts/PumpName.tsx';
import { Severity, Silent } from '../../parts/Severity.tsx';
import { Lasting, WallTime } from '../../parts/When.tsx';
import { me } from '../../session.ts';
import { ActForm } from './ActForm.tsx';
import { Timeline } from './Timeline.tsx';

/** The first question at three in the morning on one screen of a phone: what is wrong, how bad, who knows, whom to call, what to do. */
export function AlarmCard({ alarm }: { readonly alarm: AlarmItem }) {
  const { pump, rule, priority, condition, active, from, to, measure, worst } = alarm;
  const guidance = me.value.alarms.find(({ id }) => id === rule)?.guidance;
  const last = lastByPump.value.get(pump);
  return (
    <section class={`alarm-card ${active ? priority : ''}`} aria-label={`Alarm of ${pump === SITE ? 'all pumps' : pump}`}>
      <p class="alarm-state">
        <Severity priority={priority} quiet={!active} /> <PumpName pump={pump} /> {condition ?? rule}{' '}
        {active ? <Lasting from={from} to={to} /> : <>is over since <WallTime at={to} /></>}
      </p>
      {last?.at && (
        <p>
          {measure === 'psi' && <><b class="figure">{withUnit(last.psi, 'psi')}</b> now, </>}worst {worstText(worst, measure)}
          {reportingOf(last.at) === 'silent' && <> <Silent /> that was <WallTime at={last.at} /></>}
        </p>
      )}
      {guidance && <p class="guidance"><b>What to do:</b> {guidance}</p>}
      <ActForm alarm={alarm} />
      <Calls alarm={alarm} />
      <Work alarm={alarm} />
      <Timeline alarm={alarm} />
    </section>
  );
}

/** Numbers that a phone calls at a touch. */
function Calls({ alarm: { contacts } }: { readonly alarm: AlarmItem }) {
  if (contacts.length === 0) return null;
  return (
    <ul class="calls" aria-label="Whom to call">
      {contacts.map(({ name, role, phone, mail, date }) => (
        <li key={`${role} ${name}`}>
          <b>{name}</b> <span class="muted">{role === 'vendor' ? 'vendor' : `was there last, ${date}`}</span>{' '}
          {phone && <a href={`tel:${phone.replace(/[^+\d]/g, '')}`}>{phone}</a>} {mail && <a href={`mailto:${mail}`}>{mail}</a>}
          {!phone && !mail && <span class="muted">no number is known</span>}
        </li>
      ))}
    </ul>
  );
}

function Work({ alarm: { lastMaintenance, since } }: { readonly alarm: AlarmItem }) {
  return (
    <p>
      <span class="muted">Work before it:</span>{' '}
      {lastMaintenance ? `${lastMaintenance.date} ${lastMaintenance.description}, ${lastMaintenance.technician}` : 'none is known'}
      {since.map(({ date, description, technician }) => (
        <span class="below" key={`${date} ${description}`}><span class="muted">since then:</span> {date} {description}, {technician}</span>
      ))}
    </p>
  );
}
