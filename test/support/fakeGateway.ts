import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { createServer as createTlsServer, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** A real HTTP server in place of a gateway. */
export interface FakeGateway {
  readonly url: string;
  readonly asked: IncomingMessage[];
  /** How many connections were made to it. */
  readonly connections: () => number;
}

/** Starts one on a free port, with TLS when `tls` is given; it goes with the test. */
export async function fakeGateway(answer: RequestListener, tls?: ServerOptions): Promise<FakeGateway> {
  const asked: IncomingMessage[] = [];
  let connections = 0;
  const listener: RequestListener = (request, response) => {
    asked.push(request);
    answer(request, response);
  };
  const server = tls ? createTlsServer(tls, listener) : createServer(listener);
  server.on('connection', () => { connections++; });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `${tls ? 'https' : 'http'}://127.0.0.1:${(server.address() as AddressInfo).port}`, asked, connections: () => connections };
}
