import { comparePriorities, type Priority } from '../../../../domain/alarm/rule.ts';
import { activeAlarms, isSetAside } from '../../activeAlarms.ts';
import { counted, withUnit } from '../../format.ts';
import { lastReadings, reportingOf } from '../../lastReadings.ts';
import { Link } from '../../parts/Link.tsx';
import { href } from '../../route.ts';
import { visible } from '../../visible.ts';

/** Shapes say what colours say. */
const SIGNS: Readonly<Record<string, string>> = { high: '▲', medium: '◆', low: '●', silent: '◌', ahead: '◌', unheard: '·', reports: '✓', aside: '‖' };

/** All pumps of the site on the first screen, each with how it is: normal, in alarm, silent. */
export function PumpStrip() {
  const pumps = lastReadings.value ?? [];
  if (pumps.length === 0) return null;
  const worst = new Map<string, Priority>();
  const aside = new Set((activeAlarms.value ?? []).filter(isSetAside).map(({ pump }) => pump));
  for (const { pump, priority } of (activeAlarms.value ?? []).filter((alarm) => !isSetAside(alarm)))
    if (!worst.has(pump) || comparePriorities(priority, worst.get(pump)!) < 0) worst.set(pump, priority);
  return (
    <section aria-labelledby="all-pumps" class="stack">
      <h2 id="all-pumps">{counted(pumps.length, 'pump')}</h2>
      <ul class="pump-strip columns" style={{ '--longest': Math.max(...pumps.map(({ pump }) => visible(pump).length)) }}>
        {pumps.map(({ pump, at, psi }) => {
          const how = worst.get(pump) ?? (aside.has(pump) ? 'aside' : reportingOf(at));
          const words = how === 'reports' ? 'normal' : how === 'aside' ? 'in alarm, set aside' : how === 'unheard' ? 'never heard' : how === 'ahead' ? 'clock ahead' : how;
          return (
            <li key={pump} class={how}>
              <Link to={href(['pumps', pump])} title={`${visible(pump)}: ${words}, ${withUnit(psi, 'psi')}`}>
                <span class="sign" aria-hidden="true">{SIGNS[how]}</span> <span class="name">{visible(pump)}</span> <span class="unseen">{words}</span>
              </Link>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
