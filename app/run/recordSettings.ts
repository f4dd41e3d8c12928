import { userInfo } from 'node:os';
import { settingsAct } from '../../domain/alarm/acts/settings.ts';
import { formatDuration } from '../../domain/duration.ts';
import { messageOf } from '../../domain/errors.ts';
import type { LogEvent } from '../../domain/logEvent.ts';
import { formatTime } from '../../domain/reading/wallClock.ts';
import type { Config } from '../config/types.ts';
import { openActLog } from '../store/actBook.ts';

/**
 * Writes down, as an act, in what the settings that decide what alarms are differ from those of the start before: who changed a
 * limit is a question that comes up later. A log that can't be written is told, and stops nothing.
 */
export async function recordSettings(config: Config, onLog: (event: LogEvent) => void): Promise<void> {
  const author = { at: Date.now(), by: userInfo().username, verified: false, via: 'start', key: null } as const;
  try {
    await openActLog(config).append(author, (acts) => {
      const act = settingsAct(acts, settingsOf(config));
      return act ? [act] : [];
    });
  } catch (error) {
    onLog({ level: 'error', message: `rules: a change of them could not be written down: ${messageOf(error)}` });
  }
}

function settingsOf({ rules, alarms, maintenance }: Config): Record<string, string> {
  return Object.fromEntries([
    ...rules.map(({ id, ...rule }) => [`rules.${id}`, JSON.stringify(rule)]),
    ['alarms.shelve', formatDuration(alarms.shelveMs)],
    ...maintenance.map(({ pumps, from, to, reason }, i) => [`maintenance.${i}`, `${pumps} ${formatTime(from)} to ${formatTime(to)}: ${reason}`]),
  ]);
}
