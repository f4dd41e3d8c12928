import { isIPv4 } from 'node:net';

/** Whether an address is reached from this machine only; `[::1]` as it stands in a URL too. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || (isIPv4(host) && host.startsWith('127.'));
}
