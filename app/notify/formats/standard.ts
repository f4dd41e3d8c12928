import { createHmac } from 'node:crypto';
import type { AlarmNow } from '../../../domain/notify/alarmNow.ts';
import type { Facts } from '../../../domain/notify/facts.ts';
import type { Rendering, ReportRendering } from './rendering.ts';

/** The type of an event, as programs tell them apart: `alarm.raised`, `system.cleared`. */
export function typeOf({ notice: { kind, items } }: Rendering): string {
  if (kind === 'flood') return 'alarm.flood';
  if (!items[0].alarm.system) return `alarm.${kind === 'found' ? 'cleared' : kind}`;
  return kind === 'cleared' || kind === 'withdrawn' ? 'system.cleared' : 'system.raised';
}

/** What an event says; the same in the envelopes `standard` and `cloudevents`. */
export function dataOf({ notice: { kind, items }, text, facts, url }: Rendering): object {
  const [{ alarm }] = items;
  const say = { text: [text.summary, ...text.lines].join('\n') };
  if (alarm.system && items.length === 1) {
    const { rule, priority, from, cleared, system } = alarm;
    return { ...say, condition: rule.replace(/^system:/, ''), priority, since: from, until: cleared, what: system.text, fix: system.fix, url };
  }
  const listed = items.map(({ saying, alarm: { pump, rule, priority, from, worst } }) => ({ saying, pump, rule, priority, from, worst }));
  return {
    ...say,
    alarm: kind === 'flood' ? null : alarmLine(alarm),
    ...(items.length > 1 ? { alarms: listed } : {}),
    pump: items.length > 1 ? null : pumpOf(alarm, facts),
    url,
  };
}

/** The alarm as `wellwatch alarms --json` has it. */
function alarmLine(alarm: AlarmNow): object {
  const { pump, rule, priority, state, from, raised, returned, cleared, worst, worstAt, readings, stale, late, acknowledged, shelved } = alarm;
  return { pump, rule, priority, state, from, raised, returned, cleared, worst, worstAt, readings, stale, late, acknowledged, shelved };
}

function pumpOf({ pump }: AlarmNow, facts: Facts): object | null {
  const known = facts.pump(pump);
  if (!known) return null;
  const { id, known: isKnown, vendor, maintenance, contacts } = known;
  return { id, known: isKnown, vendor, maintenance, contacts };
}

/** The body of a webhook in the format `standard`. */
export function standardBody(rendering: Rendering): string {
  return JSON.stringify({ type: typeOf(rendering), timestamp: rendering.timestamp, data: dataOf(rendering) });
}

/** What an event of a daily report says. */
export function reportData({ report: { date }, text, url }: ReportRendering): object {
  return { text: [text.summary, ...text.lines].join('\n'), date, url };
}

/** The same body for a daily report. */
export function standardReportBody(rendering: ReportRendering): string {
  return JSON.stringify({ type: 'report', timestamp: rendering.timestamp, data: reportData(rendering) });
}

/**
 * The headers of Standard Webhooks 1.0.0, section "Signature scheme": HMAC-SHA-256 over `id.timestamp.body`, for each of the
 * secrets, so that one may take the place of another. `seconds` is the time of the attempt.
 */
export function signedHeaders(
  { id, body, secrets, seconds }:
  { readonly id: string; readonly body: string; readonly secrets: readonly Buffer[]; readonly seconds: number },
): Record<string, string> {
  const sign = (secret: Buffer) => `v1,${createHmac('sha256', secret).update(`${id}.${seconds}.${body}`).digest('base64')}`;
  return {
    'webhook-id': id,
    'webhook-timestamp': String(seconds),
    ...(secrets.length === 0 ? {} : { 'webhook-signature': secrets.map(sign).join(' ') }),
  };
}
