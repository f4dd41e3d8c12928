import { signal } from '@preact/signals';
import type { AlarmItem } from '../http/schemas/alarms.ts';
import { post } from './api.ts';
import { me } from './session.ts';

/** The most alarms that one request acknowledges. */
const AT_ONCE = 100;
const REMEMBERED = 'wellwatch.by';

/** Who does it, where nobody signs in; remembered by this browser. */
export const doer = signal(localStorage.getItem(REMEMBERED) ?? '');

export function rememberDoer(name: string): void {
  doer.value = name;
  localStorage.setItem(REMEMBERED, name);
}

/** Whether who looks may do something about alarms. */
export const mayAct = () => me.value.role !== null && me.value.role !== 'read';
/** Whether who looks may take pumps out of service, and bring them back. */
export const mayManage = () => me.value.role === 'manage';
/** Whether the page has to ask who does it: a token has a name. */
export const needsName = () => me.value.name === null;
/** Whether somebody has to acknowledge an alarm. */
export const isUnacknowledged = ({ state }: Pick<AlarmItem, 'state'>) => state.endsWith('unacknowledged');

const by = () => (needsName() && doer.value !== '' ? { by: doer.value } : {});
const said = (comment: string) => (comment === '' ? {} : { comment });

/** Says that alarms were seen, as they stand on the page: what has got worse or begun since is left alone. Throws ApiError. */
export async function acknowledge(alarms: readonly AlarmItem[], comment = ''): Promise<string> {
  let worse = 0;
  for (let i = 0; i < alarms.length; i += AT_ONCE) {
    const asked = alarms.slice(i, i + AT_ONCE).map(({ pump, rule, to, priority }) => ({ pump, rule, seenTo: to, level: priority }));
    const { items } = await post<{ items: { outcome: string }[] }>('/alarms/acknowledgements', {}, { alarms: asked, ...said(comment), ...by() });
    worse += items.filter(({ outcome }) => outcome === 'worse').length;
  }
  return worse > 0 ? `${worse} got worse meanwhile: look again.` : 'Acknowledged.';
}

/** Notes something about an alarm. Throws ApiError. */
export async function comment({ pump, rule }: AlarmItem, text: string): Promise<string> {
  await post('/alarms/comments', {}, { pump, rule, comment: text, ...by() });
  return 'Noted.';
}

/** Sets an alarm aside for a time such as `8h`, or for `once` until it is over. Throws ApiError. */
export async function shelve({ pump, rule }: AlarmItem, time: string, reason: string): Promise<string> {
  await post('/alarms/shelves', {}, { pump, rule, ...(time === 'once' ? { once: true } : { for: time }), reason, ...by() });
  return time === 'once' ? 'On the shelf until it is over.' : `On the shelf for ${time}.`;
}

/** Takes a pump out of service until somebody brings it back; `review` is the date, YYYY-MM-DD, on which that is looked at. Throws ApiError. */
export async function takeOut(pump: string, reason: string, review: string): Promise<string> {
  await post('/alarms/out-of-service', {}, { pump, reason, review, ...by() });
  return `Out of service until somebody brings it back; review ${review}.`;
}

/** Brings a pump back into service. Throws ApiError. */
export async function bringBack(pump: string): Promise<void> {
  await post('/alarms/returns', {}, { pump, ...by() });
}

/** Lets go of a latched alarm that is over. Throws ApiError. */
export async function reset({ pump, rule }: AlarmItem, comment: string): Promise<string> {
  await post('/alarms/resets', {}, { pump, rule, ...said(comment), ...by() });
  return 'Reset.';
}

/** Takes what was set aside from the shelf. Throws ApiError. */
export async function unshelve(pump: string, rule: string | null): Promise<void> {
  await post('/alarms/unshelves', {}, { pump, ...(rule === null ? {} : { rule }), ...by() });
}
