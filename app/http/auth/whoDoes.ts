import type { FastifyRequest } from 'fastify';
import { HttpProblem } from '../problems.ts';

/** The name of who asks for a change: a token says it; where nobody needs one, the request's `by` does. Throws INVALID_REQUEST for both. */
export function whoDoes({ identity: { name } }: FastifyRequest, by: string | undefined): string {
  if (name !== null && by !== undefined)
    throw new HttpProblem('INVALID_REQUEST', `by: expected nothing, as the token ${name} says who does it, got ${by}`);
  return name ?? by ?? 'unnamed';
}
