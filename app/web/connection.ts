import { signal } from '@preact/signals';

/** Whether the server answers: as far as the live stream and the requests tell. */
export const connected = signal(true);
/** When the server was last heard, ms since 1970-01-01T00:00Z. */
export const lastHeard = signal(Date.now());

/** Something came from the server. */
export function reached(): void {
  lastHeard.value = Date.now();
}

/** A request or the stream found nobody. The stream says when the server is back. */
export function unreachable(): void {
  connected.value = false;
}
