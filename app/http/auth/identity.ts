import type { FastifyRequest, onRequestAsyncHookHandler } from 'fastify';
import type { HttpConfig } from '../../config/types.ts';
import { isLoopback } from '../../config/loopback.ts';
import { allows, hasExpired, type Role, type StoredToken } from '../../access/tokens.ts';
import type { Api } from '../api.ts';
import { HttpProblem } from '../problems.ts';
import { requireOwnName, requireOwnPage } from './browserGuards.ts';
import type { Sessions } from './sessions.ts';
import type { TokenFile } from './tokenFile.ts';

/** Who asks. */
export interface Identity {
  /** Tokens exist, or others can reach the address. */
  readonly signInNeeded: boolean;
  /** Of the token. */
  readonly name: string | null;
  /** Null when a sign-in is needed first. */
  readonly role: Role | null;
}

declare module 'fastify' {
  interface FastifyRequest {
    identity: Identity;
    /** Whether who asked may still read: the token, or the session, may have ended since. For answers that last. */
    mayStillRead: () => boolean;
  }
}

/** What tells who asks. */
export interface Access {
  readonly http: HttpConfig;
  readonly tokens: TokenFile;
  readonly sessions: Sessions;
  /** ms since 1970-01-01T00:00Z. */
  readonly now: () => number;
}

/** Whoever can reach a loopback address without tokens may do everything. */
const EVERYBODY: Identity = { signInNeeded: false, name: null, role: 'manage' };
const NOBODY: Identity = { signInNeeded: true, name: null, role: null };

/**
 * Adds to `api` a hook that finds out who asks and sets `request.identity`. It refuses what a browser sends on behalf of a
 * foreign page. It refuses nobody for want of a token: `requireRole` does that.
 */
export function identifyRequests(api: Api, access: Access): void {
  api.decorateRequest('identity');
  api.decorateRequest('mayStillRead', function mayStillRead(this: FastifyRequest) {
    return identityOf(this, access).role !== null;
  });
  api.addHook('onRequest', async (request) => {
    requireOwnPage(request);
    request.identity = identityOf(request, access);
    if (!request.identity.signInNeeded) requireOwnName(request, access.http.host);
  });
}

/** A hook that lets in who may do so much: UNAUTHENTICATED without a token that holds, FORBIDDEN with one of a lesser role. */
export function requireRole(needed: Role): onRequestAsyncHookHandler {
  return async ({ identity: { name, role } }) => {
    if (role === null)
      throw new HttpProblem(
        'UNAUTHENTICATED',
        'Expected a token as "Authorization: Bearer TOKEN", or to be signed in. "wellwatch token add" makes one',
        { 'www-authenticate': 'Bearer realm="wellwatch"' },
      );
    if (!allows(role, needed))
      throw new HttpProblem('FORBIDDEN', `Expected a token with the role ${needed}; that of ${name} has the role ${role}`);
  };
}

/** The name of the session's cookie. Cookies are shared by all ports of a host, so it holds the port. */
export function cookieName({ raw: { socket } }: FastifyRequest): string {
  return `wellwatch-${socket.localPort}`;
}

function identityOf(request: FastifyRequest, { http, tokens, sessions, now }: Access): Identity {
  if (isLoopback(http.host) && tokens.isOpen) return EVERYBODY;
  const token = tokenOf(request, tokens, sessions);
  return token && !hasExpired(token, now()) ? { signInNeeded: true, name: token.name, role: token.role } : NOBODY;
}

/** A header that is there decides alone. */
function tokenOf(request: FastifyRequest, tokens: TokenFile, sessions: Sessions): StoredToken | undefined {
  const { authorization } = request.headers;
  if (authorization !== undefined) {
    const presented = /^Bearer +([\w~+/.=-]+) *$/i.exec(authorization)?.[1];
    return presented === undefined ? undefined : tokens.find(presented);
  }
  const id = request.cookies[cookieName(request)];
  const hash = id === undefined ? undefined : sessions.find(id);
  return hash === undefined ? undefined : tokens.tokens.find((token) => token.hash === hash);
}
