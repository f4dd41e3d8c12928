import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:tls';
import { AppError, messageOf, systemCode } from '../../../../domain/errors.ts';
import type { LogEvent } from '../../../../domain/logEvent.ts';
import { CertificateFiles, type ListenerTls } from './certificateFiles.ts';

export interface ListenerOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly tls?: ListenerTls | undefined;
  /** Gets each client's connection, encrypted if there is TLS. */
  readonly onConnection: (socket: Socket) => void;
  /** Told of what can't be taken in; `kind` for a log that tells a few of each. */
  readonly say: (kind: string, event: LogEvent) => void;
}

/** How much of a client's bytes is read ahead. */
const READ_AHEAD_BYTES = 16 * 1024;
/** Connections that are still agreeing on TLS. */
const MOST_HANDSHAKES = 64;
const HANDSHAKE_MS = 10_000;
const OLDEST_TLS = 'TLSv1.2' as const;

/** A server that listens. */
export interface Listening {
  readonly server: Server;
  readonly port: number;
  /** Takes up certificate files that have changed; those that can't be used leave the ones that were there. */
  readonly renew: () => void;
}

/**
 * Begins to listen. Throws BROKER_UNAVAILABLE when the address can't be had, CONFIG for
 * TLS files that can't be used.
 */
export async function listen(options: ListenerOptions): Promise<Listening> {
  const { host, port, tls, onConnection, say } = options;
  const { server, renew } = tls ? tlsServer(tls, options) : plainServer(onConnection);
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(addressError(host, port, error)));
    server.listen(port, host, resolve);
  });
  server.removeAllListeners('error').on('error', (error) =>
    say('accept', { level: 'error', message: `the embedded broker can't accept a connection: ${error.message}` }),
  );
  const address = server.address();
  return { server, port: address !== null && typeof address === 'object' ? address.port : port, renew };
}

/**
 * A PUBACK leaves at once. Otherwise the system holds it until the one before is acknowledged, for which a client that has nothing to send
 * takes 40 ms (Nagle's algorithm and delayed acknowledgements).
 */
const SOCKETS = { highWaterMark: READ_AHEAD_BYTES, noDelay: true };

function plainServer(onConnection: (socket: Socket) => void): Omit<Listening, 'port'> {
  return { server: createServer(SOCKETS, onConnection), renew: () => undefined };
}

function tlsServer(tls: ListenerTls, { onConnection, say }: ListenerOptions): Omit<Listening, 'port'> {
  const { cert, key, ca } = tls;
  const files = new CertificateFiles(tls);
  const common = { ...SOCKETS, handshakeTimeout: HANDSHAKE_MS, minVersion: OLDEST_TLS };
  const handshakes = new Map<string, Socket>();
  const nameOf = (socket: Socket) => `${socket.remoteAddress}:${socket.remotePort}`;
  let server: TlsServer;
  try {
    server = createTlsServer({ ...files.read(), ...common, requestCert: ca !== undefined, rejectUnauthorized: ca !== undefined }, (socket) => {
      handshakes.delete(nameOf(socket));
      onConnection(socket);
    });
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError('CONFIG', `receivers.mqtt.tls: expected a certificate with its key, got ${cert} and ${key} (${messageOf(error)})`, {
      cause: error,
    });
  }
  server.on('connection', (socket: Socket) => {
    const name = nameOf(socket);
    handshakes.set(name, socket);
    socket.once('close', () => handshakes.delete(name));
    if (handshakes.size > MOST_HANDSHAKES) handshakes.values().next().value?.destroy();
  });
  server.on('tlsClientError', (error: Error, socket: Socket) =>
    say('tls', { level: 'warn', message: `a client at ${nameOf(socket)} was refused: TLS: ${messageOf(error)}. It has to come with ` +
      'mqtts://' }),
  );
  return { server, renew: () => renewCertificates(server, files, say) };
}

/** For the connections to come; those that stand keep what they agreed on. */
function renewCertificates(server: TlsServer, files: CertificateFiles, say: ListenerOptions['say']): void {
  if (!files.changed) return;
  try {
    server.setSecureContext({ ...files.read(), minVersion: OLDEST_TLS });
    say('certificates', { level: 'info', message: 'the certificate files of the embedded broker were read anew' });
  } catch (error) {
    say('certificates', {
      level: 'error',
      message: `the certificate files of the embedded broker have changed and can't be used (${messageOf(error)}). Until they can, the ` +
        'ones that were there before hold',
    });
  }
}

function addressError(host: string, port: number, cause: unknown): AppError {
  const code = systemCode(cause);
  const why = code === 'EADDRINUSE' ? 'another program listens there' : messageOf(cause);
  const advice =
    code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND'
      ? 'Set receivers.mqtt.host to an address of this machine'
      : 'Set receivers.mqtt.port to a free one (0 takes any), or, if that is a broker of yours, receivers.mqtt.url to ' +
        `mqtt://${host}:${port}`;
  return new AppError('BROKER_UNAVAILABLE', `the embedded broker needs port ${port} of ${host}, but ${why}. ${advice}`, { cause });
}
