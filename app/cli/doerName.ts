import { userInfo } from 'node:os';
import { AppError } from '../../domain/errors.ts';

/** Whoever may write the data directory may do everything; the name is what they say, or that of this machine's user. Throws USAGE. */
export function doerName(by: string | undefined): string {
  const name = (by ?? userInfo().username).trim();
  if (name === '' || name.length > 64 || /\p{Cc}/u.test(name))
    throw new AppError('USAGE', `--by: expected a name of 1 to 64 characters, got "${name}"`);
  return name;
}
