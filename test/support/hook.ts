import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';

/** A request that a hook was sent. */
export interface Hooked {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A real HTTP server that a webhook POSTs to. It can be down, and up again on its port. */
export interface Hook {
  readonly url: string;
  /** All requests, in order, also those that were not answered with 2xx. */
  readonly got: Hooked[];
  /** Those that were answered with 2xx. */
  readonly taken: Hooked[];
  /** Answers a request; true when it was a 2xx. By default 204. */
  answer: (response: ServerResponse, request: Hooked) => boolean | Promise<boolean>;
  down(): Promise<void>;
  up(): Promise<void>;
}

/** An answer with a status. */
export function status(code: number, headers: Record<string, string> = {}, body = ''): Hook['answer'] {
  return (response) => {
    response.writeHead(code, headers).end(body);
    return code >= 200 && code < 300;
  };
}

export async function startHook(): Promise<Hook> {
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece)).on('end', () => {
      const hooked = { headers: request.headers, body: Buffer.concat(pieces).toString() };
      hook.got.push(hooked);
      void Promise.resolve(hook.answer(response, hooked)).then((isTaken) => {
        if (isTaken) hook.taken.push(hooked);
      });
    });
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => undefined);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const hook: Hook = {
    url: `http://127.0.0.1:${port}/hook`,
    got: [],
    taken: [],
    answer: status(204),
    async down() {
      for (const socket of sockets) socket.destroy();
      if (!server.listening) return;
      server.close();
      await once(server, 'close');
    },
    async up() {
      server.listen(port, '127.0.0.1');
      await once(server, 'listening');
    },
  };
  return hook;
}
