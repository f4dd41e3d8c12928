import { connect, isIP, type Socket } from 'node:net';
import { createTransport } from 'nodemailer';
import type { Content, Message } from '../../../domain/notify/message.ts';
import { isLoopback } from '../../config/loopback.ts';
import { mailOf, reportMailOf } from '../formats/mail.ts';
import type { Rendering, ReportRendering } from '../formats/rendering.ts';
import type { EmailConfig, SmtpConfig } from '../../config/notifyTypes.ts';
import { type Attempt, ATTEMPT_MS, away, type Channel } from './channel.ts';
import { connectionProblem } from './connectionProblem.ts';
import { unsuitable } from './webhook.ts';
import { withDeadline } from '../withDeadline.ts';

/** A mail takes several turns: so long all of them together, ms. */
const MAIL_MS = 2 * ATTEMPT_MS;
const SUBMISSION = 587;
const SMTPS = 465;

/** A channel that sends mail: a connection a mail, on a socket of our own, so that a server which hangs is left after half a minute. */
export class Email implements Channel {
  readonly name: string;
  readonly merges = true;
  readonly gapMs = 0;
  readonly #to: readonly string[];
  readonly #smtp: SmtpConfig;
  readonly #site: string;

  constructor(name: string, { to }: EmailConfig, smtp: SmtpConfig, site: string) {
    this.name = name;
    this.#to = to;
    this.#smtp = smtp;
    this.#site = site;
  }

  render(rendering: Rendering): Promise<Content> {
    return mailOf(rendering, { from: this.#smtp.from, to: this.#to, site: this.#site });
  }

  renderReport(rendering: ReportRendering): Promise<Content> {
    return reportMailOf(rendering, { from: this.#smtp.from, to: this.#to });
  }

  async send({ content }: Pick<Message, 'content'>, signal: AbortSignal): Promise<Attempt> {
    if (content.kind !== 'mail') return unsuitable(this.name);
    const { url } = this.#smtp;
    return withSocket(url, signal, async (socket) => {
      const { accepted, rejected } = await this.#transport(socket).sendMail({
        envelope: { from: content.from, to: [...content.to] }, raw: content.raw,
      });
      if (accepted.length === 0) return { isTaken: false, again: 'for a while', isAway: false, problem: `${hostOf(url)} takes no mail for anybody` };
      return rejected.length === 0 ? { isTaken: true } : { isTaken: true, warning: `${hostOf(url)} takes no mail for ${listed(rejected)}` };
    });
  }

  /** Whether the server lets us in; nothing is sent. */
  check(signal: AbortSignal): Promise<Attempt> {
    return withSocket(this.#smtp.url, signal, async (socket) => {
      await this.#transport(socket).verify();
      return { isTaken: true };
    });
  }

  async close(): Promise<void> {
    // There is no connection beyond a mail.
  }

  #transport(socket: Socket) {
    const { url, username, password } = this.#smtp;
    const { protocol, hostname } = new URL(url);
    return createTransport({
      host: hostname, port: portOf(url), secure: protocol === 'smtps:', connection: socket,
      // A password crosses a network encrypted, or not at all.
      requireTLS: username !== undefined && protocol === 'smtp:' && !isLoopback(hostname),
      ...(username === undefined ? {} : { auth: { user: username, pass: password ?? '' } }),
      tls: isIP(hostname) ? {} : { servername: hostname },
      disableFileAccess: true, disableUrlAccess: true, logger: false,
    });
  }
}

/** Runs an exchange on a connection that ends with it, and ends it when it takes too long or is not wanted any more. */
function withSocket(url: string, signal: AbortSignal, exchange: (socket: Socket) => Promise<Attempt>): Promise<Attempt> {
  return withDeadline(signal, MAIL_MS, async (until) => {
    const { hostname } = new URL(url);
    const socket = connect({ host: hostname.replace(/^\[|\]$/g, ''), port: portOf(url) });
    let error: Error | undefined;
    socket.on('error', (each) => (error ??= each));
    const end = () => socket.destroy(until.reason instanceof Error ? until.reason : undefined);
    until.addEventListener('abort', end, { once: true });
    try {
      await connected(socket);
      return await exchange(socket);
    } catch (thrown) {
      return refusalOf(url, until.aborted ? until.reason : error ?? thrown);
    } finally {
      until.removeEventListener('abort', end);
      socket.destroy();
    }
  });
}

function connected(socket: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('connect', resolve).once('error', reject).once('close', () => reject(new Error('closed')));
  });
}

/** Of what a server says only the code and the first line are kept: a password may stand in what was sent, never in that. */
function refusalOf(url: string, error: unknown): Attempt {
  const { responseCode, response } = error as { readonly responseCode?: number; readonly response?: string };
  if (responseCode === undefined) return away(`${hostOf(url)}: ${connectionProblem(error)}`);
  const problem = `${hostOf(url)} answers ${(response ?? String(responseCode)).split('\n')[0].slice(0, 200)}`;
  return { isTaken: false, problem, again: responseCode >= 500 ? 'for a while' : 'yes', isAway: responseCode === 421 };
}

function portOf(url: string): number {
  const { port, protocol } = new URL(url);
  return port === '' ? (protocol === 'smtps:' ? SMTPS : SUBMISSION) : Number(port);
}

function hostOf(url: string): string {
  return new URL(url).host;
}

function listed(addresses: readonly (string | { readonly address: string })[]): string {
  return addresses.map((one) => (typeof one === 'string' ? one : one.address)).join(', ');
}
