import { isDeepStrictEqual } from 'node:util';
import { counted } from '../../domain/counted.ts';
import type { LogEvent } from '../../domain/logEvent.ts';
import type { LeftOut } from '../../ingest/decode/mapping/tally.ts';
import type { Formats } from '../../ingest/receivers/formats.ts';
import type { FromJob } from './jobMessages.ts';

const LOOK_MS = 500;
/** So many names are told in a sentence. */
const MOST_TOLD = 8;

/** What a format leaves out without rejecting it, in sentences. */
export function leftOutText({ ignored, ignoredTags, bad, badQuality, noValue, noValues }: LeftOut): string[] {
  const list = (counts: LeftOut['ignoredTags']) =>
    counts.slice(0, MOST_TOLD).map(({ name, count }) => `${name === '' ? 'nothing' : name} ${count}`).join(', ');
  return [
    ...(ignored > 0 ? [`${counted(ignored, 'value')} of tags that map to nothing: ${list(ignoredTags)}`] : []),
    ...(bad > 0 ? [`${counted(bad, 'value')} of a quality that is not good: ${list(badQuality)}`] : []),
    ...(noValue > 0 ? [`${counted(noValue, 'word')} for "no value": ${list(noValues)}`] : []),
  ];
}

/** Tells the main thread what formats leave out, twice a second where that has changed; at the end it goes to the log too. */
export function watchLeftOut(
  formats: Formats,
  { post, onLog }: { readonly post: (message: FromJob) => void; readonly onLog: (event: LogEvent) => void },
): { stop(): void } {
  let told: readonly LeftOut[] = [];
  const look = () => {
    const leftOut = formats.leftOut();
    if (isDeepStrictEqual(leftOut, told)) return;
    told = leftOut;
    post({ kind: 'leftOut', leftOut });
  };
  const timer = setInterval(look, LOOK_MS);
  return {
    stop() {
      clearInterval(timer);
      look();
      for (const each of told) onLog({ level: 'info', message: `formats.${each.format} left out ${leftOutText(each).join('; ')}` });
    },
  };
}
