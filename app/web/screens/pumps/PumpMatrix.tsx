import type { Pump } from '../../../http/schemas/pumps.ts';
import { count, counted, decimal } from '../../format.ts';
import { Link } from '../../parts/Link.tsx';
import { href } from '../../route.ts';
import { visible } from '../../visible.ts';
import { type PumpState, stateOf } from './pumpState.ts';

const SHAPES: Readonly<Record<PumpState, string>> = { high: '▲', medium: '◆', low: '●', silent: '○', normal: '' };

interface PumpMatrixProps {
  /** In the order in which they are shown within their groups. */
  readonly pumps: readonly Pump[];
  readonly by: 'vendor' | 'name';
}

/** Each pump is one cell with its last pressure, by vendor or as they are named; colour and shape only where something is wrong. */
export function PumpMatrix({ pumps, by }: PumpMatrixProps) {
  const groups = Map.groupBy(pumps, (pump) => groupOf(pump, by));
  return [...groups].sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true })).map(([name, members]) => (
    <section key={name} class="matrix-group" aria-label={name}>
      <h2>{visible(name)} <span class="muted small">{summaryOf(members)}</span></h2>
      <ul class="matrix">{members.map((pump) => <Cell key={pump.pump} pump={pump} />)}</ul>
    </section>
  ));
}

/** A vendor, or what stands before the number of a name. */
function groupOf({ pump, vendor }: Pump, by: PumpMatrixProps['by']): string {
  if (by === 'vendor') return vendor?.vendor ?? 'unknown vendor';
  return /^(.+?)[-_. ]?[A-Za-z]{0,2}\d+$/.exec(pump)?.[1] ?? pump.slice(0, 1);
}

/** How many, how many of them with alarms or silent, and their mean pressure. */
function summaryOf(members: readonly Pump[]): string {
  const states = members.map(stateOf);
  const silent = states.filter((state) => state === 'silent').length;
  const wrong = states.filter((state) => state !== 'silent' && state !== 'normal').length;
  const known = members.flatMap(({ last }) => last?.psi ?? []);
  const mean = known.reduce((sum, psi) => sum + psi, 0) / known.length;
  return [
    counted(members.length, 'pump'), wrong > 0 && `${count(wrong)} with alarms`, silent > 0 && `${count(silent)} silent`,
    known.length > 0 && `mean of the last ${decimal(mean, 1)} psi`,
  ].filter(Boolean).join(', ');
}

function Cell({ pump: shown }: { readonly pump: Pump }) {
  const { pump, last, active } = shown;
  const state = stateOf(shown);
  const rules = active.map(({ rule }) => rule).join(', ');
  return (
    <li>
      <Link to={href(['pumps', pump])} class={`cell ${state}`} title={[visible(pump), rules || state, last && `last reading ${last.at}`].filter(Boolean).join(', ')}>
        <span class="name">{visible(pump)}</span>
        <span class="psi">{SHAPES[state] && <span aria-hidden="true">{SHAPES[state]} </span>}<span class="unseen">{state} </span>{decimal(last?.psi, 0)}</span>
      </Link>
    </li>
  );
}
