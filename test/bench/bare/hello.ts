import type { AddressInfo } from 'node:net';
import { setPriority } from 'node:os';
import fastify from 'fastify';

/*
 * The limit that the HTTP side is measured against, run as `node hello.js PRIORITY`: a bare fastify that answers every question with
 * `hello`, and lets the readers of the live stream wait. Prints the port.
 */
const [, , priority] = process.argv;
setPriority(0, Number(priority));
const server = fastify();
server.get('/api/v1/stream', (_request, reply) => {
  reply.hijack();
  reply.raw.writeHead(200).flushHeaders();
});
server.get('*', async () => 'hello');
await server.listen({ host: '127.0.0.1', port: 0 });
console.log((server.server.address() as AddressInfo).port);
process.on('SIGTERM', () => process.exit(0));
