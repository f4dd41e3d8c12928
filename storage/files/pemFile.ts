import { readFileSync } from 'node:fs';
import { AppError } from '../../domain/errors.ts';
import { unreadable } from './unreadable.ts';

/** The text of a PEM file. Throws CONFIG, which names the setting, when it can't be read or is something else. */
export function readPem(setting: string, path: string): string {
  try {
    const text = readFileSync(path, 'utf8');
    if (text.includes('-----BEGIN ')) return text;
  } catch (error) {
    throw new AppError('CONFIG', `${setting}: ${unreadable('a PEM file', path, error)}`, { cause: error });
  }
  throw new AppError('CONFIG', `${setting}: expected a PEM file at ${path}, but it holds no line -----BEGIN …-----`);
}
