import { counted } from '../../domain/counted.ts';
import type { Config } from '../config/types.ts';
import type { LastEnd } from '../run/lastEnd.ts';
import { siteTime } from './siteTime.ts';

/** How the last job ended, and what the next one begins with. `pending` rows wait in the journal. */
export function lastEndLines({ at, inOrder, failure }: LastEnd, { site: { timezone } }: Config, pending: number): string[] {
  const when = `${siteTime(at, timezone)} ${timezone}`;
  if (inOrder) return [`  The last one ended in good order at ${when}.`];
  const next = 'The next one goes on where the table is' +
    (pending > 0 ? `: ${counted(pending, 'row')} of the journal and what lies in the inbox come first.` : ', with what lies in the inbox.');
  const how = failure === null
    ? `The last one was cut off: it was last seen at ${when}, and did not say that it ended. Its log may tell why.`
    : `The last one failed at ${when}: ${failure}.`;
  return [`  ${how}`, `  ${next}`];
}
