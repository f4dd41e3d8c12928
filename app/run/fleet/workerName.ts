import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';

/** What the name of this process's worker begins with. */
export function workerPrefix(): string {
  return `${hostname()}-${process.pid}-`;
}

/** A name that no other worker has, and no earlier one of the same machine and process id. */
export function workerName(): string {
  return workerPrefix() + randomUUID().slice(0, 8);
}
