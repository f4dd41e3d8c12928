import { createHash, randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

/**
 * How a password is kept. `scrypt:N:r:p:SALT:HASH` or, for one of 256 random bits that needs nothing slower,
 * `sha256:HASH`; salt and hash in hex.
 */
export const PASSWORD_HASH = /^(sha256:[\da-f]{64}|scrypt:\d{1,8}:\d{1,3}:\d{1,3}:[\da-f]{32}:[\da-f]{64})$/;

/** Cost of scrypt (RFC 7914): 16 MiB and some 50 ms. */
const COST = { N: 16_384, r: 8, p: 1 };
const HASH_BYTES = 32;

/** A new password of 256 random bits, and how it is kept. */
export function makePassword(): { readonly password: string; readonly hash: string } {
  const password = randomBytes(32).toString('base64url');
  return { password, hash: `sha256:${digest(Buffer.from(password)).toString('hex')}` };
}

/** How a password that a person chose is kept. */
export async function hashPassword(password: Buffer): Promise<string> {
  const salt = randomBytes(16);
  const hash = await derive(password, salt, COST);
  return `scrypt:${COST.N}:${COST.r}:${COST.p}:${salt.toString('hex')}:${hash.toString('hex')}`;
}

/** Whether a look at a password costs time. */
export function isSlow(hash: string): boolean {
  return hash.startsWith('scrypt:');
}

/** Whether a password is the one that is kept, in constant time. */
export async function isPassword(password: Buffer, kept: string): Promise<boolean> {
  const parts = kept.split(':');
  const expected = Buffer.from(parts[parts.length - 1], 'hex');
  if (!isSlow(kept)) return timingSafeEqual(digest(password), expected);
  const [N, r, p] = parts.slice(1, 4).map(Number);
  return timingSafeEqual(await derive(password, Buffer.from(parts[4], 'hex'), { N, r, p }), expected);
}

function digest(password: Buffer): Buffer {
  return createHash('sha256').update(password).digest();
}

function derive(password: Buffer, salt: Buffer, cost: typeof COST): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password, salt, HASH_BYTES, { ...cost, maxmem: 256 * cost.N * cost.r }, (error, key) => (error ? reject(error) : resolve(key)));
  });
}
