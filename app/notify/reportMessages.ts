import { createHash } from 'node:crypto';
import type { Message, OutboxState } from '../../domain/notify/message.ts';
import type { DailyReport } from '../../domain/notify/report.ts';
import { formatTime } from '../../domain/reading/wallClock.ts';
import type { Channel } from './channels/channel.ts';

export interface ReportMaking {
  readonly channels: readonly Channel[];
  readonly state: OutboxState;
  /** ms since 1970-01-01T00:00Z, and what the site's clock shows then. */
  readonly at: number;
  readonly wall: number;
  readonly site: string;
  readonly timezone: string;
  readonly page: string | undefined;
}

/** The messages of a day's report, one for each channel that was not sent it yet. */
export async function reportMessages(report: DailyReport, making: ReportMaking): Promise<Message[]> {
  const { channels, state, at, wall, site, timezone, page } = making;
  const { date, summary, lines } = report;
  const known = new Set([...state.waiting.values(), ...state.dead.values(), ...state.history].map(({ id }) => id));
  const url = page === undefined ? null : `${page}/`;
  const text = { summary, lines: [...lines, ...(url === null ? [] : [`See: ${url}`]), `${site}, ${formatTime(wall).slice(0, 16).replace('T', ' ')} (${timezone})`] };
  const messages: Message[] = [];
  for (const channel of channels) {
    const id = `msg_${createHash('sha256').update(`${state.site} report ${date} ${channel.name}`).digest('hex').slice(0, 24)}`;
    if (known.has(id)) continue;
    messages.push({
      number: state.number + messages.length + 1, id, channel: channel.name, kind: 'report', priority: 'low', summary, keys: [`report\n${date}`], at,
      content: await channel.renderReport({ id, report, text, site, url, timestamp: new Date(at).toISOString() }),
      attempts: 0, notBefore: 0, problem: null,
    });
  }
  return messages;
}
