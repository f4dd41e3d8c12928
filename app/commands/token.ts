import { AppError } from '../../domain/errors.ts';
import type { Context } from '../cli/context.ts';
import { addToken as add, type Role, ROLES } from '../tokens.ts';

/** `wellwatch token add`: the token is the only thing on standard output, once. */
export async function addToken({ config, json, output, notes }: Context, { name, role }: { readonly name: string; readonly role: string }): Promise<number> {
  if (!config.http) throw new AppError('CONFIG', 'http: is switched off, so there is nothing that a token would open. Leave out http: false');
  if (!/^[\w.-]{1,64}$/.test(name)) throw new AppError('USAGE', `expected a name of 1 to 64 letters, digits, dots, dashes and underscores, got "${name}"`);
  if (!isRole(role)) throw new AppError('USAGE', `--role: expected ${ROLES.join(' or ')}, got "${role}"`);
  const token = add(config.http.tokens, { name, role, now: new Date() });
  output.line(json ? JSON.stringify({ name, role, token }) : token);
  await output.flush();
  notes.say(`This is the only time the token is shown; ${config.http.tokens} keeps its hash. The page asks for it at the sign-in, programs send it as: Authorization: Bearer TOKEN. From now on nobody gets in without a token, on this machine too; a running job knows it at once`);
  return 0;
}

function isRole(text: string): text is Role {
  return ROLES.some((role) => role === text);
}
