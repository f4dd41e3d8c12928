import { z } from 'zod';
import type { Api } from '../api.ts';
import type { EventStream } from '../eventStream.ts';
import { HttpProblem } from '../problems.ts';

const EVENT_STREAM = 'text/event-stream';
const RETRY_S = 30;

const streamQuery = z.strictObject({
  lastEventId: z.string().max(64).optional().meta({ description: 'For clients that can’t send the header Last-Event-ID' }),
});

/** What happens, as it happens. */
export function streamRoutes(api: Api, stream: EventStream): void {
  const schema = {
    tags: ['streaming'],
    summary: 'Alerts, windows, batches, receivers and the store as server-sent events',
    description:
      'Events are `alerts`, `withdrawn`, `act`, `window`, `batch`, `receiver`, `store`, `unstored` (`alerts/unstored` has changed), ' +
      '`heartbeat` (every three seconds), ' +
      'and `reset`: what came in between is not known ' +
      'any more, load anew.',
    querystring: streamQuery,
    response: { 200: { description: 'Until either side ends it', content: { [EVENT_STREAM]: { schema: z.string() } } } },
  };
  api.get('/stream', { schema, exposeHeadRoute: false, config: { forms: [EVENT_STREAM] } }, (request, reply) => {
    if (stream.full)
      throw new HttpProblem('NOT_READY', 'As many read the stream as can: close one, or ask /api/v1/alarms now and then instead', {
        'retry-after': String(RETRY_S),
      });
    // Of an answer that waits behind another one on its connection Node tells no end.
    if (reply.raw.socket === null)
      throw new HttpProblem(
        'INVALID_REQUEST',
        'Expected the stream to be asked for when the answers before it are there: it is not to be pipelined',
      );
    const header = request.headers['last-event-id'];
    reply.header('content-type', EVENT_STREAM).header('cache-control', 'no-store').header('x-accel-buffering', 'no');
    reply.hijack(); // from here on it is neither compressed nor hashed
    reply.raw.writeHead(200, reply.getHeaders() as Record<string, string>);
    stream.admit(reply.raw, {
      lastId: typeof header === 'string' ? header : request.query.lastEventId,
      mayRead: () => request.mayStillRead(),
    });
  });
}
