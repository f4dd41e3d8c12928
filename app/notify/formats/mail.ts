import MailComposer from 'nodemailer/lib/mail-composer';
import type { Content } from '../../../domain/notify/message.ts';
import type { Rendering, ReportRendering } from './rendering.ts';

export interface MailOptions {
  readonly from: string;
  readonly to: readonly string[];
  /** Tells this site's threads from others. */
  readonly site: string;
}

/**
 * A mail, text only. What is said of one alarm is one thread in every mail program: each of its messages answers to the
 * first, whose id follows from the thread's number.
 */
export async function mailOf({ notice: { items }, text, timestamp, id }: Rendering, { from, to, site }: MailOptions): Promise<Content> {
  const [{ thread, message }] = items;
  const first = `<thread-${thread}.${site}@wellwatch.invalid>`;
  const isAlone = items.length === 1;
  const composer = new MailComposer({
    from,
    to: [...to],
    subject: text.summary,
    text: `${[text.summary, '', ...text.lines].join('\n')}\n`,
    messageId: isAlone && message === 1 ? first : `<${id}@wellwatch.invalid>`,
    ...(isAlone && message > 1 ? { inReplyTo: first, references: [first] } : {}),
    date: new Date(timestamp),
    headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' }, // RFC 3834
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const raw = await composer.compile().build();
  return { kind: 'mail', from, to, raw: raw.toString('utf8') };
}

/** A daily report as a mail; its page, where it has one, is a file that goes with it. */
export async function reportMailOf(
  { report: { date, html }, text: { summary, lines }, timestamp, id }: ReportRendering, { from, to }: Omit<MailOptions, 'site'>,
): Promise<Content> {
  const composer = new MailComposer({
    from, to: [...to], subject: summary, text: `${[summary, '', ...lines].join('\n')}\n`, messageId: `<${id}@wellwatch.invalid>`,
    date: new Date(timestamp), headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
    ...(html === undefined ? {} : { attachments: [{ filename: `report-${date}.html`, content: html, contentType: 'text/html; charset=utf-8' }] }),
    disableFileAccess: true, disableUrlAccess: true,
  });
  const raw = await composer.compile().build();
  return { kind: 'mail', from, to, raw: raw.toString('utf8') };
}
