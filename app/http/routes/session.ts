import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { conditionText } from '../../../domain/alarm/fold/conditionText.ts';
import type { LogEvent } from '../../../domain/logEvent.ts';
import type { Config } from '../../config/types.ts';
import { packageVersion } from '../../config/packageRoot.ts';
import type { Api } from '../api.ts';
import { type Access, cookieName } from '../auth/identity.ts';
import { SESSION_MS } from '../auth/sessions.ts';
import { RareLog } from '../../../domain/rareLog.ts';
import { hasExpired } from '../../access/tokens.ts';
import { HttpProblem } from '../problems.ts';
import { me, type Me } from '../schemas/session.ts';

const TAGS = ['session'];

export interface SessionOptions {
  readonly config: Config;
  readonly access: Access;
  /** Attempts to sign in that an address has each minute. */
  readonly attempts: number;
  readonly onLog: (event: LogEvent) => void;
}

/** `me`, and the page's sign-in: a cookie that scripts can't read, and that no other site's page can make the browser send. */
export function sessionRoutes(api: Api, { config, access: { http, sessions, tokens, now }, attempts, onLog }: SessionOptions): void {
  const version = packageVersion();
  // Whoever is on this machine can write any address into a header: only proxies that are configured change who counts.
  const addressOf = ({ ip, raw: { socket } }: FastifyRequest) => (http.trustProxy ? ip : (socket.remoteAddress ?? ip));
  const countAttempt = api.createRateLimit({
    timeWindow: '1 minute',
    max: attempts,
    keyGenerator: (request) => `sign-in ${addressOf(request)}`,
  });
  const log = new RareLog({ onLog, now: () => performance.now() });
  const cookie = { path: '/', httpOnly: true, sameSite: 'strict' } as const;

  api.get(
    '/me',
    { schema: { tags: TAGS, summary: 'Who asks, and which site this is', response: { 200: me } } },
    async ({ identity: { signInNeeded, name, role } }): Promise<Me> => {
      return {
        site: config.site.name,
        timezone: config.site.timezone,
        version,
        summaryAt: config.summary ? config.summary.at : null,
        holdMs: config.alarms.holdMs,
        told: Object.keys(config.notify.channels).length > 0 && config.notify.routes.length > 0,
        signInNeeded,
        name,
        role,
        rules: [...config.rules],
        alarms: config.alarms.rules.map((rule) => ({ id: rule.id, measure: rule.measure, priority: rule.priority, condition: conditionText(rule, rule.priority), guidance: rule.guidance })),
      };
    },
  );

  const signIn = {
    tags: TAGS,
    summary: 'Signs a browser in',
    body: z.strictObject({ token: z.string().min(1).max(512) }),
    response: { 204: z.null().meta({ description: 'Signed in; the cookie is set' }) },
  };
  api.post('/session', { schema: signIn }, async (request, reply) => {
    const count = await countAttempt(request);
    if (!count.isAllowed && count.isExceeded)
      throw new HttpProblem('TOO_MANY_REQUESTS', `Expected at most ${attempts} attempts to sign in a minute`, {
        'retry-after': String(count.ttlInSeconds),
      });
    const token = tokens.find(request.body.token);
    if (!token || hasExpired(token, now())) {
      const what = token ? `the token ${token.name}, which has expired` : 'a token that does not hold';
      log.say('sign-in', { level: 'warn', message: `${addressOf(request)} tried to sign in to the web page with ${what}` });
      throw new HttpProblem('UNAUTHENTICATED', 'This token is not valid. Whoever runs the site makes another one with "wellwatch token add"');
    }
    reply.setCookie(cookieName(request), sessions.open(token.hash), {
      ...cookie,
      maxAge: SESSION_MS / 1000,
      secure: request.protocol === 'https',
    });
    return reply.code(204).send(null);
  });

  const signOut = { tags: TAGS, summary: 'Signs a browser out', response: { 204: z.null().meta({ description: 'Signed out' }) } };
  api.delete('/session', { schema: signOut }, async (request, reply) => {
    const id = request.cookies[cookieName(request)];
    if (id !== undefined) sessions.close(id);
    reply.clearCookie(cookieName(request), cookie);
    return reply.code(204).send(null);
  });
}
