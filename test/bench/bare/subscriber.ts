import { fdatasync, openSync, write } from 'node:fs';
import { connect, type MqttClient } from 'mqtt';

/*
 * The limit that the MQTT receiver is measured against, run as `node subscriber.js URL CLIENT_ID FILE`:
 * mqtt.js appends each payload to a file, and sends the PUBACKs that were held back when one fdatasync
 * has covered them. The next commit begins as soon as the last one is done. No parsing, no table.
 */
const [, , url, clientId, path] = process.argv;
const file = openSync(path, 'a');
const PUBACK = 0x40;
const NEWLINE = Buffer.from('\n');

let payloads: Buffer[] = [];
let held: number[] = [];
let committing = false;

const client = connect(url, { clientId, clean: false, protocolVersion: 4, manualConnect: true, log: () => undefined });
holdPubacks(client, (id) => held.push(id));
client.on('message', (_topic, payload) => {
  payloads.push(payload, NEWLINE);
  if (committing) return;
  committing = true;
  setImmediate(commit);
});
client.on('error', (error) => {
  throw error;
});
client.connect();
process.on('SIGTERM', () => client.end(false, () => process.exit(0)));

function commit(): void {
  const bytes = Buffer.concat(payloads);
  const ids = held;
  payloads = [];
  held = [];
  write(file, bytes, 0, bytes.length, null, (error, written) => {
    if (error ?? written < bytes.length) throw error ?? new Error('the disk is full');
    fdatasync(file, (failed) => {
      if (failed) throw failed;
      client.stream.write(pubacks(ids));
      committing = payloads.length > 0;
      if (committing) commit();
    });
  });
}

function pubacks(ids: readonly number[]): Buffer {
  const bytes = Buffer.allocUnsafe(4 * ids.length);
  let at = 0;
  for (const id of ids) at = bytes.writeUInt16BE(id, bytes.writeUInt16BE((PUBACK << 8) | 2, at));
  return bytes;
}

/** mqtt.js sends each PUBACK through this one private method. */
function holdPubacks(client: MqttClient, hold: (id: number) => void): void {
  type Send = (packet: { cmd: string; messageId: number }, callback?: () => void, ...rest: unknown[]) => void;
  const internals = client as unknown as { _sendPacket: Send };
  const send = internals._sendPacket.bind(client);
  internals._sendPacket = (packet, callback, ...rest) => {
    if (packet.cmd !== 'puback') return send(packet, callback, ...rest);
    hold(packet.messageId);
    callback?.();
  };
}
