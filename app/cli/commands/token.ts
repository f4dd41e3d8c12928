import { AppError } from '../../../domain/errors.ts';
import type { Context } from '../context.ts';
import { siteTime } from '../siteTime.ts';
import { TextTable } from '../textTable.ts';
import type { HttpConfig } from '../../config/types.ts';
import { parseDuration } from '../../config/units.ts';
import { addToken as add, hasExpired, readTokens, removeToken as remove, type Role, ROLES, type StoredToken } from '../../access/tokens.ts';

/** Ten years. */
const LONGEST_MS = 3650 * 86_400_000;

/** `wellwatch token add`: the token is the only thing on standard output, once. */
export async function addToken(
  { config, json, output, notes }: Context,
  { name, role, expires }: { readonly name: string; readonly role: string; readonly expires?: string | undefined },
): Promise<number> {
  const { tokens } = httpOf(config.http);
  if (!/^[\w.-]{1,64}$/.test(name))
    throw new AppError('USAGE', `expected a name of 1 to 64 letters, digits, dots, dashes and underscores, got "${name}"`);
  if (!isRole(role)) throw new AppError('USAGE', `--role: expected ${ROLES.slice(0, -1).join(', ')} or ${ROLES.at(-1)!}, got "${role}"`);
  const lasts = expires === undefined ? undefined : parseDuration(expires);
  if (expires !== undefined && !(lasts! > 0 && lasts! <= LONGEST_MS))
    throw new AppError('USAGE', `--expires: expected a duration such as 90d or 12h, 3650d at most, got "${expires}"`);
  const token = add(tokens, { name, role, now: new Date(), lasts });
  output.line(json ? JSON.stringify({ name, role, token }) : token);
  await output.flush();
  notes.say(
    `This is the only time the token is shown; ${tokens} keeps its hash. The page asks for it at the sign-in, programs send it ` +
    'as: Authorization: Bearer TOKEN. From now on nobody gets in without a token, on this machine too; a running job knows it at ' +
    'once',
  );
  return 0;
}

/** `wellwatch token list`: who has one, by age; with `--json` a line a token. */
export async function listTokens({ config, json, output, notes }: Context): Promise<number> {
  const path = httpOf(config.http).tokens;
  const tokens = readTokens(path);
  if (json)
    for (const { name, role, createdAt, expiresAt = null } of tokens) output.line(JSON.stringify({ name, role, createdAt, expiresAt }));
  else if (tokens.length > 0) {
    const { timezone } = config.site;
    const shown = new TextTable([{ head: 'Name' }, { head: 'Role' }, { head: `Made, ${timezone}` }, { head: 'Expires' }], output);
    const until = (token: StoredToken) =>
      token.expiresAt === undefined ? '' : `${hasExpired(token, Date.now()) ? 'expired ' : ''}${siteTime(token.expiresAt, timezone)}`;
    shown.add(tokens.map((token) => [token.name, token.role, siteTime(token.createdAt, timezone), until(token)]));
    shown.end(`in ${path}`);
  }
  await output.flush();
  if (tokens.length === 0)
    notes.say(`There are no tokens in ${path}: on this machine nobody is asked for one, and other machines are not let in.`);
  return 0;
}

/** `wellwatch token remove`. */
export async function removeToken({ config, json, output, notes }: Context, name: string): Promise<number> {
  const path = httpOf(config.http).tokens;
  remove(path, name);
  if (json) output.line(JSON.stringify({ name }));
  await output.flush();
  const last = readTokens(path).length === 0;
  notes.say(
    `Who has the token ${name} is let in no longer; a running job knows it at once.` +
    (last ? ' It was the last: nobody is let in until there is a token again, or the job is started anew.' : ''),
  );
  return 0;
}

function httpOf(http: HttpConfig | false): HttpConfig {
  if (!http) throw new AppError('CONFIG', 'http: is switched off, so there is nothing that a token would open. Leave out http: false');
  return http;
}

function isRole(text: string): text is Role {
  return ROLES.some((role) => role === text);
}
