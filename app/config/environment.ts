import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { suggestion } from '../../domain/suggestion.ts';
import type { Issue } from './issues.ts';
import { unreadable } from '../../storage/files/unreadable.ts';
import { allKeys, switchVariables, type Key } from './keys.ts';
import { emptyLayer, setAt, type Layer } from './layers.ts';
import { yaml } from './yaml.ts';

const PREFIX = 'WELLWATCH_';

/**
 * The settings that stand in the environment. A value is text where the setting takes text, otherwise
 * it is read as YAML: `8090`, `false`, or a whole list of rules. `NAME_FILE` names a file that holds
 * the value, as containers hand out secrets; `more` are settings whose names depend on what is configured. An empty variable counts as absent.
 */
export function readEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  { cwd, more = [] }: { readonly cwd: string; readonly more?: readonly Key[] },
): { layer: Layer; issues: Issue[] } {
  const layer = emptyLayer();
  const issues: Issue[] = [];
  const keys = new Map([...allKeys(), ...more].map((key) => [key.variable, key]));
  const switches = switchVariables();
  const names = [...keys.keys(), ...switches.keys()];
  for (const [variable, value] of Object.entries(env)) {
    if (!variable.startsWith(PREFIX) || value === undefined || value === '') continue;
    const name = names.includes(variable) ? variable : variable.replace(/_FILE$/, '');
    if (!names.includes(name)) {
      issues.push({ path: variable, problem: `no setting has this name${suggestion(name, names)}` });
      continue;
    }
    if (name !== variable && env[name]) {
      issues.push({ path: variable, problem: `expected ${name} or ${variable}, got both` });
      continue;
    }
    const text = name === variable ? value : contentOf(variable, resolve(cwd, value), issues);
    if (text === undefined) continue;
    const key = keys.get(name);
    if (key) setAt(layer.values, key.path, valueOf(key, text));
    else setSwitch(layer, { variable, path: switches.get(name)!, text }, issues);
  }
  return { layer, issues };
}

function valueOf(key: Key, text: string): unknown {
  if (key.schema.safeParse(text).success) return text;
  try {
    return yaml().parse(text);
  } catch {
    return text; // no YAML either: the schema says what is wrong with it
  }
}

function setSwitch(layer: Layer, { variable, path, text }: { variable: string; path: string; text: string }, issues: Issue[]): void {
  if (text === 'true' || text === 'false') layer.switches.set(path, text === 'true');
  else issues.push({ path: variable, problem: `expected true or false, got ${JSON.stringify(text)}` });
}

/** The file's content without the line end that editors add. */
function contentOf(variable: string, path: string, issues: Issue[]): string | undefined {
  try {
    return readFileSync(path, 'utf8').replace(/\r?\n$/, '');
  } catch (error) {
    issues.push({ path: variable, problem: unreadable('a file', path, error) });
    return undefined;
  }
}
