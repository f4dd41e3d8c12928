import { lastReadings } from '../../lastReadings.ts';
import { PumpPicker } from '../../parts/PumpPicker.tsx';
import { href, navigate, query } from '../../route.ts';
import { comparedQuery } from '../../compared.ts';

/** The ways from a pump to others, over the same range: the ones beside it, any one, and both in one picture. */
export function PumpWays({ pump }: { readonly pump: string }) {
  if (lastReadings.value === undefined) return <div class="tools pump-ways" />;
  const ids = lastReadings.value.map((one) => one.pump);
  if (ids.length < 2) return null;
  const range = Object.fromEntries([...query.value].filter(([key]) => ['range', 'from', 'to'].includes(key)));
  const go = (to: string) => navigate(href(['pumps', to], range), { keepScroll: true });
  const at = ids.indexOf(pump);
  return (
    <div class="tools pump-ways">
      <span class="months">
        <button type="button" aria-label="The pump before" title={ids[at - 1]} disabled={at < 1} onClick={() => go(ids[at - 1])}>‹</button>
        <button type="button" aria-label="The pump after" title={ids[at + 1]} disabled={at < 0 || at + 1 >= ids.length} onClick={() => go(ids[at + 1])}>›</button>
      </span>
      <PumpPicker label="Pump" value={pump} onPick={go} />
      <PumpPicker
        label="Compare with" prompt="choose …" without={[pump]}
        onPick={(other) => navigate(href(['compare'], { ...comparedQuery([{ pump }, { pump: other }]), ...range }))}
      />
    </div>
  );
}
