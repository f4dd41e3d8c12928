import { messageOf, systemCode } from '../../domain/errors.ts';

/** What is wrong with a file that can't be read: `expected a YAML file at /site.yaml, but there is none`. */
export function unreadable(what: string, path: string, error: unknown): string {
  switch (systemCode(error)) {
    case 'ENOENT': case 'ENOTDIR': return `expected ${what} at ${path}, but there is none`;
    case 'EISDIR': return `expected ${what} at ${path}, but that is a directory`;
    case 'EACCES': return `expected ${what} at ${path} that this user may read`;
    default: return `expected ${what} at ${path} that can be read: ${messageOf(error)}`;
  }
}
