import { existsSync, readFileSync } from 'node:fs';

const LIMITS_FILE = '/proc/self/limits';

/** How many files the process may open: the soft limit of proc(5), or Infinity where there is no such file. */
export function openFiles(): number {
  if (!existsSync(LIMITS_FILE)) return Infinity;
  const soft = /^Max open files +(\d+)/m.exec(readFileSync(LIMITS_FILE, 'utf8'))?.[1];
  return soft === undefined ? Infinity : Number(soft);
}
