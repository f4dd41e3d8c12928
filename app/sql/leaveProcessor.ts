import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * Keeps a process that has just begun from the first of the processors that are ours, where there are several. Its priority is not
 * enough: threads of the kernel, through which a write becomes durable, wait for the next tick behind a thread that computes, however
 * low that stands within its own session. Without Linux or taskset(1) nothing happens: it takes its turn all the same.
 */
export function leaveProcessor(pid: number): void {
  const [, ...others] = ownProcessors();
  if (others.length === 0) return;
  execFile('taskset', ['-a', '-p', '-c', others.join(','), String(pid)], () => undefined);
}

/** The numbers of the processors that this process may use, rising; none where the system does not say. */
export function ownProcessors(status = '/proc/self/status'): number[] {
  let text: string;
  try {
    text = readFileSync(status, 'utf8');
  } catch {
    return []; // no Linux
  }
  const list = /^Cpus_allowed_list:\s*(\S+)$/m.exec(text)?.[1] ?? '';
  return list.split(',').filter(Boolean).flatMap((range) => {
    const [from, to = from] = range.split('-').map(Number);
    return Array.from({ length: to - from + 1 }, (_, i) => from + i);
  });
}
