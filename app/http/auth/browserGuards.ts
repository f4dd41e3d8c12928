import type { FastifyRequest } from 'fastify';
import { isLoopback } from '../../config/loopback.ts';
import { HttpProblem } from '../problems.ts';

const SAFE_METHODS = ['GET', 'HEAD', 'OPTIONS'];

/**
 * Against DNS rebinding, where there is no token that a foreign page would lack: its script asks under its own name,
 * which it made point to this machine. So the name asked for has to be a loopback one, or the configured `host`.
 * Throws FORBIDDEN.
 */
export function requireOwnName({ headers }: FastifyRequest, host: string): void {
  const name = hostnameOf(headers.host ?? '');
  if (name !== undefined && (isLoopback(name) || name === host.toLowerCase())) return;
  throw new HttpProblem(
    'FORBIDDEN',
    'Expected to be asked as localhost or 127.0.0.1 as long as there is no token, got the host ' +
    `${JSON.stringify(headers.host ?? '')}. Make a token with "wellwatch token add" to be reached under another name`,
  );
}

/**
 * Against requests that a foreign page makes with our cookie: one that changes something has to come from our own page,
 * or from no page at all. Throws FORBIDDEN.
 */
export function requireOwnPage({ method, headers }: FastifyRequest): void {
  if (SAFE_METHODS.includes(method)) return;
  const site = headers['sec-fetch-site'];
  const own =
    site === undefined
      ? headers.origin === undefined || originHost(headers.origin) === headers.host?.toLowerCase()
      : site === 'same-origin' || site === 'none';
  if (!own)
    throw new HttpProblem('FORBIDDEN', `Expected ${method} from a page of this server, got one from ${headers.origin ?? 'another site'}`);
}

/** The name in a Host header, without its port. */
function hostnameOf(host: string): string | undefined {
  return /^(\[[\da-f:.]+\]|[^:[\]/@?#\s]+)(?::\d+)?$/i.exec(host)?.[1].toLowerCase();
}

function originHost(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}
