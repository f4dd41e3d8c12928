import { isPast } from '../../../domain/notify/late.ts';
import type { Publication } from '../../../domain/notify/message.ts';
import { endsThread } from '../../../domain/notify/told.ts';
import type { Rendering } from './rendering.ts';
import { standardBody } from './standard.ts';

/**
 * What is published of an alarm: the event on `TOPIC/events`, not retained, as a retained one would be news for ever; and how the
 * alarm stands, retained on `TOPIC/PUMP/RULE` while it goes on. Programs that begin to listen find there what is so.
 */
export function publicationsOf(rendering: Rendering, topic: string): Publication[] {
  const { notice: { items } } = rendering;
  const [{ saying, alarm }] = items;
  const payload = standardBody(rendering);
  const event = { topic: `${topic}/events`, payload, retain: false };
  if (isPast(alarm) && !endsThread(saying)) return [event]; // how a pump stood is not how it stands
  const own = alarm.system ? `${topic}/system/${level(alarm.rule.replace(/^system:/, ''))}` : `${topic}/${level(alarm.pump)}/${level(alarm.rule)}`;
  return [
    { topic: own, payload: endsThread(saying) ? '' : payload, retain: true },
    event,
  ];
}

/** A level of a topic: `+`, `#`, `/` and NUL mean something there, and a pump's id may hold the first two. */
function level(text: string): string {
  return text.replace(/[%+#/\0]/g, (character) => encodeURIComponent(character));
}
