import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { LogEvent } from '../../domain/logEvent.ts';
import { openFiles } from '../../storage/files/openFiles.ts';

/** What connections may take of the process. */
export interface ConnectionLimits {
  /** How many there may be at a time, those of the live stream among them. */
  readonly most: number;
  /** So long one may take until its request's headers are there, in ms; one that sends nothing is no exception. */
  readonly headersMs: number;
  /** An answer of which nothing is taken for so long is cut, in ms. */
  readonly stalledMs: number;
  /** So many bytes of answers may wait for those who read. */
  readonly unreadBytes: number;
  /** So many requests one may bring before it has to be made anew: a client may send thousands at once, and all others would wait. */
  readonly requests: number;
}

const MOST_CONNECTIONS = 2000;
const HEADERS_MS = 10_000;
const STALLED_MS = 30_000;
const UNREAD_BYTES = 16 * 2 ** 20;
const MOST_REQUESTS = 500;
/** One that is refused is told of in the log no more often than that, in ms. */
const TELL_MS = 60_000;
/** The files of the job come first: the table, the journal, the inbox. */
const SHARE_OF_FILES = 0.5;

/** As many connections as the process's files allow for: a connection that took the last one would stop the job. */
export function connectionLimits(): ConnectionLimits {
  return {
    most: Math.min(MOST_CONNECTIONS, Math.floor(SHARE_OF_FILES * openFiles())),
    headersMs: HEADERS_MS,
    stalledMs: STALLED_MS,
    unreadBytes: UNREAD_BYTES,
    requests: MOST_REQUESTS,
  };
}

/**
 * Refuses connections beyond the most, at once and without an answer, and says so in the log. Ends those that bring more requests than
 * they may. `now` gives ms.
 */
export function limitConnections(
  server: Server,
  {
    limits: { most },
    onLog,
    now,
  }: { readonly limits: ConnectionLimits; readonly onLog: (event: LogEvent) => void; readonly now: () => number },
): void {
  let toldAt = -Infinity;
  server.maxConnections = most;
  // Node answers each request too many with a 503. Its last good answer has told the client that none may follow.
  server.on('dropRequest', (_request, socket: Socket) => {
    if (!socket.writableEnded) socket.destroySoon();
  });
  server.on('drop', () => {
    if (Math.abs(now() - toldAt) < TELL_MS) return;
    toldAt = now();
    onLog({
      level: 'warn',
      message:
        `the web page and the API have ${most} connections, which is as many as there may be: further ones are refused. "ulimit ` +
        `-n" may allow for more, up to ${MOST_CONNECTIONS}`,
    });
  });
}
