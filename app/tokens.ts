import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { AppError, systemCode } from '../domain/errors.ts';
import { writeAtomically } from './atomicFile.ts';

/** What a token allows: `read` looks, `operate` also changes things. */
export const ROLES = ['read', 'operate'] as const;
export type Role = (typeof ROLES)[number];

const tokensFile = z.strictObject({
  tokens: z.array(z.strictObject({
    name: z.string(),
    role: z.enum(ROLES),
    /** SHA-256 of the token in hex. The token has 256 random bits, so nothing slower is needed. */
    hash: z.string().regex(/^[\da-f]{64}$/),
    /** ISO 8601, UTC. */
    createdAt: z.string(),
  })),
});

/** A bearer token of the HTTP side as it is kept: not the token itself. */
export type StoredToken = Readonly<z.output<typeof tokensFile>['tokens'][number]>;

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
    throw new AppError('CONFIG', `http.tokens: expected ${path} to be written by "wellwatch token add", got something else. Restore it, or remove it and make new tokens`, { cause: error });
  }
}

/** Makes a token, keeps its hash and gives the token itself, which can't be shown again. Throws USAGE when the name is taken. */
export function addToken(path: string, { name, role, now }: { name: string; role: Role; now: Date }): string {
  const tokens = readTokens(path);
  if (tokens.some((token) => token.name === name)) throw new AppError('USAGE', `expected a name that no token has, got ${name} again (${path})`);
  const token = randomBytes(32).toString('base64url');
  const added: StoredToken = { name, role, hash: hashOf(token), createdAt: now.toISOString() };
  mkdirSync(dirname(path), { recursive: true });
  writeAtomically(path, `${JSON.stringify({ tokens: [...tokens, added] }, null, 2)}\n`, 0o600);
  return token;
}

/** How a token is kept. */
export function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
