import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { AppError, systemCode } from '../../domain/errors.ts';
import { writeAtomically } from '../../storage/files/atomicFile.ts';
import { alone } from '../../storage/files/alone.ts';

/**
 * What a token allows, each more than the one before: `read` looks, `operate` acknowledges alarms, comments on them and shelves
 * them for a while, `manage` does everything.
 */
export const ROLES = ['read', 'operate', 'manage'] as const;
export type Role = (typeof ROLES)[number];

/** Whether a role allows what another one allows. */
export function allows(role: Role, needed: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(needed);
}

const tokensFile = z.strictObject({
  tokens: z.array(z.strictObject({
    name: z.string(),
    role: z.enum(ROLES),
    /** SHA-256 of the token in hex. The token has 256 random bits, so nothing slower is needed. */
    hash: z.string().regex(/^[\da-f]{64}$/),
    /** ISO 8601, UTC. */
    createdAt: z.string(),
    /** ISO 8601, UTC; absent, it holds until it is removed. */
    expiresAt: z.iso.datetime().optional(),
  })),
});

/** A bearer token of the HTTP side as it is kept: not the token itself. */
export type StoredToken = Readonly<z.output<typeof tokensFile>['tokens'][number]>;

/** What is said of a token when it is made. */
export interface NewToken {
  readonly name: string;
  readonly role: Role;
  readonly now: Date;
  /** So long it holds, in ms; until it is removed when absent. */
  readonly lasts?: number | undefined;
}

/** The tokens of a file, none when there is no file. Throws CONFIG when it holds something else. */
export function readTokens(path: string): readonly StoredToken[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw new AppError('CONFIG', `http.tokens: expected a file that can be read, got ${path}: ${systemCode(error)}`, { cause: error });
  }
  try {
    return tokensFile.parse(JSON.parse(text)).tokens;
  } catch (error) {
    throw new AppError(
      'CONFIG',
      `http.tokens: expected ${path} to be written by "wellwatch token add", got something else. Restore it, or remove it and ` +
      'make new tokens',
      { cause: error },
    );
  }
}

/**
 * Makes a token and keeps its hash. The token itself is given once and can't be shown again. Throws USAGE when the name is
 * taken, STORE_UNAVAILABLE when another process has locked the file for too long.
 */
export function addToken(path: string, added: NewToken): string {
  return alone(path, 'token add', () => add(path, added));
}

function add(path: string, { name, role, now, lasts }: NewToken): string {
  const tokens = readTokens(path);
  if (tokens.some((token) => token.name === name))
    throw new AppError('USAGE', `expected a name that no token has, got ${name} again (${path})`);
  const token = randomBytes(32).toString('base64url');
  const added: StoredToken = { name, role, hash: hashOf(token), createdAt: now.toISOString(), ...expiry(now, lasts) };
  write(path, [...tokens, added]);
  return token;
}

function expiry(now: Date, lasts: number | undefined): Pick<StoredToken, 'expiresAt'> {
  return lasts === undefined ? {} : { expiresAt: new Date(now.getTime() + lasts).toISOString() };
}

/** Whether a token's time is over; `now` is ms since 1970-01-01T00:00Z. */
export function hasExpired({ expiresAt }: StoredToken, now: number): boolean {
  return expiresAt !== undefined && Date.parse(expiresAt) <= now;
}

/** Removes a token; who has it is let in no longer. Throws USAGE when there is none of that name, STORE_UNAVAILABLE as {@link addToken}. */
export function removeToken(path: string, name: string): void {
  if (readTokens(path).length === 0)
    throw new AppError('USAGE', `expected the name of a token, got ${name}, but there are no tokens (${path})`);
  alone(path, 'token remove', () => {
    const tokens = readTokens(path);
    const left = tokens.filter((token) => token.name !== name);
    if (left.length === tokens.length)
      throw new AppError(
        'USAGE',
        `expected the name of a token, got ${name}. There are ${tokens.map((token) => token.name).join(', ')} (${path})`,
      );
    write(path, left);
  });
}

function write(path: string, tokens: readonly StoredToken[]): void {
  writeAtomically(path, `${JSON.stringify({ tokens }, null, 2)}\n`, 0o600);
}

/** How a token is kept. */
export function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
