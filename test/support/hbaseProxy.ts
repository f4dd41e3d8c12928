import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** A call on its way to the gateway. */
export interface Call {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly body: Buffer;
}

/** What becomes of a call: it passes, is answered here, never reaches the gateway, or reaches it and its reply is lost. */
export type Verdict = 'pass' | 'cut' | 'loseReply' | { readonly status: number; readonly body?: string };

/** A real HTTP proxy before a gateway, which does to each call what the test says. */
export interface Proxy {
  readonly url: string;
  /** All calls so far. */
  readonly calls: Call[];
  /** Changes what happens from now on. */
  judge(verdict: (call: Call) => Verdict): void;
}

/** Starts a proxy that lets everything pass; it goes with the test. */
export async function startProxy(gateway: string): Promise<Proxy> {
  const calls: Call[] = [];
  let judge: (call: Call) => Verdict = () => 'pass';
  const server = createServer((asked, answer) => {
    void bodyOf(asked).then((body) => {
      const call = { method: asked.method ?? '', path: asked.url ?? '', body };
      calls.push(call);
      const verdict = judge(call);
      if (verdict === 'cut') asked.socket.destroy();
      else if (typeof verdict === 'object') answer.writeHead(verdict.status, { 'content-type': 'text/plain' }).end(verdict.body ?? '');
      else forward(gateway, { call, asked, answer, lose: verdict === 'loseReply' });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    judge: (verdict) => { judge = verdict; },
  };
}

/** The puts of rows among calls; the mark of the writer is none. */
export function putsOf(calls: readonly Call[]): Call[] {
  return calls.filter(({ method, path }) => method === 'PUT' && path.endsWith('/batch') && !path.includes('_writer/'));
}

/** The look-ups among calls. */
export function lookUpsOf(calls: readonly Call[]): Call[] {
  return calls.filter(({ path }) => path.includes('/multiget') && !path.includes('_writer/'));
}

interface Forwarded {
  readonly call: Call;
  readonly asked: IncomingMessage;
  readonly answer: ServerResponse;
  readonly lose: boolean;
}

function forward(gateway: string, { call, asked, answer, lose }: Forwarded): void {
  const onward = request(
    `${gateway}${call.path}`,
    { method: call.method, headers: { ...asked.headers, host: new URL(gateway).host } },
    (reply) => {
      void bodyOf(reply).then((body) => {
        if (lose) asked.socket.destroy();
        else answer.writeHead(reply.statusCode ?? 500, reply.headers).end(body);
      });
    },
  );
  onward.on('error', () => asked.socket.destroy());
  onward.end(call.body);
}

async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
