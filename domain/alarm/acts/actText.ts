import { formatDay, formatTime } from '../../reading/wallClock.ts';
import type { Act, Retract, SettingChange } from './act.ts';

/** What was said with an act, in a line. */
export function actText(act: Act): string {
  switch (act.kind) {
    case 'acknowledge': return [act.until === null ? '' : `until ${utc(act.until)}`, act.comment ?? ''].filter(Boolean).join(': ');
    case 'shelve': return `until ${act.once ? 'it is over, at most ' : ''}${utc(act.until)}: ${act.reason}`;
    case 'out-of-service': return `review ${formatDay(act.review)}: ${act.reason}`;
    case 'settings': return act.changes.length === 0 ? 'as found at the first start' : act.changes.map(changeText).join('; ');
    case 'retract': return `${retractedText(act)}: ${act.reason}`;
    default: return act.comment ?? '';
  }
}

/** Which readings a retraction takes out, without its pump. */
function retractedText({ sources, from, to }: Retract): string {
  if (sources) return `all of ${sources.map(({ number, source }) => `${source} (#${number})`).join(', ')}`;
  return `readings from ${from === null ? 'the first' : formatTime(from)} to ${to === null ? 'the last' : formatTime(to)}`;
}

function changeText({ path, before, after }: SettingChange): string {
  if (before === null) return `${path} is new: ${after}`;
  return after === null ? `${path} is gone, was ${before}` : `${path} was ${before}, is ${after}`;
}

function utc(instant: number): string {
  return new Date(instant).toISOString();
}
