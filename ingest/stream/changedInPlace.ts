import { AppError } from '../../domain/errors.ts';

/** What engines say of an attempt to change something that is frozen. */
const FROZEN = /read.only|not extensible|Cannot (delete|redefine) property|Cannot define property/i;

/** An error of an operator, of which an attempt to change a frozen value becomes an AppError CONFIG that says what to do. */
export function sayChangedInPlace(error: unknown, kind: string): unknown {
  if (!(error instanceof TypeError && FROZEN.test(error.message))) return error;
  return new AppError(
    'CONFIG',
    `expected a function to leave what it was given as it is, got one of ${kind} that changes it (${error.message}): `
    + 'return a new object, such as { ...value, psi: 0 }',
    { cause: error },
  );
}
