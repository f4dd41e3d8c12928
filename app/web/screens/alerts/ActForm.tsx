import { useState } from 'preact/hooks';
import { SITE } from '../../../../domain/alarm/rule.ts';
import type { AlarmItem } from '../../../http/schemas/alarms.ts';
import { acknowledge, comment, doer, isUnacknowledged, mayAct, mayManage, needsName, rememberDoer, reset, shelve, takeOut } from '../../acts.ts';
import { ApiError } from '../../api.ts';
import { isPhone } from '../../phone.ts';
import { siteNow } from '../../clock.ts';
import { wallText } from '../../times.ts';

const WEEK_MS = 7 * 86_400_000;

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
      {alarm.state === 'latched' && mayManage() && (
        <button type="button" class="primary" onClick={() => void act(() => reset(alarm, text))()}>Reset</button>
      )}
      {needsName() && <DoerField />}
      <details class="more" open={!isPhone()}>
        <summary>Note, shelve, take out of service</summary>
        <label>
          Note or reason
          <input value={text} maxLength={2000} onInput={({ currentTarget }) => setText(currentTarget.value)} />
        </label>
        <span class="act-buttons">
          <button type="button" onClick={() => void act(() => comment(alarm, text), true)()}>Note</button>
          {(['1h', '8h'] as const).map((time) => (
            <button type="button" key={time} onClick={() => void act(() => shelve(alarm, time, text), true)()}>Shelve {time}</button>
          ))}
          {alarm.active && <button type="button" onClick={() => void act(() => shelve(alarm, 'once', text), true)()}>Shelve until over</button>}
          {mayManage() && alarm.pump !== SITE && <OutOfService takesOut={(review) => void act(() => takeOut(alarm.pump, text, review), true)()} />}
        </span>
      </details>
      <span role="status" class="small">{outcome}</span>
    </form>
  );
}

/** All alarms of the pump, for as long as it is being worked on: with a date on which somebody asks whether it still is. */
function OutOfService({ takesOut }: { readonly takesOut: (review: string) => void }) {
  const [review, setReview] = useState(() => wallText(siteNow.peek() + WEEK_MS).slice(0, 10));
  return (
    <>
      <label>
        Review on
        <input type="date" value={review} onInput={({ currentTarget }) => setReview(currentTarget.value)} />
      </label>
      <button type="button" onClick={() => takesOut(review)}>Out of service</button>
    </>
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
