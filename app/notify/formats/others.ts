import type { Priority } from '../../../domain/alarm/rule.ts';
import { isPast } from '../../../domain/notify/late.ts';
import { saysOver } from '../../../domain/notify/told.ts';
import type { Rendering, ReportRendering } from './rendering.ts';
import { dataOf, reportData, typeOf } from './standard.ts';

/** CloudEvents 1.0, structured mode: `source` and `id` are the same at each attempt. */
export function cloudEventBody(rendering: Rendering): string {
  const { id, facts, notice: { items }, timestamp } = rendering;
  const [{ alarm }] = items;
  return JSON.stringify({
    specversion: '1.0',
    id,
    source: `/wellwatch/${encodeURIComponent(facts.site)}`,
    type: `wellwatch.${typeOf(rendering)}`,
    ...(items.length === 1 ? { subject: [alarm.pump, alarm.rule].filter((part) => part !== '').map(encodeURIComponent).join('/') } : {}),
    time: timestamp,
    datacontenttype: 'application/json',
    data: dataOf(rendering),
  });
}

/** The same of a daily report. */
export function cloudEventReport(rendering: ReportRendering): string {
  const { id, site, timestamp } = rendering;
  return JSON.stringify({
    specversion: '1.0', id, source: `/wellwatch/${encodeURIComponent(site)}`, type: 'wellwatch.report', time: timestamp,
    datacontenttype: 'application/json', data: reportData(rendering),
  });
}

/** An incoming webhook of Slack. `&`, `<` and `>` mean something there, and a pump's id may hold them. */
export function slackBody({ text: { summary, lines } }: Pick<Rendering, 'text'>): string {
  const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return JSON.stringify({ text: [`*${escaped(summary).replaceAll('*', '∗')}*`, ...lines.map(escaped)].join('\n'), unfurl_links: false });
}

/** A workflow of Teams that posts an adaptive card. The texts are plain: what looks like Markdown in a name stays as it is. */
export function teamsBody({ text: { summary, lines }, url }: Pick<Rendering, 'text' | 'url'>): string {
  const run = (text: string, rest: object = {}) => ({ type: 'RichTextBlock', inlines: [{ type: 'TextRun', text, ...rest }] });
  return JSON.stringify({
    type: 'message',
    attachments: [{
      contentType: 'application/vnd.microsoft.card.adaptive',
      content: {
        $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
        type: 'AdaptiveCard',
        version: '1.4',
        body: [run(summary, { weight: 'Bolder', size: 'Medium' }), ...lines.map((line) => run(line))],
        ...(url === null ? {} : { actions: [{ type: 'Action.OpenUrl', title: 'Open', url }] }),
      },
    }],
  });
}

const SEVERITIES: Readonly<Record<Priority, string>> = { high: 'critical', medium: 'error', low: 'warning' };
/** Of PagerDuty's Events API v2. */
const SUMMARY_CHARACTERS = 1024;

/** An event of PagerDuty without its routing key, which is the secret. All of a thread have one `dedup_key`. */
export function pagerDutyBody(rendering: Rendering, site: string): string {
  const { notice: { items }, text: { summary, lines }, facts, url, timestamp } = rendering;
  const [{ saying, alarm, thread }] = items;
  return JSON.stringify({
    event_action: saysOver(saying) ? 'resolve' : 'trigger',
    dedup_key: `wellwatch-${site}-${thread}`,
    payload: {
      summary: summary.slice(0, SUMMARY_CHARACTERS),
      source: alarm.pump === '' ? facts.site : alarm.pump,
      severity: isPast(alarm) ? 'info' : SEVERITIES[alarm.priority], // nobody is paged for what is past
      timestamp,
      component: alarm.rule,
      group: facts.site,
      custom_details: { text: lines.join('\n') },
    },
    ...(url === null ? {} : { links: [{ href: url, text: 'wellwatch' }] }),
  });
}

/** The body with the routing key put in, at the attempt. */
export function withRoutingKey(body: string, key: string): string {
  return `{"routing_key":${JSON.stringify(key)},${body.slice(1)}`;
}
