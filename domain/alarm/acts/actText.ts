import { formatDay } from '../../reading/wallClock.ts';
import type { Act, SettingChange } from './act.ts';

/** What was said with an act, in a line. */
export function actText(act: Act): string {
  switch (act.kind) {
    case 'acknowledge': return [act.until === null ? '' : `until ${utc(act.until)}`, act.comment ?? ''].filter(Boolean).join(': ');
    case 'shelve': return `until ${utc(act.until)}: ${act.reason}`;
    case 'out-of-service': return `review ${formatDay(act.review)}: ${act.reason}`;
    case 'settings': return act.changes.length === 0 ? 'as found at the first start' : act.changes.map(changeText).join('; ');
    default: return act.comment ?? '';
  }
}

function changeText({ path, before, after }: SettingChange): string {
  if (before === null) return `${path} is new: ${after}`;
  return after === null ? `${path} is gone, was ${before}` : `${path} was ${before}, is ${after}`;
}

function utc(instant: number): string {
  return new Date(instant).toISOString();
}
