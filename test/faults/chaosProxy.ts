import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * What befalls a call:
 * - `busy`: 503 with a Java stack trace, not forwarded
 * - `cut`: the connection ends before it is forwarded
 * - `slow`: forwarded after a pause
 * - `late`: forwarded, but only after whoever asked has given up, and perhaps asked again
 * - `truncated`: the answer ends in its middle
 * - `lost`: forwarded and done, but the answer never comes
 */
export type Trouble = 'busy' | 'cut' | 'slow' | 'late' | 'truncated' | 'lost';

/** `clean` forwards everything, `chaotic` lets troubles befall calls, `dead` takes no connection. */
export type Mood = 'clean' | 'chaotic' | 'dead';

export interface ChaosProxyOptions {
  /** Base URL of the gateway. */
  readonly gateway: string;
  /** Numbers from 0 to 1. */
  readonly random: () => number;
  /** What befalls calls in the chaotic mood, in an order by chance: all of it once, then in another order again. None passes all calls. */
  readonly lots?: Readonly<Record<Trouble | 'passed', number>>;
  /** The longest pause of `slow`. */
  readonly slowMs?: number;
  /** The pause of `late`: more than the time limit of whoever asks. */
  readonly lateMs?: number;
}

/** A gateway's bad network: an HTTP proxy on a port of 127.0.0.1. */
export interface ChaosProxy {
  readonly url: string;
  /** What it did, calls by kind; `refused` counts connections that it did not take. */
  readonly did: Readonly<Record<Trouble | 'passed' | 'refused', number>>;
  /** Puts of rows that the gateway has answered with 200, told to anybody or not. */
  readonly puts: number;
  mood: Mood;
  close(): void;
}

const STACK =
  'org.apache.hadoop.hbase.client.RetriesExhaustedException: Failed after attempts=3\n\tat ' +
    'org.apache.hadoop.hbase.client.RpcRetryingCaller.call(RpcRetryingCaller.java:99)\n';

/** Starts a proxy in the clean mood. */
export async function startChaosProxy(options: ChaosProxyOptions): Promise<ChaosProxy> {
  const { random, slowMs = 1000, lateMs = 0 } = options;
  const did = { passed: 0, refused: 0, busy: 0, cut: 0, slow: 0, late: 0, truncated: 0, lost: 0 };
  const state = { mood: 'clean' as Mood, puts: 0 };
  const draw = drawing(options);

  const serve = async (call: IncomingMessage, answer: ServerResponse): Promise<void> => {
    const body = await bodyOf(call);
    const trouble = state.mood === 'chaotic' ? draw() : 'passed';
    did[trouble]++;
    if (trouble === 'cut') return void call.socket.destroy();
    if (trouble === 'busy') return void answer.writeHead(503, { 'content-type': 'text/plain' }).end(STACK);
    if (trouble === 'slow') await sleep(random() * slowMs);
    if (trouble === 'late') await sleep(lateMs);
    const reply = await forward(options.gateway, call, body);
    if (call.method === 'PUT' && call.url?.includes('/batch') && reply.status === 200) state.puts++;
    if (trouble === 'lost') return void call.socket.destroy();
    if (trouble === 'truncated') return truncate(answer, reply);
    answer.writeHead(reply.status, reply.headers).end(reply.body);
  };

  const server = createServer((call, answer) => {
    // Either side may go away at any time: that is what it is for.
    serve(call, answer).catch(() => call.socket.destroy());
  });
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket.on('close', () => sockets.delete(socket)));
    if (state.mood === 'dead') {
      did.refused++;
      socket.destroy();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    did,
    get puts() { return state.puts; },
    get mood() { return state.mood; },
    set mood(mood) {
      state.mood = mood;
      if (mood === 'dead') for (const socket of sockets) socket.destroy();
    },
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** Draws lots without putting them back until none is left: even a short run meets each kind of trouble. */
function drawing({
  random,
  lots = { passed: 1, busy: 0, cut: 0, slow: 0, late: 0, truncated: 0, lost: 0 },
}: ChaosProxyOptions): () => Trouble | 'passed' {
  const all = (Object.entries(lots) as [Trouble | 'passed', number][]).flatMap(([kind, count]) =>
    Array.from({ length: count }, () => kind),
  );
  let left: (Trouble | 'passed')[] = [];
  return () => {
    if (left.length === 0) left = [...all];
    return left.splice(Math.floor(random() * left.length), 1)[0];
  };
}

interface Reply {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

function forward(gateway: string, { method, url, headers }: IncomingMessage, body: Buffer): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const onward = request(`${gateway}${url}`, { method, headers: { ...headers, host: new URL(gateway).host } }, (reply) => {
      bodyOf(reply).then((whole) => resolve({ status: reply.statusCode ?? 500, headers: reply.headers, body: whole }), reject);
    });
    onward.on('error', reject).end(body);
  });
}

/** Half of the answer: with its length told it is seen to be short, in chunks the connection breaks. */
function truncate(answer: ServerResponse, { status, headers, body }: Reply): void {
  answer.writeHead(status, headers);
  answer.write(body.subarray(0, Math.floor(body.length / 2)), () => answer.destroy());
}

async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
