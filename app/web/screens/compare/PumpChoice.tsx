import { DateField } from '../../parts/DateField.tsx';
import { PumpName } from '../../parts/PumpName.tsx';
import { duration } from '../../format.ts';
import { visible } from '../../visible.ts';
import { type Compared, shiftOf } from '../../compared.ts';
import { lineUpsOf } from './lineUp.ts';
import type { KnownPump } from './loadCompared.ts';

interface LineUpProps {
  readonly compared: readonly Compared[];
  readonly known: readonly KnownPump[];
  readonly onChoose: (compared: readonly Compared[]) => void;
}

const OWN = 'own';

/** What falls together: nothing, a kind of work, the first alarm, or moments of one's own. */
export function LineUpChoice({ compared, known, onChoose }: LineUpProps) {
  if (compared.length < 2 || known.length !== compared.length) return null;
  const ways = lineUpsOf(known);
  const chosen = compared.every(({ at }) => at === undefined)
    ? ''
    : ways.find(({ moments }) => compared.every(({ at }, i) => (at ?? null) === moments[i]))?.key ?? OWN;
  const choose = (key: string) => {
    const way = ways.find((one) => one.key === key);
    onChoose(compared.map(({ pump }, i) => ({ pump, at: way?.moments[i] ?? undefined })));
  };
  return (
    <label>
      Line up by
      <select class="work-filter" value={chosen} onChange={({ currentTarget }) => choose(currentTarget.value)}>
        <option value="">nothing</option>
        {ways.map(({ key, text }) => <option key={key} value={key}>{text}</option>)}
        {chosen === OWN && <option value={OWN}>moments below</option>}
      </select>
    </label>
  );
}

/** The pumps, each with the line that it has, its moment, and a way out. */
export function PumpList({ compared, onChoose }: Omit<LineUpProps, 'known'>) {
  const change = (pump: string, at: string | undefined) => onChoose(compared.map((one) => (one.pump === pump ? { pump, at } : one)));
  return (
    <>
      <ul class="compared">
        {compared.map((one, i) => (
          <li key={one.pump}>
            <Swatch curve={i} /> <PumpName pump={one.pump} /> <span class="muted small">{movedText(one, compared[0])}</span>
            <button type="button" aria-label={`Without ${visible(one.pump)}`} onClick={() => onChoose(compared.filter(({ pump }) => pump !== one.pump))}>×</button>
          </li>
        ))}
      </ul>
      {compared.length > 1 && (
        <details class="moments">
          <summary>Moments that fall together</summary>
          <div class="tools">
            {compared.map(({ pump, at }) => (
              <DateField key={pump} label={`Moment of ${visible(pump)}`} type="datetime-local" value={minutesOf(at)} onPick={(next) => change(pump, next || undefined)} />
            ))}
          </div>
        </details>
      )}
    </>
  );
}

/** The line of a pump, as it is drawn. */
export function Swatch({ curve }: { readonly curve: number }) {
  return <svg class={`swatch curve-${curve + 1}`} viewBox="0 0 32 8" width="32" height="8" aria-hidden="true"><path d="M0 4H32" /></svg>;
}

/** By how much a pump's times are moved to fall on those of the first. */
export function movedText(one: Compared, first: Compared): string {
  const shift = shiftOf(one, first);
  return shift === 0 ? '' : `shown ${duration(Math.abs(shift))} ${shift < 0 ? 'later' : 'earlier'}`;
}

function minutesOf(at: string | undefined): string {
  if (at === undefined) return '';
  return at.length === 10 ? `${at}T00:00` : at.slice(0, 16);
}
