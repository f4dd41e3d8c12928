import { readFileSync } from 'node:fs';
import { messageOf } from '../../domain/errors.ts';
import { configError, shown } from './issues.ts';
import { unreadable } from '../../storage/files/unreadable.ts';
import { yaml } from './yaml.ts';

/** The content of a configuration file: a mapping, empty when the file is. Throws CONFIG with every mistake of the YAML. */
export function readConfigFile(path: string): Record<string, unknown> {
  const document = yaml().parseDocument(readText(path), { prettyErrors: true });
  const issues = document.errors.map((error) => ({
    path: `line ${error.linePos?.[0].line ?? '?'}`,
    problem: error.message.split('\n')[0],
  }));
  if (issues.length > 0) throw configError(path, issues);
  const content: unknown = attempt(path, () => document.toJS({ maxAliasCount: 100 }) as unknown);
  if (content === null) return {};
  if (!isMapping(content))
    throw configError(path, [{ path: 'the file', problem: `expected a mapping such as "dataDir: var", got ${shown(content)}` }]);
  return content;
}

/** Whether a value read from YAML is a mapping. */
export function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw configError(path, [{ path: '--config', problem: unreadable('a YAML file', path, error) }]);
  }
}

function attempt<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw configError(path, [{ path: 'the file', problem: messageOf(error) }]);
  }
}
