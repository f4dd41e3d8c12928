import type { FastifyRequest } from 'fastify';
import { HttpProblem } from '../problems.ts';

/** The name of who asks for a change: a token says it; where nobody needs one, the request's `by` does. Throws INVALID_REQUEST for both. */
export function whoDoes({ identity: { name } }: FastifyRequest, by: string | undefined): string {
  if (name !== null && by !== undefined)
    throw new HttpProblem('INVALID_REQUEST', `by: expected nothing, as the token ${name} says who does it, got ${by}`);
  return name ?? by ?? 'unnamed';
}

/** What makes a repeated request do it once, the header Idempotency-Key; null without one. Throws INVALID_REQUEST. */
export function keyOf({ headers }: FastifyRequest): string | null {
  const key = headers['idempotency-key'] ?? null;
  if (key !== null && !(typeof key === 'string' && /^[!-~]{1,128}$/.test(key)))
    throw new HttpProblem('INVALID_REQUEST', 'Idempotency-Key: expected 1 to 128 visible ASCII characters, got something else');
  return key;
}
