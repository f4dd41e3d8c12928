import { useState } from 'preact/hooks';
import type { AlarmItem } from '../../../http/schemas/alarms.ts';
import { acknowledge, isUnacknowledged, mayAct, needsName } from '../../acts.ts';
import { ApiError } from '../../api.ts';
import { counted } from '../../format.ts';
import { DoerField } from './ActForm.tsx';

/** Acknowledges all alarms that are listed, which filters make few: those that begin meanwhile are left alone. Asked twice, as it can't be undone. */
export function AcknowledgeAll({ alarms }: { readonly alarms: readonly AlarmItem[] }) {
  const [asked, setAsked] = useState(false);
  const [outcome, setOutcome] = useState('');
  const unseen = alarms.filter(isUnacknowledged);
  if (!mayAct() || (unseen.length < 2 && outcome === '')) return null;
  const act = async () => {
    setAsked(false);
    setOutcome('…');
    try {
      setOutcome(await acknowledge(unseen));
    } catch (cause) {
      if (!(cause instanceof ApiError)) throw cause;
      setOutcome(cause.message);
    }
  };
  return (
    <div class="tools acknowledge-all">
      {asked && needsName() && <DoerField />}
      {unseen.length > 1 && !asked && (
        <button type="button" onClick={() => setAsked(true)}>Acknowledge the {counted(unseen.length, 'listed alarm')} …</button>
      )}
      {asked && <button type="button" class="primary" onClick={() => void act()}>Yes, all {unseen.length} were seen</button>}
      {asked && <button type="button" onClick={() => setAsked(false)}>No</button>}
      <span role="status" class="small">{outcome}</span>
    </div>
  );
}
