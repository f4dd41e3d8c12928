import { connect as connectTcp, type Socket } from 'node:net';
import { TOPIC } from './embedded.ts';

/** A text with its length before it. */
export const text = (value: string) => Buffer.concat([Buffer.from([value.length >> 8, value.length & 255]), Buffer.from(value)]);

/** A packet of a type, flags included. */
export function packet(type: number, body: Buffer): Buffer {
  const length: number[] = [];
  for (let left = body.length; left > 0 || length.length === 0; left >>= 7) length.push((left & 127) | (left > 127 ? 128 : 0));
  return Buffer.concat([Buffer.from([type, ...length]), body]);
}

/** A QoS 1 message. */
export function message(id: number, payload: string): Buffer {
  return packet(0x32, Buffer.concat([text(TOPIC), Buffer.from([id >> 8, id & 255]), Buffer.from(payload)]));
}

/** Connects without a library. */
export async function connectRaw(port: number, clientId: string): Promise<Socket> {
  const socket = connectTcp({ port, host: '127.0.0.1', noDelay: true });
  socket.on('error', () => undefined);
  socket.write(packet(0x10, Buffer.concat([text('MQTT'), Buffer.from([4, 2, 0, 0]), text(clientId)])));
  await new Promise<void>((resolve) => socket.once('data', () => resolve()));
  return socket;
}

/**
 * Writes QoS 1 messages to all sockets and waits for no acknowledgement. Each comes as a piece of its own, which
 * is when aedes by itself would read on and on.
 */
export async function flood(sockets: readonly Socket[], count: number, payload: string): Promise<void> {
  for (let i = 1; i <= count; i++) {
    for (const socket of sockets) socket.write(message(i, payload));
    await new Promise((resolve) => setImmediate(resolve));
  }
}
