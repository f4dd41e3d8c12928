import { AppError } from '../../domain/errors.ts';

/** One thing that is wrong with the configuration. */
export interface Issue {
  /** The setting's path, such as `receivers.mqtt.connections`, or the name of an environment variable. */
  readonly path: string;
  /** What was expected and what came. */
  readonly problem: string;
}

/** How a value is quoted in a message. Credentials in a URL are left out, also of one that is none, and so is its query. */
export function shown(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a mapping';
  if (typeof value !== 'string') return `${value as number | boolean | bigint}`;
  const text = value.replace(/\/\/.*@/s, '//…@').replace(/(:\/\/[^?#]*[?#]).*/s, '$1…');
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}

/** `rules[0].measure` of a zod path. */
export function pathText(path: readonly PropertyKey[]): string {
  return path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('').replace(/^\./, '');
}

/** The error that names all issues, one a line. `where` says what was read. */
export function configError(where: string, issues: readonly Issue[]): AppError {
  const distinct = [...new Set(issues.map(({ path, problem }) => `${path}: ${problem}`))];
  const head = `${where} can't be used, ${distinct.length === 1 ? 'one thing is' : `${distinct.length} things are`} wrong`;
  return new AppError('CONFIG', [head, ...distinct].join('\n  '));
}
