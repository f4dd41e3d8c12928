import { formatTime } from '../../../domain/reading/wallClock.ts';
import { AppError } from '../../../domain/errors.ts';
import { alarmJson } from '../../../query/acts/alarmJson.ts';
import type { Standing } from '../../../query/acts/actBook.ts';
import type { SiteAlarm } from '../../../query/acts/siteAlarm.ts';
import { parseDuration } from '../../config/units.ts';
import type { Context } from '../context.ts';
import { dayOf } from '../period.ts';
import { siteTime } from '../siteTime.ts';
import { printable } from '../textTable.ts';
import { type ActOptions, withDesk } from '../withDesk.ts';

export interface CommentOptions extends ActOptions {
  readonly comment?: string | undefined;
}

/** `wellwatch alarms ack`. */
export async function acknowledge(
  context: Context,
  [pump, rule]: readonly [pump: string, rule: string],
  { comment, for: time, ...who }: CommentOptions & { readonly for?: string | undefined },
): Promise<number> {
  const forMs = time === undefined ? undefined : durationOf('--for', time);
  return withDesk(context, who, async (desk, doer) => {
    const [{ outcome, standings }] = await desk.acknowledge([{ pump, rule }], { comment, forMs }, doer);
    write(context, standings);
    if (outcome === 'already') context.notes.say(`Nobody has to acknowledge ${rule} of ${printable(pump)}: nothing was written.`);
  });
}

/** `wellwatch alarms comment`. */
export async function comment(context: Context, [pump, rule, text]: readonly [string, string, string], who: ActOptions): Promise<number> {
  return withDesk(context, who, async (desk, doer) => write(context, await desk.comment({ pump, rule, comment: text }, doer)));
}

/** `wellwatch alarms shelve`. */
export async function shelve(
  context: Context,
  [pump, rule]: readonly [pump: string, rule: string | undefined],
  { for: time, once = false, reason, ...who }: ActOptions & { readonly for?: string; readonly once?: boolean; readonly reason: string },
): Promise<number> {
  if (time === undefined && !once) throw new AppError('USAGE', '--for: expected a duration such as 2h, or --once for as long as the alarm goes on');
  const forMs = time === undefined ? undefined : durationOf('--for', time);
  return withDesk(context, who, async (desk, doer) => {
    write(context, await desk.shelve({ pump, rule, forMs, once, reason }, doer));
    const until = siteTime(desk.book.of(pump).shelves.at(-1)!.until, context.config.site.timezone);
    const what = `${printable(pump)} ${rule ?? 'with all its rules'}`;
    context.notes.say(`${what} is on the shelf until ${once ? 'that is over, at most until ' : ''}${until}. What gets worse than now is told all the same.`);
  });
}

/** `wellwatch alarms unshelve`. */
export async function unshelve(
  context: Context,
  [pump, rule]: readonly [pump: string, rule: string | undefined],
  { comment, ...who }: CommentOptions,
): Promise<number> {
  return withDesk(context, who, async (desk, doer) => write(context, await desk.unshelve({ pump, rule, comment }, doer)));
}

/** `wellwatch alarms out-of-service`. */
export async function outOfService(
  context: Context,
  pump: string,
  { reason, review, ...who }: ActOptions & { readonly reason: string; readonly review: string },
): Promise<number> {
  const day = dayOf('--review', review, context.config.site.timezone);
  return withDesk(context, who, async (desk, doer) => {
    write(context, await desk.outOfService({ pump, reason, review: day }, doer));
    context.notes.say(
      `${printable(pump)} is out of service, to be looked at again by ${review}. "wellwatch alarms return" brings it back.`,
    );
  });
}

/** `wellwatch alarms return`. */
export async function returnPump(context: Context, pump: string, { comment, ...who }: CommentOptions): Promise<number> {
  return withDesk(context, who, async (desk, doer) => write(context, await desk.return({ pump, comment }, doer)));
}

/** `wellwatch alarms reset`. */
export async function reset(
  context: Context,
  [pump, rule]: readonly [string, string],
  { comment, ...who }: CommentOptions,
): Promise<number> {
  return withDesk(context, who, async (desk, doer) => write(context, await desk.reset({ pump, rule, comment }, doer)));
}

/** The alarms as they are now: a sentence each, or a JSON line. */
function write({ json, output, config }: Context, standings: readonly Standing<SiteAlarm>[]): void {
  for (const standing of standings)
    output.line(json ? JSON.stringify(alarmJson(standing)) : sentenceOf(standing, config.site.timezone));
}

/** `TECHE low-psi: active-acknowledged, high, since 2014-03-14T19:39:00, worst 0, acknowledged by anna at 2014-03-14 20:01:00`. */
function sentenceOf({ alarm, life }: Standing<SiteAlarm>, zone: string): string {
  const { acknowledged, shelved, outOfService, maintenance } = life;
  const said = acknowledged?.comment;
  return [
    `${printable(alarm.pump)} ${alarm.rule}: ${life.state}`,
    alarm.priority,
    alarm.cleared === null
      ? `since ${formatTime(alarm.from)}`
      : `from ${formatTime(alarm.from)} to ${formatTime(alarm.returned ?? alarm.cleared)}`,
    ...(alarm.worst === null ? [] : [`worst ${alarm.worst}`]),
    ...(acknowledged
      ? [`acknowledged by ${acknowledged.by} at ${siteTime(acknowledged.at, zone)}${said ? ` (${printable(said)})` : ''}`]
      : []),
    ...(shelved ? [`on the shelf until ${siteTime(shelved.until, zone)} by ${shelved.by} (${printable(shelved.reason)})`] : []),
    ...(outOfService ? [`out of service by ${outOfService.by} (${printable(outOfService.reason)})`] : []),
    ...(maintenance ? [`in maintenance (${printable(maintenance.reason)})`] : []),
  ].join(', ');
}

function durationOf(flag: string, text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined || ms <= 0) throw new AppError('USAGE', `${flag}: expected a duration such as 30m or 2h, got "${text}"`);
  return ms;
}
