import type { z } from 'zod';
import { combinationIssues } from './combinations.ts';
import type { Given } from './given.ts';
import { formatKeys } from './formats/formatSchema.ts';
import { suggestion } from '../../domain/suggestion.ts';
import { type Issue, pathText } from './issues.ts';
import { allKeys } from './keys.ts';
import { removeAt } from './layers.ts';
import { RULE_KEYS } from './ruleSection.ts';
import { configSchema, type WrittenConfig } from './schema.ts';

/** What came out: the configuration when nothing is wrong with it. */
export interface Validated {
  readonly config: WrittenConfig | undefined;
  readonly issues: readonly Issue[];
}

/**
 * Checks every setting, then how they go together. What is wrong by itself is replaced by its default
 * for the second look, so that one reading reports everything.
 */
export function validate(values: Record<string, unknown>, given: Given): Validated {
  const parsed = configSchema.safeParse(values);
  if (parsed.success) return { config: parsed.data, issues: combinationIssues(parsed.data, given, []) };
  const issues = parsed.error.issues.flatMap(explain);
  const rest = structuredClone(values);
  for (const issue of parsed.error.issues) for (const path of wrongPaths(issue)) removeAt(rest, path);
  const second = configSchema.safeParse(rest);
  const others = second.success ? combinationIssues(second.data, given, issues.map(({ path }) => path)) : [];
  return { config: undefined, issues: [...issues, ...others] };
}

function explain(issue: z.core.$ZodIssue): Issue[] {
  if (issue.code !== 'unrecognized_keys') return [{ path: pathText(issue.path), problem: issue.message }];
  return issue.keys.map((key) => ({
    path: pathText([...issue.path, key]),
    problem: `unknown key${suggestion(key, siblings(issue.path))}`,
  }));
}

/** The keys that may stand at a path; within a list those of its items. */
function siblings(path: readonly PropertyKey[]): string[] {
  if (path[0] === 'formats') return [...(formatKeys(path.slice(2).map(String)) ?? [])];
  if (path[0] === 'receivers' && path.some((part) => typeof part === 'number'))
    return path[1] === 'mqtt' ? ['topic', 'format'] : ['files', 'format'];
  if (path.length === 2 && path[0] === 'rules') return [...RULE_KEYS];
  if (path.some((part) => typeof part === 'number')) return [];
  const under = allKeys().filter((key) => path.every((part, i) => key.path[i] === part));
  return [...new Set(under.map((key) => key.path[path.length]))];
}

/** Where to take something away so that the rest is right; a list goes as a whole. */
function wrongPaths(issue: z.core.$ZodIssue): string[][] {
  const upToList = issue.path.slice(0, issue.path.findIndex((part) => typeof part === 'number') >>> 0).map(String);
  if (issue.code !== 'unrecognized_keys' || upToList.length < issue.path.length) return [upToList];
  return issue.keys.map((key) => [...upToList, key]);
}
