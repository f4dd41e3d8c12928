import rateLimit from '@fastify/rate-limit';
import type { FastifyRequest } from 'fastify';
import { isLoopback } from '../config/loopback.ts';
import type { Api } from './api.ts';
import { HttpProblem } from './problems.ts';

/** How many requests a minute each may make. */
export interface RequestLimits {
  /** From this machine, by address or by token. */
  readonly local: number;
  /** From elsewhere. */
  readonly remote: number;
  /** Attempts to sign in, by address. */
  readonly signIn: number;
}

export const REQUEST_LIMITS: RequestLimits = { local: 60_000, remote: 1200, signIn: 10 };

const NO_HEADERS = { 'x-ratelimit-limit': false, 'x-ratelimit-remaining': false, 'x-ratelimit-reset': false };

/** Limits requests to what is registered below: by token, or by address for those without one that holds. Needs to know who asks. */
export async function limitRequests(api: Api, { local, remote }: RequestLimits): Promise<void> {
  await api.register(rateLimit, {
    global: false,
    addHeaders: { ...NO_HEADERS, 'retry-after': true },
    addHeadersOnExceeding: NO_HEADERS,
    errorResponseBuilder: (_request, { max, after }) =>
      new HttpProblem('TOO_MANY_REQUESTS', `Expected at most ${max} requests a minute. Try again in ${after}`),
  });
  api.addHook('onRequest', api.rateLimit({
    timeWindow: '1 minute',
    max: ({ ip }: FastifyRequest) => (isLoopback(ip) ? local : remote),
    keyGenerator: ({ ip, identity }: FastifyRequest) => (identity.name === null ? ip : `token ${identity.name}`),
  }));
}
