import type { ComponentChildren } from 'preact';
import { SITE } from '../../../../domain/alarm/rule.ts';
import type { AlarmItem } from '../../../http/schemas/alarms.ts';
import { counted, withUnit, worstText } from '../../format.ts';
import { heardOf, lastByPump, reportingOf } from '../../lastReadings.ts';
import { PumpName } from '../../parts/PumpName.tsx';
import { Severity, Silent } from '../../parts/Severity.tsx';
import { Lasting, WallTime } from '../../parts/When.tsx';
import { me } from '../../session.ts';
import { ActForm } from './ActForm.tsx';
import { Timeline } from './Timeline.tsx';

interface AlarmCardProps {
  readonly alarm: AlarmItem;
  /** What it was like before: stands below the state. */
  readonly children?: ComponentChildren;
}

/** The first question at three in the morning on one screen of a phone: what is wrong, how bad, what to do, who knows, whom to call. */
export function AlarmCard({ alarm, children }: AlarmCardProps) {
  const { pump, rule, priority, condition, active, from, to, measure, worst, readings } = alarm;
  const guidance = me.value.alarms.find(({ id }) => id === rule)?.guidance;
  const last = lastByPump.value.get(pump);
  return (
    <section class={`alarm-card ${active ? priority : ''}`} aria-label={`Alarm of ${pump === SITE ? 'all pumps' : pump}`}>
      <p class="alarm-state">
        <Severity priority={priority} quiet={!active} /> <PumpName pump={pump} /> {condition ?? rule}{' '}
        {active ? <Lasting from={from} heard={heardOf(alarm)} /> : <>is over since <WallTime at={to} /></>}
      </p>
      {last?.at && (
        <p>
          {measure === 'psi' && <><b class="figure">{withUnit(last.psi, 'psi')}</b> {reportingOf(last.at) === 'reports' ? 'now' : 'at last'}, </>}
          worst {worstText(worst, measure)}, {counted(readings, 'reading')}
          {reportingOf(last.at) === 'silent' && <> <Silent /> since <WallTime at={last.at} /></>}
        </p>
      )}
      {children}
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
          <span class="caller"><b>{name}</b> <span class="muted">{role === 'vendor' ? 'vendor' : `there on ${date}`}</span></span>{' '}
          {phone && <a href={`tel:${phone.replace(/[^+\d]/g, '')}`}>{phone}</a>} {mail && <a class={phone ? 'also' : undefined} href={`mailto:${mail}`}>mail</a>}
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
        <span class="since-then" key={`${date} ${description}`}><span class="muted">Since then:</span> {date} {description}, {technician}</span>
      ))}
    </p>
  );
}
