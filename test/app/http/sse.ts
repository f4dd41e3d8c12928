import { onTestFinished } from 'vitest';

export interface SentEvent {
  readonly id: string | undefined;
  readonly event: string | undefined;
  readonly data: unknown;
  readonly retry: string | undefined;
}

/** A reader of server-sent events. */
export interface SseReader {
  readonly status: number;
  readonly headers: Headers;
  /** The next block, with an event in it or not; undefined at the end. Comments and heartbeats are left out. */
  next(): Promise<SentEvent | undefined>;
  close(): void;
}

/** Reads a stream of server-sent events until the test is finished. */
export async function readEvents(url: string, headers: Record<string, string> = {}): Promise<SseReader> {
  const leave = new AbortController();
  onTestFinished(() => leave.abort());
  const response = await fetch(url, { headers: { accept: 'text/event-stream', ...headers }, signal: leave.signal });
  const blocks = blocksOf(response.body!);
  return {
    status: response.status,
    headers: response.headers,
    async next() {
      for (;;) {
        const block = await blocks.next();
        if (block.done) return undefined;
        if (!block.value.startsWith(':') && !block.value.startsWith('event: heartbeat')) return parse(block.value);
      }
    },
    close: () => leave.abort(),
  };
}

async function* blocksOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string, void> {
  const decoder = new TextDecoder();
  let text = '';
  try {
    for await (const chunk of body) {
      text += decoder.decode(chunk, { stream: true });
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        yield text.slice(0, end);
        text = text.slice(end + 2);
      }
    }
  } catch (error) {
    if (!(error instanceof Error)) throw error; // the connection was cut: that is an end too
  }
}

function parse(block: string): SentEvent {
  const fields = new Map(block.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]));
  const data = fields.get('data');
  return {
    id: fields.get('id'),
    event: fields.get('event'),
    retry: fields.get('retry'),
    data: data === undefined ? undefined : JSON.parse(data),
  };
}
