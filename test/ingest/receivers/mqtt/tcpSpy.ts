import { connect, createServer, type Socket } from 'node:net';

/** MQTT packet types by the first four bits of a packet. */
const TYPES = [
  '',
  'connect',
  'connack',
  'publish',
  'puback',
  'pubrec',
  'pubrel',
  'pubcomp',
  'subscribe',
  'suback',
  'unsubscribe',
  'unsuback',
  'pingreq',
  'pingresp',
  'disconnect',
  'auth',
] as const;

export interface SpiedPacket {
  readonly type: (typeof TYPES)[number];
  /** Of acknowledgements, and of publishes with QoS 1 and 2. */
  readonly packetId: number | undefined;
  readonly from: 'client' | 'broker';
  /** Which connection, from 0. */
  readonly connection: number;
  /** Which piece of that connection's bytes it ended in: packets of one write share it. */
  readonly piece: number;
}

export interface TcpSpy {
  readonly url: string;
  /** All packets that passed, in order. */
  readonly packets: readonly SpiedPacket[];
  of(from: 'client' | 'broker', type: SpiedPacket['type']): SpiedPacket[];
  /** Cuts all connections, as a failing network does. */
  cut(): void;
  close(): void;
}

/** Sits between a client and a broker and notes what really passes on the wire. */
export async function spyOn(port: number): Promise<TcpSpy> {
  const packets: SpiedPacket[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer((client) => {
    const broker = connect(port, '127.0.0.1');
    const connection = connections++;
    for (const [socket, peer, from] of [[client, broker, 'client'], [broker, client, 'broker']] as const) {
      const parse = packetParser((packet) => packets.push({ ...packet, from, connection }));
      sockets.add(socket);
      socket.on('data', parse).on('error', () => peer.destroy()).on('close', () => {
        sockets.delete(socket);
        peer.destroy();
      });
      socket.pipe(peer);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('expected a port');
  const cut = () => sockets.forEach((socket) => socket.destroy());
  return {
    url: `mqtt://127.0.0.1:${address.port}`,
    packets,
    of: (from, type) => packets.filter((packet) => packet.from === from && packet.type === type),
    cut,
    close: () => {
      server.close();
      cut();
    },
  };
}

function packetParser(onPacket: (packet: Pick<SpiedPacket, 'type' | 'packetId' | 'piece'>) => void): (bytes: Buffer) => void {
  let rest = Buffer.alloc(0);
  let piece = 0;
  return (bytes) => {
    rest = Buffer.concat([rest, bytes]);
    piece += 1;
    for (let packet = firstPacket(rest); packet; packet = firstPacket(rest)) {
      rest = rest.subarray(packet.length);
      onPacket({ type: TYPES[packet[0] >> 4], packetId: packetIdOf(packet), piece });
    }
  };
}

function firstPacket(bytes: Buffer): Buffer | undefined {
  let length = 0;
  for (let i = 1, factor = 1; i < Math.min(bytes.length, 5); i++, factor *= 128) {
    length += (bytes[i] & 127) * factor;
    if (bytes[i] < 128) return bytes.length < i + 1 + length ? undefined : bytes.subarray(0, i + 1 + length);
  }
  return undefined;
}

function packetIdOf(packet: Buffer): number | undefined {
  let header = 2;
  while (packet[header - 1] >= 128) header++;
  const type = packet[0] >> 4;
  if (type >= 4 && type <= 7) return packet.readUInt16BE(header);
  if (type !== 3 || (packet[0] & 6) === 0) return undefined;
  return packet.readUInt16BE(header + 2 + packet.readUInt16BE(header));
}
