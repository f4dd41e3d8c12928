import { userInfo } from 'node:os';
import { settingsAct } from '../../domain/alarm/acts/settings.ts';
import { formatDuration } from '../../domain/duration.ts';
import { messageOf } from '../../domain/errors.ts';
import type { LogEvent } from '../../domain/logEvent.ts';
import { formatTime } from '../../domain/reading/wallClock.ts';
import type { Config } from '../config/types.ts';
import { SiteClock } from '../../domain/reading/siteClock.ts';
import { recordRules } from '../../storage/files/ruleLog.ts';
import { openActLog } from '../store/actBook.ts';
import { ruleLogPath } from '../store/alarmIndex.ts';

/**
 * Writes down which rules are in force from now on, and, as an act, in what the settings that decide what alarms are differ from
 * those of the start before: who changed a limit is a question that comes up later. A log that can't be written is told, and
 * stops nothing.
 */
export async function recordSettings(config: Config, onLog: (event: LogEvent) => void): Promise<void> {
  const author = { at: Date.now(), by: userInfo().username, verified: false, via: 'start', key: null } as const;
  try {
    recordRules(ruleLogPath(config), {
      from: new SiteClock(config.site.timezone).wallTimeAt(author.at), rules: config.alarms.rules,
    });
    await (await openActLog(config)).append(author, (acts) => {
      const act = settingsAct(acts, settingsOf(config));
      return act ? [act] : [];
    });
  } catch (error) {
    onLog({ level: 'error', message: `rules: a change of them could not be written down: ${messageOf(error)}` });
  }
}

function settingsOf({ alarms, maintenance }: Config): Record<string, string> {
  const entries: [path: string, value: string][] = [
    ...alarms.rules.map(({ id, ...rule }): [string, string] => [`rules.${id}`, JSON.stringify(rule)]),
    ['alarms.shelve', formatDuration(alarms.shelveMs)],
    ['alarms.hold', formatDuration(alarms.holdMs)],
    ['alarms.late', formatDuration(alarms.lateMs)],
    ...maintenance.map(({ pumps, from, to, reason }, i): [string, string] =>
      [`maintenance.${i}`, `${pumps} ${formatTime(from)} to ${formatTime(to)}: ${reason}`]),
  ];
  return Object.fromEntries(entries);
}
