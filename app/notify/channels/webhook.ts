import { setTimeout as sleep } from 'node:timers/promises';
import type { Content, Message } from '../../../domain/notify/message.ts';
import { packageVersion } from '../../config/packageRoot.ts';
import { secretsOf } from '../../config/webhookSecrets.ts';
import type { WebhookConfig } from '../../config/notifyTypes.ts';
import { cloudEventBody, cloudEventReport, pagerDutyBody, slackBody, teamsBody, withRoutingKey } from '../formats/others.ts';
import type { Rendering, ReportRendering } from '../formats/rendering.ts';
import { signedHeaders, standardBody, standardReportBody } from '../formats/standard.ts';
import { type Attempt, ATTEMPT_MS, away, type Channel } from './channel.ts';
import { connectionProblem } from './connectionProblem.ts';
import { withDeadline } from '../withDeadline.ts';

/** So much of an answer is read, and so long. */
const MOST_READ = 16_384;
const READ_MS = 1000;
const MOST_WAIT_MS = 3_600_000;
const MOST_SHOWN = 200;

/** A channel that POSTs to a URL. Redirects are not followed: what is sent goes where the configuration says, and nowhere else. */
export class Webhook implements Channel {
  readonly name: string;
  readonly merges: boolean;
  readonly gapMs: number;
  readonly #config: WebhookConfig;
  readonly #site: string;

  constructor(name: string, config: WebhookConfig, site: string) {
    this.name = name;
    this.merges = config.format !== 'pagerduty';
    this.gapMs = config.format === 'slack' || config.format === 'teams' ? 1000 : 0;
    this.#config = config;
    this.#site = site;
  }

  render(rendering: Rendering): Content {
    return this.#contentOf(this.#bodyOf(rendering));
  }

  renderReport(rendering: ReportRendering): Content {
    switch (this.#config.format) {
      case 'slack': return this.#contentOf(slackBody(rendering));
      case 'teams': return this.#contentOf(teamsBody(rendering));
      case 'cloudevents': return this.#contentOf(cloudEventReport(rendering));
      case 'standard':
      case 'pagerduty': return this.#contentOf(standardReportBody(rendering)); // the configuration sends no report to PagerDuty
    }
  }

  async send({ id, content }: Pick<Message, 'id' | 'content'>, signal: AbortSignal): Promise<Attempt> {
    if (content.kind !== 'http') return unsuitable(this.name);
    const { url, format, secret } = this.#config;
    const body = format === 'pagerduty' && secret !== undefined ? withRoutingKey(content.body, secret) : content.body;
    const isSigned = format === 'standard' || format === 'cloudevents';
    const seconds = Math.floor(Date.now() / 1000);
    try {
      return await withDeadline(signal, ATTEMPT_MS, async (until) => {
        const response = await fetch(url, {
          method: 'POST',
          redirect: 'manual',
          body,
          headers: {
            'content-type': content.contentType,
            'user-agent': `wellwatch/${packageVersion()}`,
            ...signedHeaders({ id, body, seconds, secrets: isSigned && secret !== undefined ? secretsOf(secret) ?? [] : [] }),
          },
          signal: until,
        });
        const said = await read(response);
        return response.ok ? { isTaken: true } : refusal(response, said);
      });
    } catch (error) {
      return away(`${whereOf(url)}: ${connectionProblem(error)}`);
    }
  }

  async close(): Promise<void> {
    // Connections that nobody uses hold nothing up.
  }

  #contentOf(body: string): Content {
    return { kind: 'http', contentType: this.#config.format === 'cloudevents' ? 'application/cloudevents+json' : 'application/json', body };
  }

  #bodyOf(rendering: Rendering): string {
    switch (this.#config.format) {
      case 'standard': return standardBody(rendering);
      case 'cloudevents': return cloudEventBody(rendering);
      case 'slack': return slackBody(rendering);
      case 'teams': return teamsBody(rendering);
      case 'pagerduty': return pagerDutyBody(rendering, this.#site);
    }
  }
}

/** Where a URL goes, without path and query: these may be the secret. */
export function whereOf(url: string): string {
  return new URL(url).origin;
}

/** What a message of another kind of channel becomes: the channel of that name was configured anew. */
export function unsuitable(name: string): Attempt {
  return { isTaken: false, problem: `the channel ${name} was of another kind when this was written`, again: 'never', isAway: false };
}

function refusal({ status, headers, url }: Response, said: string): Attempt {
  const problem = `${whereOf(url)} answers ${status}${said === '' ? '' : `: ${said}`}`;
  if (status >= 300 && status < 400)
    return { isTaken: false, again: 'for a while', isAway: false, problem: `${problem}: it wants to be asked elsewhere, and no redirect is followed` };
  if (status === 410) return { isTaken: false, again: 'never', isAway: false, problem: `${problem}: it is gone for good` };
  const isTheirs = status >= 500 || [408, 425, 429].includes(status);
  const waitMs = waitOf(headers.get('retry-after'));
  return {
    isTaken: false, problem, again: isTheirs ? 'yes' : 'for a while', isAway: waitMs !== undefined,
    ...(waitMs === undefined ? {} : { waitMs }),
  };
}

/** `Retry-After` in ms, an hour at most; seconds or a date. */
function waitOf(header: string | null): number | undefined {
  if (header === null) return undefined;
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), MOST_WAIT_MS);
}

/** The beginning of an answer on one line; an answer that does not end is cut. */
async function read({ body }: Response): Promise<string> {
  if (!body) return '';
  const reader = body.getReader();
  const stop = new AbortController();
  let bytes = Buffer.alloc(0);
  try {
    const late = sleep(READ_MS, undefined, { ref: false, signal: stop.signal }).catch(() => undefined);
    while (bytes.length < MOST_READ) {
      const piece = await Promise.race([reader.read(), late]);
      if (!piece || piece.done) break;
      bytes = Buffer.concat([bytes, piece.value as Uint8Array]);
    }
  } catch {
    // The status says whether it was taken: what comes after it is only to be quoted.
  } finally {
    stop.abort();
    void reader.cancel().catch(() => undefined);
  }
  return bytes.toString('utf8').replace(/[\p{Cc}\s]+/gu, ' ').trim().slice(0, MOST_SHOWN);
}
