import { z } from 'zod';
import { isMapping } from './file.ts';

/** A token of RFC 9110, section 5.6.2. */
const NAME = /^[!#$%&'*+.^_`|~\dA-Za-z-]{1,128}$/;
/** Visible ASCII, with blanks inside only (RFC 9110, section 5.5, without the bytes that it calls obsolete). */
const VALUE = /^[!-~](?:[\t -~]{0,8190}[!-~])?$/;
/** What holds for one connection (RFC 9110, section 7.6.1), and what the client says of each request. */
const OURS =
  /^(connection|keep-alive|proxy-connection|te|trailer|transfer-encoding|upgrade|expect|host|accept|accept-encoding|content-.*)$/;
const CREDENTIALS = /^(authorization|proxy-authorization|cookie)$/;
const SECRET_NAME = /auth|cookie|token|secret|key|password/;

/** Extra headers of each request: names in small letters. No value is ever shown, as those of the environment are secret. */
export function headers() {
  return z.unknown().transform((written, context): Readonly<Record<string, string>> => {
    if (written === null) return {};
    if (!isMapping(written)) {
      context.addIssue({ code: 'custom', message: 'expected a mapping such as { x-team: field }, got something else' });
      return z.NEVER;
    }
    const all: [string, string][] = [];
    for (const [name, value] of Object.entries(written)) {
      const problem = problemOf(name, value);
      if (problem !== undefined) context.addIssue({ code: 'custom', path: [name], message: problem });
      else all.push([name.toLowerCase(), value as string]);
    }
    return Object.fromEntries(all); // of two that differ in capitals only the later holds: the environment's
  });
}

/** Whether a header lets somebody in: it may stand in the environment only. */
export function isCredential(name: string): boolean {
  return CREDENTIALS.test(name.toLowerCase());
}

/** Whether the headers carry what lets somebody in, as far as their names tell. */
export function carrySecrets(all: Readonly<Record<string, string>>): boolean {
  return Object.keys(all).some((name) => SECRET_NAME.test(name));
}

function problemOf(name: string, value: unknown): string | undefined {
  if (!NAME.test(name)) return 'expected the name of an HTTP header, which has neither blanks nor colons';
  if (OURS.test(name.toLowerCase())) return 'expected no header that wellwatch sets itself, or that holds for one connection only';
  if (typeof value !== 'string') return 'expected text; put it in quotation marks';
  return VALUE.test(value) ? undefined : 'expected one line of up to 8,192 ASCII characters, without blanks at its ends';
}
