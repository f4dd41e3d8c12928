import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import type { AlarmRule } from '../../domain/alarm/fold/alarmRule.ts';
import type { RuleVersion } from '../../domain/alarm/fold/versions.ts';
import { AppError, messageOf, systemCode } from '../../domain/errors.ts';
import { formatTime, parseTime } from '../../domain/reading/wallClock.ts';

/*
 * Which rules were in force from when on: a file of lines, one a version, which only grows.
 *
 *   \n{"from":"2026-11-29T02:51:09.120","rules":[{"id":"low-psi",…},…]}      `from` is what the site's clock showed
 *
 * A line begins with a line end: one that was torn by a crash costs only itself.
 */

/** The versions in the order in which they came; none when no job has begun yet. Throws STORE_UNAVAILABLE. */
export function readRuleVersions(path: string): RuleVersion[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw unavailable('read', path, error);
  }
  return text.split('\n').flatMap((line) => versionOf(line) ?? []);
}

/**
 * Writes down the rules that are in force from a wall time of the site on, unless they are those of the last version. On disk
 * when it returns. One process does so at a time. Throws STORE_UNAVAILABLE.
 */
export function recordRules(path: string, { from, rules }: RuleVersion): void {
  const last = readRuleVersions(path).at(-1);
  if (last && JSON.stringify(last.rules) === JSON.stringify(rules)) return;
  try {
    const file = openSync(path, 'a');
    try {
      writeSync(file, `\n${JSON.stringify({ from: formatTime(from), rules })}`);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw unavailable('write', path, error);
  }
}

function versionOf(line: string): RuleVersion | undefined {
  try {
    const { from, rules } = JSON.parse(line) as { readonly from: string; readonly rules: readonly AlarmRule[] };
    const time = parseTime(from);
    return time === undefined || !Array.isArray(rules) ? undefined : { from: time, rules };
  } catch {
    return undefined; // torn by a crash: the start that wrote it did not go on
  }
}

function unavailable(what: string, path: string, error: unknown): AppError {
  return new AppError(
    'STORE_UNAVAILABLE',
    `expected to ${what} ${path}, which says which rules were in force when: ${messageOf(error)}. Make it ` +
    `${what === 'read' ? 'readable' : 'writable'} for the user that wellwatch runs as`,
    { cause: error },
  );
}
