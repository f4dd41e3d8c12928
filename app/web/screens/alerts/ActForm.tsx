import { useState } from 'preact/hooks';
import type { AlarmItem } from '../../../http/schemas/alarms.ts';
import { acknowledge, comment, doer, isUnacknowledged, mayAct, needsName, rememberDoer, shelve } from '../../acts.ts';
import { ApiError } from '../../api.ts';

/** What whoever looks can do about an alarm: say that it was seen, note something, set it aside. Each is on disk when it is said to be done. */
export function ActForm({ alarm }: { readonly alarm: AlarmItem }) {
  const [text, setText] = useState('');
  const [outcome, setOutcome] = useState('');
  if (!mayAct()) return <p class="muted small">To acknowledge or shelve it takes the role operate.</p>;
  const act = (does: () => Promise<string>, needsText = false) => async () => {
    if (needsText && text === '') return setOutcome('Say why, in the field before the buttons.');
    setOutcome('…');
    try {
      setOutcome(await does());
      setText('');
    } catch (cause) {
      if (!(cause instanceof ApiError)) throw cause;
      setOutcome(cause.message);
    }
  };
  return (
    <form class="acts" onSubmit={(event) => event.preventDefault()}>
      {isUnacknowledged(alarm) && (
        <button type="button" class="primary" onClick={() => void act(() => acknowledge([alarm], text))()}>Acknowledge</button>
      )}
      {needsName() && <DoerField />}
      <label>
        Note or reason
        <input value={text} maxLength={2000} onInput={({ currentTarget }) => setText(currentTarget.value)} />
      </label>
      <span class="act-buttons">
        <button type="button" onClick={() => void act(() => comment(alarm, text), true)()}>Note</button>
        {(['1h', '8h'] as const).map((time) => (
          <button type="button" key={time} onClick={() => void act(() => shelve(alarm, time, text), true)()}>Shelve {time}</button>
        ))}
      </span>
      <span role="status" class="small">{outcome}</span>
    </form>
  );
}

/** Who does it, where the page does not know. */
export function DoerField() {
  return (
    <label>
      Your name
      <input value={doer.value} maxLength={64} autocomplete="name" onInput={({ currentTarget }) => rememberDoer(currentTarget.value)} />
    </label>
  );
}
