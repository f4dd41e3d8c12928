import { useEffect, useState } from 'preact/hooks';
import { MEASURE_TABLE } from '../../../../domain/reading/measures.ts';
import type { RejectItem } from '../../../http/schemas/rejects.ts';
import { ApiError, get, post } from '../../api.ts';
import { me } from '../../session.ts';

const FIELDS = ['ResourceID', 'Date', 'Time', ...MEASURE_TABLE.map(({ csv }) => csv)];
const LOOK_MS = 500;
const MOST_LOOKS = 60;

/** Whether who looks may send rows again. */
export const mayMend = () => me.value.role !== null && me.value.role !== 'read';

/** A reject's row to edit and send again. It goes through the inbox, and the form says what became of it. */
export function MendForm({ reject: { number, fields, whole, replayed, attempt } }: { readonly reject: RejectItem }) {
  const [sent, setSent] = useState('');
  const [outcome, setOutcome] = useState('');
  useEffect(() => watch(sent, { number, attempt }, setOutcome), [sent]);
  if (!whole) return <p>Only the beginning of this row is kept: it can’t be mended here.</p>;
  if (replayed && !sent) return <p>A mended row has taken its place.</p>;
  const send = async (form: HTMLFormElement) => {
    const data = new FormData(form);
    setOutcome('Sending …');
    try {
      const row = { number, fields: FIELDS.map((name) => data.get(name)) };
      const by = data.get('by') || undefined;
      setSent((await post<{ file: string }>('/rejects/replays', {}, { rows: [row], by })).file);
    } catch (cause) {
      if (!(cause instanceof ApiError)) throw cause;
      setOutcome(cause.message);
    }
  };
  return (
    <form class="tools" onSubmit={(event) => { event.preventDefault(); void send(event.currentTarget); }}>
      {FIELDS.map((name, i) => <Field key={name} name={name} value={fields?.[i] ?? ''} size={i < 3 ? 12 : 7} />)}
      {me.value.name === null && <Field name="by" label="Mended by" value="" size={12} />}
      <button type="submit">Send again</button>
      <span role="status">{outcome}</span>
    </form>
  );
}

function Field({ name, label = name, value, size }: { name: string; label?: string; value: string; size: number }) {
  return <label>{label}<input name={name} defaultValue={value} size={size} maxLength={name === 'by' ? 64 : 256} /></label>;
}

/** Looks until the reject says what became of the file; gives what stops it. */
function watch(file: string, { number, attempt }: Pick<RejectItem, 'number' | 'attempt'>, say: (text: string) => void) {
  if (file === '') return undefined;
  let looks = 0;
  say(`Sent as ${file} …`);
  const timer = setInterval(() => void (async () => {
    const now = await get<RejectItem>(`/rejects/${number}`).catch(() => undefined);
    if (now?.replayed) say('Taken: the reject is mended.');
    else if (now && now.attempt !== null && now.attempt !== attempt)
      say(`Wrong still: ${(await get<RejectItem>(`/rejects/${now.attempt}`)).reason}`);
    else if (++looks < MOST_LOOKS) return;
    else say(`${file} waits in the inbox.`);
    clearInterval(timer);
  })(), LOOK_MS);
  return () => clearInterval(timer);
}
