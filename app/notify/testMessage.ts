import type { AlarmNow } from '../../domain/notify/alarmNow.ts';
import { formatTime } from '../../domain/reading/wallClock.ts';
import { SiteClock } from '../../domain/reading/siteClock.ts';
import { textOf } from '../../domain/notify/text.ts';
import type { Notice } from '../../domain/notify/told.ts';
import type { Rendering } from './formats/rendering.ts';

/** A message that says that it is a test: programs get it as an alarm of the system. */
export function testRendering(
  id: string, { name, timezone }: { readonly name: string; readonly timezone: string }, page: string | undefined,
): Rendering {
  const now = Date.now();
  const wall = new SiteClock(timezone).wallTimeAt(now);
  const from = formatTime(Math.floor(wall / 1000) * 1000);
  const alarm: AlarmNow = {
    pump: '', rule: 'system:test', priority: 'low', state: 'active-unacknowledged', from, raised: from, returned: null, cleared: null,
    worst: null, worstAt: null, readings: 0, stale: false, late: false, acknowledged: null, shelved: null,
    system: { text: 'this is a test, nothing is wrong', fix: 'nothing; whoever sent it wants to know whether you see it' },
  };
  const notice: Notice = { channel: '', kind: 'raised', items: [{ saying: 'raised', alarm, thread: 0, message: 1, why: undefined, flapping: undefined }] };
  const facts = { site: name, timezone, page, rule: () => undefined, pump: () => undefined, active: () => [], next: () => undefined };
  return { id, notice, text: textOf(notice, facts, wall), facts, url: page === undefined ? null : `${page}/`, timestamp: new Date(now).toISOString() };
}
