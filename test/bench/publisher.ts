import { once } from 'node:events';
import { connect as connectSocket, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectAsync } from 'mqtt';

/** Resolves when somebody listens on a port of the loopback address; throws after ten seconds. */
export async function listening(port: number): Promise<void> {
  for (let attempt = 0; attempt < 1000; attempt++) {
    const socket = connectSocket(port, '127.0.0.1');
    const open = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    });
    socket.destroy();
    if (open) return;
    await sleep(10);
  }
  throw new Error(`nobody listened on port ${port} within ten seconds`);
}

/** Leaves a persistent session behind, subscribed to all readings, for which messages wait. */
export async function leaveSession(url: string, clientId: string): Promise<void> {
  const client = await connectAsync(url, { clientId, clean: false, protocolVersion: 4 });
  await client.subscribeAsync('pumps/+/readings', { qos: 1 });
  await client.endAsync();
}

/** One message to publish. */
export interface Message {
  readonly topic: string;
  readonly payload: Buffer;
}

const CONNECT = Buffer.from('101000044d51545404020000000462656e63', 'hex'); // MQTT 3.1.1, clean session, client id "benc"
const MOST_UNACKNOWLEDGED = 20_000;
const WRITE_BYTES = 256 * 1024;

/**
 * Publishes QoS 1 messages as fast as the broker takes them; resolves when it has acknowledged all, with the bytes of
 * their payloads. Packets are made by hand: mqtt.js would be the slow part.
 */
export async function publishAll(port: number, messages: Iterable<Message>): Promise<{ bytes: number }> {
  const socket = connectSocket(port, '127.0.0.1').setNoDelay(true);
  const acknowledged = countBytes(socket);
  socket.write(CONNECT);
  await acknowledged.reaches(4);
  let sent = 0;
  let bytes = 0;
  let pending: Buffer[] = [];
  let pendingBytes = 0;
  for (const message of messages) {
    const packet = publishPacket(message, (sent++ % 65_535) + 1);
    bytes += message.payload.length;
    pending.push(packet);
    pendingBytes += packet.length;
    if (pendingBytes < WRITE_BYTES) continue;
    if (!socket.write(Buffer.concat(pending))) await once(socket, 'drain');
    await acknowledged.reaches(4 + 4 * (sent - MOST_UNACKNOWLEDGED));
    pending = [];
    pendingBytes = 0;
  }
  socket.write(Buffer.concat(pending));
  await acknowledged.reaches(4 + 4 * sent);
  socket.destroy();
  return { bytes };
}

/** Counts what comes back: CONNACK and PUBACK have four bytes each. */
function countBytes(socket: Socket): { reaches(count: number): Promise<void> } {
  let bytes = 0;
  let waiting: { count: number; resolve: () => void } | undefined;
  socket.on('data', (chunk) => {
    bytes += chunk.length;
    if (waiting && bytes >= waiting.count) waiting.resolve();
  });
  return {
    reaches: (count) => new Promise((resolve, reject) => {
      socket.once('error', reject);
      waiting = { count, resolve: () => resolve(void socket.off('error', reject)) };
      if (bytes >= count) waiting.resolve();
    }),
  };
}

function publishPacket({ topic, payload }: Message, id: number): Buffer {
  const topicLength = Buffer.byteLength(topic);
  const length = 2 + topicLength + 2 + payload.length;
  const packet = Buffer.allocUnsafe(1 + lengthBytes(length) + length);
  packet[0] = 0x32; // PUBLISH, QoS 1
  let at = 1;
  for (let rest = length; ; rest >>>= 7) {
    packet[at++] = rest > 127 ? (rest & 127) | 128 : rest;
    if (rest <= 127) break;
  }
  at = packet.writeUInt16BE(topicLength, at);
  at += packet.write(topic, at);
  at = packet.writeUInt16BE(id, at);
  payload.copy(packet, at);
  return packet;
}

function lengthBytes(length: number): number {
  return length < 128 ? 1 : length < 16_384 ? 2 : length < 2_097_152 ? 3 : 4;
}
